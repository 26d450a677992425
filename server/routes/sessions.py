"""Sessions and what is known of them."""

from typing import Any

from fastapi import APIRouter, Request, Response

from agents.loan_view import for_customer
from server.access.capability import take_back
from server.access.starting import start_session
from server.deps import AccessDep, HouseDep, SessionDep
from server.models import ModelUse, SessionCreated, SessionDetails, SessionErased, Transcript
from server.moments import in_seconds
from server.problems import Problem, answers

router = APIRouter(prefix="/api/v1/sessions", tags=["Sessions"])


@router.post("", responses=answers(429))
async def create_session(house: HouseDep, access: AccessDep, request: Request, response: Response) -> SessionCreated:
    """A session. Its capability comes as the header X-Session-Token and as a cookie."""
    await house.limits.new_session(request)
    started = await start_session(house, access)
    started.tell(response, request)
    return SessionCreated(
        session_id=started.session_id,
        created_at=in_seconds(started.created_at),
        greeting_message=started.greeting,
    )


@router.get("/{session_id}")
async def get_session(session_id: str, session: SessionDep, house: HouseDep) -> SessionDetails:
    use = await house.model_calls.of_session(session_id)
    return SessionDetails(
        session_id=session_id,
        message_count=session.message_count,
        model_use=ModelUse(**use._asdict()),
        **session.view,
    )


@router.delete("/{session_id}")
async def delete_session(session_id: str, house: HouseDep, response: Response) -> SessionErased:
    await house.erase_session(session_id)
    take_back(response, session_id)
    return SessionErased(session_id=session_id, message="Session deleted")


@router.get("/{session_id}/messages")
async def get_messages(session_id: str, house: HouseDep) -> Transcript:
    """The whole conversation, oldest first."""
    return Transcript.model_validate({"messages": await house.sessions.transcript(session_id)})


@router.get("/{session_id}/decision")
async def get_decision(session_id: str, house: HouseDep) -> dict[str, Any]:
    """The decision record: policy version, rules fired, reason codes, figures."""
    record = await house.sessions.latest_decision(session_id)
    if record is None:
        raise Problem(404, "no_decision", "No decision has been made in this session.")
    return for_customer(record, house.services.policy)


@router.get("/{session_id}/kfs")
async def get_key_facts(session_id: str, house: HouseDep) -> dict[str, Any]:
    """The Key Facts Statement that was shown last."""
    statement = await house.papers.latest_key_facts(session_id)
    if statement is None:
        raise Problem(404, "no_key_facts", "No Key Facts Statement has been shown in this session.")
    return statement
