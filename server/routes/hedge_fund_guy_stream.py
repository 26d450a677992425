"""The hedge fund guy's chat over Server-Sent Events."""

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from server.deps import AccessDep, HouseDep
from server.edge.canonical import in_openapi
from server.models import ChatRequest
from server.problems import answers
from server.routes.submitting import ChatBody, submit_and_stream
from server.streaming.hedge_fund_guy import GuyStream

router = APIRouter(prefix="/api/chat", tags=["Hedge Fund Guy"])


@router.post(
    "/stream",
    openapi_extra=in_openapi(ChatRequest),
    response_class=EventSourceResponse,
    status_code=200,
    responses={200: {"content": {"text/event-stream": {}}}, **answers(404, 409)},
)
async def guy_stream(body: ChatBody, house: HouseDep, access: AccessDep, request: Request) -> EventSourceResponse:
    """The answer as it is said: `chunk` frames, `reset` where what was said is taken back, then `done` or `error`."""
    return await submit_and_stream(body, house, access, request, GuyStream())
