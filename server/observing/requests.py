"""Every request and socket gets an id of ours, is counted, and leaves one line in the log."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.observing.current import REQUEST
from server.observing.metrics import METHODS, OTHER
from server.observing.observer import Observer

log = logging.getLogger("esoteric.requests")

# With these a stranger could write into our traces, or switch their recording on.
NOT_TRUSTED = frozenset({b"traceparent", b"tracestate", b"baggage", b"langsmith-trace", b"b3", b"x-request-id"})
STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
NO_ANSWER = 499  # the client left before anything was said
SWITCHED = 101
REFUSALS = frozenset({401, 403})
_EVENT_FIELD = re.compile(rb"^event: ", re.MULTILINE)  # a frame's data is one line, so no line of it begins like this


class Requests:
    """A plain ASGI middleware, to stand before all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._nobody = Observer()  # for an app that has no house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = scope["headers"]
        if any(name in NOT_TRUSTED for name, _ in headers):
            scope["headers"] = [header for header in headers if header[0] not in NOT_TRUSTED]
        house = getattr(scope["app"].state, "house", None) if "app" in scope else None
        request = _Request(scope, send, house.observer if house is not None else self._nobody)
        try:
            await self._app(scope, receive, request.send)
        finally:
            request.ended()


class _Request:
    """One request or socket under way."""

    def __init__(self, scope: Scope, send: Send, observer: Observer) -> None:
        self._scope, self._send, self._observer = scope, send, observer
        self._id = str(uuid4())
        self._header = (b"x-request-id", self._id.encode())
        self._status = NO_ANSWER
        self._stream: str | None = None
        self._started = perf_counter()
        self._method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
        if self._method not in METHODS:
            self._method = OTHER
        REQUEST.set(self._id)
        self._span = observer.spans.started("request", method=self._method, request_id=self._id)

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in STARTS:
            self._begin(message)
        elif self._stream is not None:
            self._count(message)
        await self._send(message)

    def _begin(self, message: Message) -> None:
        headers = list(message.get("headers", ()))
        message["headers"] = [*headers, self._header]
        self._status = message.get("status", SWITCHED)
        if message["type"] == "websocket.accept":
            self._stream = "websocket"
        elif any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers):
            self._stream = "sse"
        if self._stream is not None:
            self._observer.metrics.stream_opened(self._stream)

    def _count(self, message: Message) -> None:
        if message["type"] == "websocket.send":
            self._observer.metrics.events_sent("websocket", 1)
        elif body := message.get("body"):
            self._observer.metrics.events_sent("sse", len(_EVENT_FIELD.findall(body)))

    def ended(self) -> None:
        seconds = perf_counter() - self._started
        metrics, route = self._observer.metrics, route_of(self._scope)
        metrics.request(self._method, route, self._status, seconds)
        if self._stream is not None:
            metrics.stream_closed(self._stream)
        code = self._scope.get("problem")
        if code is not None and self._status in REFUSALS:
            metrics.access_refused(code)
        if route.endswith("/documents") and self._method == "POST":
            metrics.document(code or ("accepted" if self._status < 300 else "failed"))
        self._span.ended("failed" if self._status >= 500 else "done", route=route, status=self._status, code=code)
        if log.isEnabledFor(logging.INFO):
            told = {"method": self._method, "route": route, "status": self._status, "ms": round(1000 * seconds, 2)}
            if code is not None:
                told["code"] = code
            log.info("request.finished", extra=told)


def route_of(scope: Scope) -> str:
    """The template of the route that was found, or a name of our code's; never the path, which is the client's."""
    route = scope.get("route")
    if route is not None:
        return str(getattr(route, "path", OTHER))
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return "none"
    return str(getattr(endpoint, "__name__", type(endpoint).__name__))
