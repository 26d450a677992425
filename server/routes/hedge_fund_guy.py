"""The hedge fund guy over REST: his sessions, his answers, and how he says hello."""

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response

from server.access.capability import take_back
from server.access.gate import Access
from server.access.rules import GUY
from server.access.starting import start_session
from server.deps import AccessDep, HouseDep, SessionDep
from server.edge.canonical import in_openapi
from server.guy_models import (
    Greeting,
    GuyAnswer,
    GuySession,
    GuySessionCreated,
    GuySessionDetails,
    Said,
)
from server.models import ChatRequest, SessionErased
from server.problems import answers
from server.routes.submitting import ChatBody, submit
from server.store.sessions import SessionRow

router = APIRouter(prefix="/api", tags=["Hedge Fund Guy"])


@router.get("/greeting")
async def greeting(house: HouseDep) -> Greeting:
    """One of his ways to say hello."""
    return Greeting(greeting=house.assistant(GUY).opening(str(uuid4())))


@router.post("/sessions", responses=answers(429))
async def create_session(house: HouseDep, access: AccessDep, request: Request, response: Response) -> GuySessionCreated:
    """A session. Its capability comes as the header X-Session-Token and as a cookie."""
    await house.limits.new_session(request)
    started = await start_session(house, access)
    started.tell(response, request)
    return GuySessionCreated(session_id=started.session_id, timestamp=started.created_at, status="active")


@router.get("/sessions")
async def list_sessions(
    house: HouseDep,
    access: AccessDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[GuySession]:
    """The caller's sessions, newest first. Whoever runs the service sees all of them, and of nobody who it is."""
    rows = await house.listing.page(GUY, access.whose, limit, offset)
    return [GuySession(**_shown(row, access)) for row in rows if access.permits(row)]


@router.get("/sessions/{session_id}")
async def get_session(session_id: str, session: SessionDep, house: HouseDep, access: AccessDep) -> GuySessionDetails:
    """What was collected, and the whole conversation, oldest first."""
    history = [
        Said.model_validate({"role": said["role"], "content": said["content"], "timestamp": said["created_at"]})
        for said in await house.sessions.transcript(session_id)
    ]
    return GuySessionDetails(**_shown(session, access), conversation_history=history)


@router.delete("/sessions/{session_id}")
async def delete_session(session_id: str, house: HouseDep, response: Response) -> SessionErased:
    """Forget the session, and whom it was with."""
    await house.erase_session(session_id)
    take_back(response, session_id)
    return SessionErased(session_id=session_id, message="Session deleted")


@router.post("/chat", openapi_extra=in_openapi(ChatRequest), responses=answers(404, 409))
async def chat(body: ChatBody, house: HouseDep, access: AccessDep, request: Request, response: Response) -> GuyAnswer:
    """Send a message and get the whole answer. Without a session id, a session is started."""
    turn, started = await submit(body, house, access, request, "rest")
    if started is not None:
        started.tell(response, request)
    answer = await asyncio.shield(turn.answer)
    return GuyAnswer(
        response=answer["message"],
        session_id=turn.row.session_id,
        data_collected=answer["data_collected"],
        is_complete=answer["is_complete"],
    )


def _shown(session: SessionRow, access: Access) -> dict[str, Any]:
    """Without what is personal for callers who may not see it, and for a row that cannot be read."""
    view = session.view
    return {
        "session_id": session.session_id,
        "timestamp": session.created_at,
        "data": view.get("data", {}) if access.sees_people(session) else {},
        "status": view.get("status", "active"),
    }
