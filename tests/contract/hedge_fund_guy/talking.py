"""The hedge fund guy's clients in tests: his sockets, and his streams with the id of every frame."""

import contextlib
import json
from collections.abc import Iterator
from uuid import uuid4

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.driver import Json
from tests.service import Service

NOTHING_COLLECTED = {"name": False, "email": False, "income": False}


def socket_url(service: Service, session_id: str) -> str:
    return f"ws://127.0.0.1:{service.port}/ws/{session_id}"


def new_id() -> str:
    return f"test-{uuid4().hex[:20]}"


@contextlib.contextmanager
def opened(service: Service, session_id: str, headers: dict[str, str] | None = None) -> Iterator[ClientConnection]:
    """A socket that has not read its greeting yet."""
    address = socket_url(service, session_id)
    with connect(address, compression=None, proxy=None, additional_headers=headers) as socket:
        yield socket


def received(socket: ClientConnection) -> Json:
    frame: Json = json.loads(socket.recv(timeout=30))
    return frame


def said(socket: ClientConnection, text: str, **more: str) -> Json:
    """The frame that answers a message."""
    socket.send(json.dumps({"message": text, **more}))
    return received(socket)


def frames_in(lines: Iterator[str]) -> Iterator[tuple[int, Json]]:
    """Ids and frames of a stream; it has nothing else but comments."""
    event_id = -1
    for line in lines:
        name, _, value = line.partition(": ")
        assert name in {"", "id", "data"}, line
        if name == "id":
            event_id = int(value)
        elif name == "data":
            yield event_id, json.loads(value)


def streamed(http: httpx.Client, headers: dict[str, str] | None = None, **body: str) -> list[tuple[int, Json]]:
    """A message over SSE: the frames of its answer under their ids."""
    with http.stream("POST", "/api/chat/stream", json=body, headers=headers) as response:
        response.raise_for_status()
        assert response.headers["content-type"].startswith("text/event-stream")
        return list(frames_in(response.iter_lines()))


def text_of(frames: list[tuple[int, Json]]) -> str:
    """What was said, as a client puts it together."""
    text = ""
    for _, frame in frames:
        text = "" if frame["type"] == "reset" else text + (frame["content"] if frame["type"] == "chunk" else "")
    return text
