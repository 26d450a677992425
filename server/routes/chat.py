"""Chat over REST, waiting for the answer, and over Server-Sent Events, watching it come."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sse_starlette import EventSourceResponse

from server.access.gate import Access
from server.access.starting import Started, start_session
from server.deps import AccessDep, HouseDep
from server.edge.canonical import body_of, in_openapi
from server.house import House
from server.models import ChatRequest, ChatResponse
from server.moments import now_in_seconds
from server.problems import answers
from server.streaming.turn_stream import TurnStream
from server.turns.lanes import Submission, Turn

router = APIRouter(prefix="/api/v1/chat", tags=["Chat"])

ChatBody = Annotated[ChatRequest, Depends(body_of(ChatRequest))]


@router.post("", openapi_extra=in_openapi(ChatRequest), responses=answers(404, 409))
async def chat(
    body: ChatBody, house: HouseDep, access: AccessDep, request: Request, response: Response
) -> ChatResponse:
    """Send a message and get the whole answer. Without a session id, a session is started."""
    turn, started = await _submit(body, house, access, request, "rest")
    if started is not None:
        started.tell(response, request)
    answer = await asyncio.shield(turn.answer)
    return ChatResponse(session_id=turn.row.session_id, timestamp=now_in_seconds(), **answer)


@router.post(
    "/stream",
    openapi_extra=in_openapi(ChatRequest),
    response_class=EventSourceResponse,
    status_code=200,
    responses={200: {"content": {"text/event-stream": {}}}, **answers(404, 409)},
)
async def chat_stream(body: ChatBody, house: HouseDep, access: AccessDep, request: Request) -> EventSourceResponse:
    """The same as Server-Sent Events: `event` is the frame's type, `id` its event id, `data` the frame."""
    turn, started = await _submit(body, house, access, request, "sse")
    stream = TurnStream(turn, house.hub)
    if started is not None:
        started.tell(stream, request)
    return stream


async def _submit(
    body: ChatRequest, house: House, access: Access, request: Request, channel: str
) -> tuple[Turn, Started | None]:
    """The turn, and the session when it was started for it."""
    submission = Submission(body.message, channel, body.message_id, when_busy=body.when_busy)
    if body.session_id is None:
        house.limits.capacity.room(house.runner.under_way)
        await house.limits.new_session(request)
        started = await start_session(house, access)
        return await house.submit(started.session_id, submission), started
    access.identified()
    return await house.submit(body.session_id, submission, access), None
