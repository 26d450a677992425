"""Errors as problem documents (RFC 9457): they name the field and the rule, never what was sent."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from server.observing.current import request_id
from server.store.database import StorageUnavailable
from server.store.sessions import UnknownSession
from server.store.turns import MessageIdReused, SessionBusy
from server.store.vault import Damaged
from server.turns.lanes import APOLOGY, UNREADABLE, TurnFailed, TurnLeft

log = logging.getLogger("esoteric.http")

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    410: "No longer kept",
    413: "Too large",
    415: "Unsupported media type",
    421: "Not served here",
    422: "Invalid input",
    429: "Too many requests",
    431: "Head too large",
    500: "Internal error",
    503: "Not available",
}
NO_SESSION = "There is no such session."
ID_REUSED = "This message_id came with another message before."
BUSY = "An earlier message of this session is not answered yet."
LEFT = "This takes longer than it should. Your message is kept and will be answered; please ask again in a moment."
AWAY_SECONDS = 2
AWAY = "The service cannot reach its storage at the moment; please try again."


class ProblemField(BaseModel):
    field: str
    message: str


class ProblemFields(BaseModel):
    """What a problem document says."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[ProblemField] = []
    checks: dict[str, str] = {}


class Problem(Exception):
    """An error to be told to the client. `code` is stable, `detail` a sentence for people, `retry_after` in seconds.

    `checks` says how each part of the service is, where the problem is that one is missing.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        *,
        retry_after: int | None = None,
        checks: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.retry_after = retry_after
        self.checks = dict(checks or {})
        self.headers = dict(headers or {}) | ({"Retry-After": str(retry_after)} if retry_after is not None else {})

    @classmethod
    def of_validation(cls, errors: Sequence[Any]) -> "Problem":
        """From pydantic's error list: field and rule only."""
        named = [
            {"field": ".".join(str(part) for part in error["loc"] if part != "body") or "body", "message": error["msg"]}
            for error in errors
        ]
        fields = ", ".join(dict.fromkeys(error["field"] for error in named))
        return cls(422, "invalid_input", f"Invalid input in: {fields}.", named)


class ProblemDocument(JSONResponse):
    """An answer that leaves its code in the scope, for the log and the metrics."""

    media_type = "application/problem+json"

    def __init__(self, content: dict[str, Any], status: int, headers: Mapping[str, str]) -> None:
        super().__init__(content, status, headers)
        self.request_id: str = content["request_id"]
        self._code: str = content["code"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["problem"] = self._code
        await super().__call__(scope, receive, send)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for errors that its rule and body do not already entail: see `server.openapi`."""
    return {status: {"description": TITLES[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem document."""

    @app.exception_handler(Problem)
    async def problem(_request: Request, error: Problem) -> JSONResponse:
        return document(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return document(Problem.of_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        title = TITLES.get(error.status_code, "Error")
        return document(Problem(error.status_code, title.lower().replace(" ", "_"), f"{title}."), error.headers)

    @app.exception_handler(UnknownSession)
    async def unknown(_request: Request, _error: UnknownSession) -> JSONResponse:
        return document(Problem(404, "unknown_session", NO_SESSION))

    @app.exception_handler(MessageIdReused)
    async def reused(_request: Request, _error: MessageIdReused) -> JSONResponse:
        return document(Problem(409, "message_id_reused", ID_REUSED))

    @app.exception_handler(SessionBusy)
    async def busy(_request: Request, _error: SessionBusy) -> JSONResponse:
        return document(Problem(409, "session_busy", BUSY))

    @app.exception_handler(TurnLeft)
    async def left(_request: Request, _error: TurnLeft) -> JSONResponse:
        return document(Problem(503, "turn_not_finished", LEFT, retry_after=AWAY_SECONDS))

    @app.exception_handler(TurnFailed)
    async def failed(_request: Request, _error: TurnFailed) -> JSONResponse:
        return document(Problem(500, "turn_failed", APOLOGY))

    @app.exception_handler(Damaged)
    async def damaged(_request: Request, _error: Damaged) -> JSONResponse:
        log.error("storage.damaged")
        return document(Problem(500, "conversation_unreadable", UNREADABLE))

    @app.exception_handler(StorageUnavailable)
    async def away(_request: Request, error: StorageUnavailable) -> JSONResponse:
        log.error("storage.unavailable", extra={"reason": str(error)})  # the kind of fault, no more
        return document(Problem(503, "storage_unavailable", AWAY, retry_after=AWAY_SECONDS))


def document(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemDocument:
    content: dict[str, Any] = {
        "type": f"urn:esoteric:problem:{problem.code}",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id(),
    }
    if problem.errors:
        content["errors"] = problem.errors
    if problem.checks:
        content["checks"] = problem.checks
    headers = {**problem.headers, **(headers or {})}
    return ProblemDocument(content, problem.status, headers)
