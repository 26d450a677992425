"""A session's events over Server-Sent Events, for a client that comes back or only watches."""

import contextlib
from typing import Annotated

from fastapi import APIRouter, Header, Request
from sse_starlette import EventSourceResponse

from server.deps import HouseDep
from server.problems import answers
from server.streaming.session_stream import SessionStream

router = APIRouter(prefix="/api/v1/sessions", tags=["Sessions"])

LastEventId = Annotated[str | None, Header(pattern=r"^[0-9]{0,15}$")]


@router.get(
    "/{session_id}/events",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **answers(410, 422)},
)
async def session_events(
    session_id: str, house: HouseDep, request: Request, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """Every event above `Last-Event-ID` (0: from the first on), then what happens, turn after turn, without end.

    Without the header from now on. The frames are those of the WebSocket and of `/chat/stream`, under the same ids.
    """
    async with contextlib.AsyncExitStack() as held:
        held.enter_context(house.limits.socket(request))
        reader = await held.enter_async_context(house.hub.following(session_id))
        if last_event_id:
            reader = await reader.standing_at(int(last_event_id))
        return SessionStream(request, reader, held.pop_all(), house.gate.recheck_seconds)
    raise AssertionError  # an exit stack swallows nothing
