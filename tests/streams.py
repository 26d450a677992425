"""Readers of a session's events that stop where a test wants them to."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

import httpx
from websockets.sync.client import connect

from tests.driver import Json
from tests.service import Service

Road = Literal["websocket", "sse"]
ROADS: tuple[Road, ...] = ("websocket", "sse")
Until = Callable[[list[Json]], bool]

# What a client may be told that is no event.
SECONDS = 30


def resumed(service: Service, session_id: str, after: int, road: Road, headers: Any = None) -> Iterator[Json]:
    """The frames that a client is told who comes back with that id, without end. Closing it closes the connection."""
    yield from (_over_websocket if road == "websocket" else _over_sse)(service, session_id, after, headers)


def read(service: Service, session_id: str, after: int, road: Road, until: Until) -> list[Json]:
    """Those frames up to and with the one at which `until` says enough."""
    frames: list[Json] = []
    stream = resumed(service, session_id, after, road)
    try:
        for frame in stream:
            frames.append(frame)
            if until(frames):
                return frames
    finally:
        stream.close()  # type: ignore[attr-defined]
    raise AssertionError("the stream has ended")


def ids(frames: list[Json]) -> list[int]:
    return [frame["event_id"] for frame in frames]


def up_to(event_id: int) -> Until:
    return lambda frames: frames[-1]["event_id"] >= event_id or frames[-1]["type"] == "error"


def _over_websocket(service: Service, session_id: str, after: int, headers: Any) -> Iterator[Json]:
    options: Any = {"compression": None, "proxy": None, "additional_headers": headers}
    # Without a queue's bound: what is not read would hold up the close.
    with connect(service.socket_url(session_id), max_queue=None, **options) as socket:
        socket.send(json.dumps({"type": "resume", "last_event_id": after}))
        while True:
            yield json.loads(socket.recv(timeout=SECONDS))


def _over_sse(service: Service, session_id: str, after: int, headers: Any) -> Iterator[Json]:
    path = f"{service.base_url}/api/v1/sessions/{session_id}/events"
    last = {"Last-Event-ID": str(after), **(headers or {})}
    with httpx.stream("GET", path, headers=last, timeout=SECONDS, trust_env=False) as response:
        if response.status_code != 200:
            response.read()
            response.raise_for_status()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield from frames_in(response.iter_lines())


def frames_in(lines: Iterator[str]) -> Iterator[Json]:
    """Checked against the event's own type and id."""
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif event:
            frame: Json = json.loads(event["data"])
            assert (event["event"], event["id"]) == (frame["type"], str(frame["event_id"]))
            event = {}
            yield frame
