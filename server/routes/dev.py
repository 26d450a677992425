"""What the simulated carriers would have delivered. Exists in development only."""

from fastapi import APIRouter

from server.deps import HouseDep
from server.models import Outbox

router = APIRouter(prefix="/api/v1/dev", tags=["Development"])


@router.get("/outbox")
async def outbox(session_id: str, house: HouseDep) -> Outbox:
    """Codes and mails of a session, oldest first."""
    return Outbox.model_validate({"messages": await house.outbox.list_messages(session_id)})
