"""Which request and which turn the running task works for."""

from contextvars import ContextVar
from typing import NamedTuple
from uuid import uuid4


class CurrentTurn(NamedTuple):
    turn_id: str
    session_id: str


REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
TURN: ContextVar[CurrentTurn | None] = ContextVar("turn", default=None)


def request_id() -> str:
    """The id of the request under way; outside of any, an id of its own."""
    return REQUEST.get() or str(uuid4())
