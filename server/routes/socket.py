"""Chat over WebSocket: messages in, the session's events out, both at their own pace."""

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from server.access.credentials import protocol_of
from server.access.gate import Access
from server.access.recheck import refusal
from server.canonical import parse_body
from server.deps import AccessDep, HouseDep
from server.events import EventLog, ReaderTooSlow
from server.frames import encoded, error_frame, frame_of, frames_of_answer
from server.house import House
from server.lanes import Submission
from server.limits.limits import Pace
from server.limits.refusals import TooMany
from server.models import SocketMessage
from server.problems import AWAY, ID_REUSED, NO_SESSION, Problem, document
from server.store.database import StorageUnavailable
from server.store.sessions import UnknownSession
from server.store.turns import MessageIdReused

router = APIRouter()

POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013


@router.websocket("/api/v1/ws/{session_id}")
async def loan_socket(socket: WebSocket, session_id: str, house: HouseDep, access: AccessDep) -> None:
    """Every event of the session from now on, whoever causes it."""
    with house.limits.socket(socket) as pace, house.runner.lanes.holding(session_id):
        await _follow(socket, session_id, house, access, pace)


async def _follow(socket: WebSocket, session_id: str, house: House, access: Access, pace: Pace) -> None:
    try:
        session = await house.sessions.get(session_id)
    except UnknownSession:
        await socket.send_denial_response(document(Problem(404, "unknown_session", NO_SESSION)))
        return
    await socket.accept(protocol_of(socket))
    with house.runner.following(session) as log:
        sender = asyncio.create_task(_send_events(socket, log, log.last_id))
        checker = asyncio.create_task(_recheck(socket, log, house.gate.recheck_seconds))
        try:
            while True:
                received = await socket.receive()
                if received["type"] == "websocket.disconnect":
                    return
                pace.check()
                raw = received.get("bytes") or (received.get("text") or "").encode("utf-8", "surrogatepass")
                for frame in await _receive(raw, session_id, house, access, log):
                    await _send(socket, frame)
        except TooMany as problem:
            await _close_for(socket, problem, log)
        except (WebSocketDisconnect, RuntimeError):
            return  # the reader is gone; the turn goes on without it
        finally:
            for task in (sender, checker):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def _recheck(socket: WebSocket, log: EventLog, every: float) -> None:
    """Close the socket once its credential is dead, revoked, or its session erased; the client is told first."""
    await _close_for(socket, await refusal(socket, every), log)


async def _close_for(socket: WebSocket, problem: Problem, log: EventLog) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await _send(socket, _error(problem, log))
        await socket.close(POLICY_VIOLATION)


async def _receive(raw: bytes, session_id: str, house: House, access: Access, log: EventLog) -> list[dict[str, Any]]:
    """Act on what the client sent; the frames for this client alone."""
    try:
        sent = parse_body(raw, SocketMessage)
        if sent.type == "cancel":
            await house.runner.cancel(session_id)
            return []
        if sent.type == "resume" or sent.message is None:
            raise Problem(422, "invalid_input", "Please send a message.")
        submission = Submission(sent.message, "websocket", sent.message_id)
        turn = await house.submit(session_id, submission, access)
    except Problem as problem:
        return [_error(problem, log)]
    except MessageIdReused:
        return [error_frame("message_id_reused", ID_REUSED, log.last_id)]
    except UnknownSession:
        return [error_frame("unknown_session", NO_SESSION, log.last_id)]
    except StorageUnavailable:
        return [error_frame("storage_unavailable", AWAY, log.last_id)]
    return list(frames_of_answer(turn.row.reply)) if turn.row.reply else []


def _error(problem: Problem, log: EventLog) -> dict[str, Any]:
    return error_frame(problem.code, problem.detail, log.last_id, retry_after=problem.retry_after)


async def _send_events(socket: WebSocket, log: EventLog, after: int) -> None:
    try:
        async for event in log.follow(after):
            await _send(socket, frame_of(event))
    except ReaderTooSlow:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(TRY_AGAIN_LATER)
    except (WebSocketDisconnect, RuntimeError):
        return


async def _send(socket: WebSocket, frame: dict[str, Any]) -> None:
    # A reader that takes nothing is left by server/edge/ws_protocol.py, which ends the waiting here.
    await socket.send_text(encoded(frame))
