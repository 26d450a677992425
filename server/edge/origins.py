"""Which web pages may use the service: its own, and those of the allowed origins.

A browser attaches a visitor's cookies, or reaches a developer's own machine, for whatever page it shows. So a request
that changes something, and every socket, is refused when it comes from a foreign page, whatever credential it has.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.problems import Problem, document

LOCAL = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ASKED_HEADERS = ["Authorization", "Content-Type", "Last-Event-ID", "X-Session-Token"]
SHOWN_HEADERS = ["X-Session-ID", "X-Session-Token", "X-Request-ID", "Retry-After"]

FOREIGN = Problem(403, "foreign_origin", "Requests from this web page are not allowed.")
MISDIRECTED = Problem(421, "unknown_host", "This service does not answer under that name.")
NO_LEAVE = Problem(403, "foreign_origin", "This web page may not send such a request.")


class Origins:
    """The allowed origins: those listed, or any local one when none is and `local` is set; and `also`."""

    def __init__(self, listed: Sequence[str], *, local: bool, also: Sequence[str] = ()) -> None:
        self.listed = [*listed, *also]
        self.pattern = LOCAL.pattern if local and not listed else None

    def allow(self, origin: str) -> bool:
        return origin in self.listed or (self.pattern is not None and LOCAL.fullmatch(origin) is not None)


class OriginGuard:
    """Answers 421 to a foreign `Host` (when only local ones are served) and 403 to what a foreign page sends.

    `also_to_read`: where what follows would let any page read, a foreign page is refused that too.
    """

    def __init__(self, app: ASGIApp, origins: Origins, *, local_hosts_only: bool, also_to_read: bool = False) -> None:
        self._app = app
        self._origins = origins
        self._local_hosts_only = local_hosts_only
        self._also_to_read = also_to_read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.getlist("host")
        if len(host) != 1 or (self._local_hosts_only and not LOCAL_HOST.fullmatch(host[0])):
            await document(MISDIRECTED)(scope, receive, send)
        elif self._is_asked(scope, headers) and self._is_foreign(headers, host[0]):
            await document(FOREIGN)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_asked(self, scope: Scope, headers: Headers) -> bool:
        """Whether it matters which page sends this. A link that is followed names no origin and changes nothing."""
        if scope["type"] == "websocket" or scope["method"] not in SAFE:
            return True
        return self._also_to_read and "origin" in headers

    def _is_foreign(self, headers: Headers, host: str) -> bool:
        origins = headers.getlist("origin")
        if not origins:
            return headers.get("sec-fetch-site") == "cross-site"
        return len(origins) > 1 or not (self._origins.allow(origins[0]) or _is_same(origins[0], host))


class Cors(CORSMiddleware):
    """Starlette's, with the allowed origins, and refusals in the one shape of all errors."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        super().__init__(
            app,
            allow_origins=origins.listed,
            allow_origin_regex=origins.pattern,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=ASKED_HEADERS,
            allow_credentials=True,
            expose_headers=SHOWN_HEADERS,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        return answer if answer.status_code < 400 else document(NO_LEAVE, {"Vary": "Origin"})


def _is_same(origin: str, host: str) -> bool:
    """Whether an `Origin` is the very host that is asked; `null` and anything that is no http origin is not."""
    try:
        parts = urlsplit(origin)
        default = {"http": ":80", "https": ":443"}.get(parts.scheme)
    except ValueError:
        return False
    if default is None or not parts.netloc:
        return False
    return parts.netloc.lower().removesuffix(default) == host.lower().removesuffix(default)
