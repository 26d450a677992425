"""A chat message over HTTP, on its way to the turn runner."""

from typing import Annotated

from fastapi import Depends, Request
from sse_starlette import EventSourceResponse

from server.access.gate import Access
from server.access.starting import Started, start_session
from server.edge.canonical import body_of
from server.house import House
from server.models import ChatRequest
from server.streaming.telling import StreamFrames
from server.streaming.turn_stream import TurnStream
from server.turns.lanes import Submission, Turn

ChatBody = Annotated[ChatRequest, Depends(body_of(ChatRequest))]


async def submit(
    body: ChatRequest, house: House, access: Access, request: Request, channel: str
) -> tuple[Turn, Started | None]:
    """The turn, and the session when it was started for it, with the assistant that the route is about."""
    submission = Submission(body.message, channel, body.message_id, when_busy=body.when_busy)
    if body.session_id is None:
        house.limits.capacity.room(house.runner.under_way)
        await house.limits.new_session(request)
        started = await start_session(house, access)
        return await house.submit(started.session_id, submission), started
    access.identified()
    return await house.submit(body.session_id, submission, access), None


async def submit_and_stream(
    body: ChatRequest, house: House, access: Access, request: Request, frames: StreamFrames
) -> EventSourceResponse:
    """The turn's answer as it comes, in these frames."""
    turn, started = await submit(body, house, access, request, "sse")
    stream = TurnStream(turn, house.hub, frames)
    if started is not None:
        started.tell(stream, request)
    return stream
