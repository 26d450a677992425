"""How much a request may send, whatever the route: known before it is read, or counted as it comes."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import Problem, document

TOO_LARGE = 413
ORDINARY = 64 * 1024

IsUpload = Callable[[Scope], bool]


class BodyLimit:
    """Answers a body that is too large with a problem document. Starlette's own limit answers plain text.

    A length that is declared is believed: the parser holds the client to it. A body without one is read before the
    route sees it, for many a route does not read its body at all; only that of an upload is counted on its way.
    """

    def __init__(self, app: ASGIApp, *, is_upload: IsUpload, most: int, ordinary: int) -> None:
        self._app = app
        self._is_upload = is_upload
        self._most = most
        self._ordinary = ordinary

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = chunked = b""
        for name, value in scope["headers"]:
            if name == b"content-length":
                declared = value
            elif name == b"transfer-encoding":
                chunked = value
        if not declared and not chunked:
            await self._app(scope, receive, send)
            return
        upload = self._is_upload(scope)
        most = self._most if upload else self._ordinary
        if declared and (not declared.isdigit() or int(declared) > most):
            await _refuse(most, scope, receive, send)
        elif not chunked:
            await self._app(scope, receive, send)
        elif upload:
            await self._app(scope, _counted(receive, most), send)
        else:
            body = await _whole(receive, most)
            if body is None:
                await _refuse(most, scope, receive, send)
            else:
                await self._app(scope, _again(body, receive), send)


async def _refuse(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    await document(too_large(most))(scope, receive, send)


def too_large(most: int) -> Problem:
    return Problem(TOO_LARGE, "too_large", f"the body is larger than {most} bytes")


def _counted(receive: Receive, most: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(TOO_LARGE)  # the one kind of error that form parsing lets through
        return message

    return counted


async def _whole(receive: Receive, most: int) -> "bytes | Message | None":
    """The whole body; the message that says that the client has left; or None when it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return message
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: "bytes | Message", receive: Receive) -> Receive:
    whole = {"type": "http.request", "body": body, "more_body": False}
    first: Message | None = whole if isinstance(body, bytes) else dict(body)

    async def again() -> Message:
        nonlocal first
        message, first = first, None
        return message if message is not None else await receive()

    return again
