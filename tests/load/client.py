"""A load client that costs far less than the service: raw HTTP/1.1, Server-Sent Events and WebSocket over streams.

It reads whatever has arrived and looks for the bytes it waits for; nothing is parsed that need not be.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

READ = 65536
SECONDS = 60.0
HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
TEXT, CLOSE, PING = 1, 8, 9
IDLE_SECONDS = 2.0  # servers hang up after five; a busy machine can keep a session waiting for its turn for so long


class LoadError(Exception):
    """The service did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its body, and the seconds to the first bytes waited for and to the end."""

    status: int
    body: bytes
    first: float | None
    total: float


class Connection:
    """One connection, kept alive: requests one at a time, or, once `upgrade`d, WebSocket messages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._left = b""
        self._used = time.monotonic()

    @classmethod
    async def open(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return

    async def request(self, method: str, path: str, body: Any = None, *, first: bytes = b"") -> Answer:
        """Send a request and read its answer. Raises LoadError, TimeoutError."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            await self._open_anew()
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        started = time.perf_counter()
        self._writer.write(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
        received, seen = b"", None
        async with asyncio.timeout(SECONDS):
            while HEAD_END not in received:
                received += await self._more()
            header, _, raw = received.partition(HEAD_END)
            length = content_length(header)
            while True:
                if seen is None and first and first in raw:
                    seen = time.perf_counter() - started
                if raw.endswith(LAST_CHUNK) if length is None else len(raw) >= length:
                    break
                raw += await self._more()
        total = time.perf_counter() - started
        self._used = time.monotonic()
        return Answer(status_of(header), dechunked(raw) if length is None else raw, seen, total)

    async def upgrade(self, path: str) -> None:
        """Turn the connection into a WebSocket. Raises LoadError."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        key = "Sec-WebSocket-Key: bG9hZCBiZW5jaCBvZiAxNg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        self._writer.write((head + key).encode())
        received = b""
        async with asyncio.timeout(SECONDS):
            while HEAD_END not in received:
                received += await self._more()
        header, _, self._left = received.partition(HEAD_END)
        if status_of(header) != 101:
            raise LoadError(f"no WebSocket: {header[:80]!r}")

    async def exchange(self, message: Any, *, first: bytes, last: bytes) -> Answer:
        """Send a WebSocket message and read frames up to one that holds `last`. Raises LoadError, TimeoutError."""
        started, seen, body = time.perf_counter(), None, bytearray()
        self._writer.write(text_frame(json.dumps(message).encode()))
        async with asyncio.timeout(SECONDS):
            while True:
                frames, self._left = split_frames(self._left)
                for opcode, payload in frames:
                    if opcode == CLOSE:
                        raise LoadError("the WebSocket was closed")
                    body += payload
                    if seen is None and first in payload:
                        seen = time.perf_counter() - started
                    if last in payload:
                        return Answer(101, bytes(body), seen, time.perf_counter() - started)
                self._left += await self._more()

    async def _open_anew(self) -> None:
        _, port = self._writer.get_extra_info("peername")
        await self.close()
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)

    async def _more(self) -> bytes:
        received = await self._reader.read(READ)
        if not received:
            raise LoadError("the connection was closed")
        return received


def status_of(header: bytes) -> int:
    return int(header.split(b" ", 2)[1])


def content_length(header: bytes) -> int | None:
    """The body's length in bytes; None for a chunked body."""
    for line in header.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return None


def dechunked(raw: bytes) -> bytes:
    """The body of a chunked answer."""
    return b"".join(_chunks(raw))


def _chunks(raw: bytes) -> Iterator[bytes]:
    position = 0
    while True:
        end = raw.index(b"\r\n", position)
        size = int(raw[position:end].partition(b";")[0], 16)
        if size == 0:
            return
        yield raw[end + 2 : end + 2 + size]
        position = end + 2 + size + 2


def text_frame(payload: bytes) -> bytes:
    """A client's text frame. Its mask is all zeros, which changes nothing and is a mask as good as any on loopback."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | TEXT]) + length + bytes(4) + payload


def split_frames(received: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole server frames in `received` as opcode and payload, and what is left of the next."""
    frames: list[tuple[int, bytes]] = []
    position = 0
    while len(received) >= position + 2:
        size, start = received[position + 1] & 0x7F, position + 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(received) < start + wide:
                break
            size, start = int.from_bytes(received[start : start + wide], "big"), start + wide
        if len(received) < start + size:
            break
        opcode = received[position] & 0x0F
        if opcode != PING:
            frames.append((opcode, received[start : start + size]))
        position = start + size
    return frames, received[position:]
