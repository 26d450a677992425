"""Requests, bounded before anything of their body is read."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from server.limits.limits import Limits
from server.limits.refusals import Busy, TooManyAtOnce
from server.problems import document

ALWAYS_ANSWERED = frozenset({"/health", "/ready", "/metrics"})


class RequestLimit:
    """Turns away what is beyond the bounds, but for those who ask how the service is.

    An upload is held in memory before its route sees it; so few are taken on at once.
    """

    def __init__(self, app: ASGIApp, is_upload: Callable[[Scope], bool]) -> None:
        self._app = app
        self._is_upload = is_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        limits: Limits = scope["app"].state.house.limits
        try:
            with limits.request(scope, uploading=self._is_upload(scope)):
                await self._app(scope, receive, send)
        except (Busy, TooManyAtOnce) as refused:  # before anything was sent: within, problems are answered
            await document(refused)(scope, receive, send)
