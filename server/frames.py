"""Events as frames: what a client reads over WebSocket and SSE. The same event is the same frame on both."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_json

from agents.speaking import in_chunks
from server.events import Event


def frame_of(event: Event) -> dict[str, Any]:
    """`type`, `content` and `event_id` first, then what belongs to the type."""
    more = {name: value for name, value in event.more.items() if name != "final"}
    return {"type": event.type, "content": event.content, "event_id": event.id, **more}


def frames_of_answer(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A turn answered before, told again to a client that asks again: its chunks and its end, under the end's id."""
    more = dict(answer)
    event_id, text = more.pop("event_id", 0), more.pop("message")
    for chunk in in_chunks(text):
        yield {"type": "message", "content": chunk, "event_id": event_id, "attempt": 1}
    yield {"type": "end", "content": text, "event_id": event_id, **more}


def error_frame(code: str, sentence: str, event_id: int, *, retry_after: int | None = None) -> dict[str, Any]:
    """An error that belongs to no turn, such as a message that could not be accepted. `retry_after` in seconds."""
    frame = {"type": "error", "content": sentence, "event_id": event_id, "code": code}
    return frame if retry_after is None else frame | {"retry_after": retry_after}


def encoded(frame: dict[str, Any]) -> str:
    return to_json(frame).decode()
