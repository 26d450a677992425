"""Chat over REST, waiting for the answer, and over Server-Sent Events, watching it come."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from sse_starlette import EventSourceResponse

from server.canonical import body_of, in_openapi
from server.deps import HouseDep
from server.house import House, utc_now
from server.lanes import Submission, Turn
from server.models import ChatRequest, ChatResponse
from server.turn_stream import TurnStream

router = APIRouter(prefix="/api/v1/chat", tags=["Chat"])

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
    return TurnStream(turn)


async def _submit(body: ChatRequest, house: House, channel: str) -> Turn:
    session_id = body.session_id or (await house.open_session())[0]
    return await house.runner.submit(session_id, Submission(body.message, channel, body.message_id))
