"""The loan assistant's chat over WebSocket."""

from fastapi import APIRouter, WebSocket

from server.deps import AccessDep, HouseDep
from server.routes.socket_talk import hold
from server.streaming.telling import LoanSocket

router = APIRouter()


@router.websocket("/api/v1/ws/{session_id}")
async def loan_socket(socket: WebSocket, session_id: str, house: HouseDep, access: AccessDep) -> None:
    """Every event of the session from now on, or from where the client left off, whoever causes it."""
    with house.limits.socket(socket) as pace:
        await hold(socket, session_id, house, access, pace, LoanSocket())
