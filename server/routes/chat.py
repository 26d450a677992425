"""Chat over REST, waiting for the answer, and over Server-Sent Events, watching it come."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends

from server.canonical import body_of, in_openapi
from server.deps import HouseDep
from server.event_stream import PING_SECONDS, Batches, EventStream
from server.frames import frame_of, frames_of_answer
from server.house import House, utc_now
from server.models import ChatRequest, ChatResponse
from server.turns import Submission, Turn

router = APIRouter(prefix="/api/v1/chat", tags=["Chat"])

ChatBody = Annotated[ChatRequest, Depends(body_of(ChatRequest))]


@router.post("", openapi_extra=in_openapi(ChatRequest))
async def chat(body: ChatBody, house: HouseDep) -> ChatResponse:
    """Send a message and get the whole answer. Without a session id, a session is started."""
    turn = await _submit(body, house, "rest")
    answer = await asyncio.shield(turn.answer)
    return ChatResponse(session_id=turn.row.session_id, timestamp=utc_now(), **answer)


@router.post("/stream", openapi_extra=in_openapi(ChatRequest), response_class=EventStream, status_code=200)
async def chat_stream(body: ChatBody, house: HouseDep) -> EventStream:
    """The same as Server-Sent Events: `event` is the frame's type, `id` its event id, `data` the frame."""
    turn = await _submit(body, house, "sse")
    return EventStream(_batches(turn), {"X-Session-ID": turn.row.session_id})


async def _submit(body: ChatRequest, house: House, channel: str) -> Turn:
    session_id = body.session_id or (await house.open_session())[0]
    return await house.runner.submit(session_id, Submission(body.message, channel, body.message_id))


async def _batches(turn: Turn) -> Batches:
    """The turn's frames up to its last. A reader that leaves ends this, not the turn."""
    if turn.task is None:
        yield frames_of_answer(turn.row.reply or {})
        return
    async for events in turn.log.batches(turn.starts_after, idle=PING_SECONDS):
        own = [event for event in events if event.turn_id == turn.row.turn_id]
        if own or not events:
            yield map(frame_of, own)
        if own and own[-1].is_last:
            return
