"""How much a request may send, whatever the route: known before it is read, or counted as it comes."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import Problem, document

TOO_LARGE = 413


class BodyLimit:
    """Answers a body above `most` bytes with a problem document. Starlette's own limit answers plain text."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._most:
            problem = Problem(TOO_LARGE, "too_large", f"the body is larger than {self._most} bytes")
            await document(problem)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                raise HTTPException(TOO_LARGE)  # the one kind of error that form parsing lets through
            return message

        await self._app(scope, counted, send)
