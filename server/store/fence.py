"""What a turn writes is written while it holds its session's lease, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from sqlalchemy import Connection, text


class Fenced(Exception):
    """Somebody else has taken the session's lease, and finishes what was begun here. Nothing was written."""


class Fence(NamedTuple):
    """The number of the lease under which the running turn writes."""

    session_id: str
    number: int


_FENCE: ContextVar[Fence | None] = ContextVar("the fence of the turn", default=None)
# Shared: whoever wants the lease waits for what is being written under it.
_HOLDS = text("SELECT 1 FROM sessions WHERE session_id = :session_id AND fence = :number FOR SHARE")


@contextmanager
def under_fence(session_id: str, number: int) -> Iterator[None]:
    """What the task does within the block, and what it starts there, is checked."""
    token = _FENCE.set(Fence(session_id, number))
    try:
        yield
    finally:
        _FENCE.reset(token)


def checked(work: Callable[[Connection], Any]) -> Callable[[Connection], Any]:
    """For Postgres: `work` within a transaction in which the running turn's lease cannot be taken. Raises Fenced."""
    fence = _FENCE.get()
    if fence is None:
        return work

    def fenced(connection: Connection) -> Any:
        if connection.execute(_HOLDS, fence._asdict()).first() is None:
            raise Fenced
        return work(connection)

    return fenced
