"""Chat over REST, waiting for the answer, and over Server-Sent Events, watching it come."""

import asyncio

from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse

from server.deps import AccessDep, HouseDep
from server.edge.canonical import in_openapi
from server.models import ChatRequest, ChatResponse
from server.moments import now_in_seconds
from server.problems import answers
from server.routes.submitting import ChatBody, submit, submit_and_stream
from server.streaming.telling import LoanStream

router = APIRouter(prefix="/api/v1/chat", tags=["Chat"])


@router.post("", openapi_extra=in_openapi(ChatRequest), responses=answers(404, 409))
async def chat(
    body: ChatBody, house: HouseDep, access: AccessDep, request: Request, response: Response
) -> ChatResponse:
    """Send a message and get the whole answer. Without a session id, a session is started."""
    turn, started = await submit(body, house, access, request, "rest")
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
    return await submit_and_stream(body, house, access, request, LoanStream())
