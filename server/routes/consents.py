"""Consents by purpose: what was agreed to, in which words, and how to change it. A change runs as a turn."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends

from kb.notices import notice
from server.deps import AccessDep, HouseDep, SessionDep
from server.edge.canonical import body_of, in_openapi
from server.house import House
from server.models import ChatResponse, ConsentChange, ConsentChanged, Consents, ConsentState
from server.moments import now_in_seconds
from server.problems import answers
from server.store.sessions import SessionRow
from server.turns.lanes import Submission
from tools.consents import PURPOSES, REQUIRED, ConsentAct

router = APIRouter(prefix="/api/v1/sessions/{session_id}/consents", tags=["Consents"])

ChangeBody = Annotated[ConsentChange, Depends(body_of(ConsentChange))]


@router.get("")
async def get_consents(session_id: str, session: SessionDep, house: HouseDep) -> Consents:
    """Every purpose with its notice, in the conversation's language; what stands, and all that was said of it."""
    return Consents(session_id=session_id, **await _standing(session, house))


@router.post("", openapi_extra=in_openapi(ConsentChange), responses=answers(409))
async def change_consent(session_id: str, body: ChangeBody, house: HouseDep, access: AccessDep) -> ConsentChanged:
    """Give or withdraw one consent. Without one that a loan needs, an application that is not sanctioned is closed."""
    done = "given" if body.given else "withdrawn"
    act = {"kind": "consent", "purpose": body.purpose, "given": body.given}
    submission = Submission(f"[Consent {done}: {body.purpose}]", "api", body.message_id, act=act)
    turn = await house.submit(session_id, submission, access)
    answer = await asyncio.shield(turn.answer)
    told = ChatResponse(session_id=session_id, timestamp=now_in_seconds(), **answer)
    session = await house.sessions.get(session_id)
    return ConsentChanged(**told.model_dump(), **await _standing(session, house))


async def _standing(session: SessionRow, house: House) -> dict[str, list[ConsentState] | list[dict[str, object]]]:
    acts = await house.services.consents.of_session(session.session_id)
    latest: dict[str, ConsentAct] = {act.purpose: act for act in acts}
    language = str(session.view["loan_application"].get("language") or "en")
    states = [
        ConsentState(
            purpose=purpose,
            needed=purpose in REQUIRED,
            given=latest[purpose].given if purpose in latest else None,
            since=latest[purpose].at if purpose in latest else None,
            notice=notice(purpose, language, house.services.lender).as_dict(),
        )
        for purpose in PURPOSES
    ]
    return {"consents": states, "history": [act._asdict() for act in acts]}
