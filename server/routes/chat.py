"""Chat over REST, waiting for the answer, and over Server-Sent Events, watching it come."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sse_starlette import EventSourceResponse, ServerSentEvent

from server.canonical import body_of, in_openapi
from server.deps import HouseDep
from server.frames import encoded, frame_of, frames_of_answer
from server.house import House, utc_now
from server.lanes import Submission, Turn
from server.models import ChatRequest, ChatResponse

router = APIRouter(prefix="/api/v1/chat", tags=["Chat"])

PING_SECONDS = 15
SEND_SECONDS = 10
ChatBody = Annotated[ChatRequest, Depends(body_of(ChatRequest))]


@router.post("", openapi_extra=in_openapi(ChatRequest))
async def chat(body: ChatBody, house: HouseDep) -> ChatResponse:
    """Send a message and get the whole answer. Without a session id, a session is started."""
    turn = await _submit(body, house, "rest")
    answer = await asyncio.shield(turn.answer)
    return ChatResponse(session_id=turn.row.session_id, timestamp=utc_now(), **answer)


@router.post("/stream", openapi_extra=in_openapi(ChatRequest), response_class=EventSourceResponse, status_code=200)
async def chat_stream(body: ChatBody, house: HouseDep) -> EventSourceResponse:
    """The same as Server-Sent Events: `event` is the frame's type, `id` its event id, `data` the frame."""
    turn = await _submit(body, house, "sse")
    return EventSourceResponse(
        _server_sent(turn),
        ping=PING_SECONDS,
        send_timeout=SEND_SECONDS,
        headers={"X-Session-ID": turn.row.session_id},
    )


async def _submit(body: ChatRequest, house: House, channel: str) -> Turn:
    session_id = body.session_id or (await house.open_session())[0]
    return await house.runner.submit(session_id, Submission(body.message, channel, body.message_id))


async def _server_sent(turn: Turn) -> AsyncIterator[bytes]:
    """The turn's frames up to its last; those that wait together leave in one write.

    A reader that leaves ends this, not the turn.
    """
    if turn.task is None:
        yield _encoded(frames_of_answer(turn.row.reply or {}))
        return
    async for events in turn.log.batches(turn.starts_after):
        own = [event for event in events if event.turn_id == turn.row.turn_id]
        if own:
            yield _encoded(map(frame_of, own))
            if own[-1].is_last:
                return


def _encoded(frames: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(
        ServerSentEvent(encoded(frame), event=frame["type"], id=str(frame["event_id"])).encode() for frame in frames
    )
