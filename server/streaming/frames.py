"""Events as frames: what a client reads over WebSocket and SSE. The same event is the same frame on both."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from agents.speaking import in_chunks
from server.streaming.events import Event


def frame_of(event: Event) -> dict[str, Any]:
    """`type`, `content` and `event_id` first, then what belongs to the type."""
    more = {name: value for name, value in event.more.items() if name != "final"}
    return {"type": event.type, "content": event.content, "event_id": event.id, **more}


def event_of(frame: Mapping[str, Any], turn_id: str) -> Event:
    """The event of a turn that was such a frame."""
    more = dict(frame)
    event = Event(more.pop("event_id"), turn_id, more.pop("type"), more.pop("content"), more)
    if event.type == "error":  # one that belongs to a turn ends it
        more["final"] = True
    return event


def frames_of_answer(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An answer of which no more is on record, told again: its chunks and its end, under the end's id."""
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


def encoded_event(event: Event) -> str:
    """Made once, however many read it."""
    if not event.encoded:
        event.encoded = encoded(frame_of(event))
    return event.encoded


def server_sent(frames: Iterable[dict[str, Any]]) -> bytes:
    """As Server-Sent Events: `event` is the frame's type, `id` its event id, `data` the frame, which is one line."""
    return "".join(
        [f"id: {frame['event_id']}\r\nevent: {frame['type']}\r\ndata: {encoded(frame)}\r\n\r\n" for frame in frames]
    ).encode()


def server_sent_events(events: Iterable[Event]) -> bytes:
    """The same of events."""
    return "".join(
        [f"id: {event.id}\r\nevent: {event.type}\r\ndata: {encoded_event(event)}\r\n\r\n" for event in events]
    ).encode()


def encoded_events(events: Iterable[Event]) -> bytes:
    """Their frames as one JSON list."""
    return f"[{','.join(map(encoded_event, events))}]".encode()


def decoded_events(data: bytes, turn_id: str) -> list[Event]:
    """What `encoded_events` made of a turn's events."""
    return [event_of(frame, turn_id) for frame in from_json(data)]
