"""How the events of a session become what a client reads: each assistant has frames of its own, on the same stream."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from server.problems import Problem
from server.streaming.events import Event
from server.streaming.frames import (
    encoded,
    encoded_event,
    error_frame,
    frames_of_answer,
    server_sent,
    server_sent_events,
)


class StreamFrames(Protocol):
    """Frames as Server-Sent Events; empty where there is nothing to tell of what happened."""

    def events(self, events: Iterable[Event]) -> bytes: ...

    def answer(self, answer: dict[str, Any]) -> bytes:
        """An answer of which no more is on record."""
        ...

    def error(self, problem: Problem, event_id: int) -> bytes: ...


class SocketFrames(Protocol):
    """Frames over WebSocket, as they are sent. `numbered` are those that carry the id of their event, by which a client
    can resume."""

    numbered: bool

    def event(self, event: Event) -> str | None:
        """None where there is nothing to tell."""
        ...

    def answer(self, answer: dict[str, Any]) -> Iterable[str]:
        """An answer of which no more is on record."""
        ...

    def error(self, problem: Problem, event_id: int) -> str: ...


class LoanStream:
    """Every event, whole."""

    def events(self, events: Iterable[Event]) -> bytes:
        return server_sent_events(events)

    def answer(self, answer: dict[str, Any]) -> bytes:
        return server_sent(frames_of_answer(answer))

    def error(self, problem: Problem, event_id: int) -> bytes:
        return server_sent([_error(problem, event_id)])


class LoanSocket:
    """Every event, whole."""

    numbered = True

    def event(self, event: Event) -> str | None:
        return encoded_event(event)

    def answer(self, answer: dict[str, Any]) -> Iterator[str]:
        return map(encoded, frames_of_answer(answer))

    def error(self, problem: Problem, event_id: int) -> str:
        return encoded(_error(problem, event_id))


def _error(problem: Problem, event_id: int) -> dict[str, Any]:
    return error_frame(problem.code, problem.detail, event_id, retry_after=problem.retry_after)
