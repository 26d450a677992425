"""What clients of the hedge fund guy read: chunks and a last word over SSE, whole answers over WebSocket."""

from collections.abc import Iterable, Iterator
from typing import Any

from agents.speaking import in_chunks
from server.problems import Problem
from server.streaming.events import Event
from server.streaming.frames import encoded

COLLECTED = ("data_collected", "is_complete")


class GuyStream:
    """`chunk` as it is said, `reset` when what was said of this answer is taken back, then `done` or `error`."""

    def events(self, events: Iterable[Event]) -> bytes:
        return b"".join([_sent(frame, event.id) for event in events if (frame := _stream_frame(event)) is not None])

    def answer(self, answer: dict[str, Any]) -> bytes:
        event_id = answer.get("event_id", 0)
        chunks = [{"type": "chunk", "content": chunk} for chunk in in_chunks(answer["message"])]
        return b"".join([_sent(frame, event_id) for frame in (*chunks, _done(answer))])

    def error(self, problem: Problem, event_id: int) -> bytes:
        return _sent({"type": "error", "content": problem.detail, **_why(problem)}, event_id)


class GuySocket:
    """One `message` an answer."""

    numbered = False

    def event(self, event: Event) -> str | None:
        match event.type:
            case "end":
                return _message(event.content, event.more)
            case "error":
                return encoded({"type": "error", "message": event.content, "code": event.more["code"]})
        return None

    def answer(self, answer: dict[str, Any]) -> Iterator[str]:
        yield _message(answer["message"], answer)

    def error(self, problem: Problem, event_id: int) -> str:  # noqa: ARG002  as it is called
        return encoded({"type": "error", "message": problem.detail, **_why(problem)})


def greeting_frame(session_id: str, greeting: str, view: dict[str, Any]) -> str:
    """The first frame of a socket: how the session began and, where it went on, how far it has come."""
    return encoded({"type": "greeting", "message": greeting, "session_id": session_id, **_collected(view)})


def _stream_frame(event: Event) -> dict[str, Any] | None:
    match event.type:
        case "message":
            return {"type": "chunk", "content": event.content}
        case "reset":
            return {"type": "reset"}
        case "end":
            return _done(event.more)
        case "error":
            return {"type": "error", "content": event.content, "code": event.more["code"]}
    return None


def _done(more: dict[str, Any]) -> dict[str, Any]:
    return {"type": "done", **_collected(more), **_cancelled(more)}


def _message(text: str, more: dict[str, Any]) -> str:
    return encoded({"type": "message", "message": text, **_collected(more), **_cancelled(more)})


def _collected(more: dict[str, Any]) -> dict[str, Any]:
    return {name: more[name] for name in COLLECTED}


def _cancelled(more: dict[str, Any]) -> dict[str, Any]:
    return {"cancelled": True} if more.get("cancelled") else {}


def _why(problem: Problem) -> dict[str, Any]:
    """`retry_after` in seconds, where waiting helps."""
    wait = {} if problem.retry_after is None else {"retry_after": problem.retry_after}
    return {"code": problem.code, **wait}


def _sent(frame: dict[str, Any], event_id: int) -> bytes:
    """Without a name, so that a plain `onmessage` hears all of them: the type is in the frame."""
    return f"id: {event_id}\r\ndata: {encoded(frame)}\r\n\r\n".encode()
