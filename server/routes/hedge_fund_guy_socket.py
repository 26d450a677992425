"""The hedge fund guy's chat over WebSocket: he greets first, then answers."""

from fastapi import APIRouter, WebSocket

from server.access.authorise import look
from server.access.gate import Access
from server.access.starting import start_session
from server.deps import AccessDep, HouseDep
from server.house import House
from server.routes.socket_talk import hold
from server.store.sessions import SessionExists
from server.streaming.hedge_fund_guy import GuySocket, greeting_frame

router = APIRouter()


@router.websocket("/ws/{session_id}")
async def guy_socket(socket: WebSocket, session_id: str, house: HouseDep, access: AccessDep) -> None:
    """A session of that id is gone on with, or begun; then the handshake's answer brings its capability."""
    with house.limits.socket(socket) as pace:
        headers: list[tuple[bytes, bytes]] = []
        if access.session is None:
            headers = await _begun(socket, session_id, house, access)
            access = await look(socket)
        assert access.session is not None  # noqa: S101  for types
        first = greeting_frame(session_id, await house.sessions.greeting(session_id), access.session.view)
        await hold(socket, session_id, house, access, pace, GuySocket(), headers=headers, first=first)


async def _begun(socket: WebSocket, session_id: str, house: House, access: Access) -> list[tuple[bytes, bytes]]:
    """Start the session of that id; the headers that hand it over."""
    await house.limits.new_session(socket)
    try:
        started = await start_session(house, access, session_id)
    except SessionExists:  # another socket was first
        return []
    return started.on_handshake(socket)
