"""Bytes on a bare socket, for what no client library would send."""

import contextlib
import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PATIENCE = 60.0  # of the test; a server that never answers fails it


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        self._kept = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_as_long_as_taken(self, data: bytes, most: int) -> int:
        """Send the same again and again, up to `most` bytes; how many were taken before the other side closed."""
        sent = 0
        with contextlib.suppress(OSError):
            while sent < most:
                self.socket.sendall(data)
                sent += len(data)
        return sent

    def read(self, count: int) -> bytes:
        """That many bytes, or fewer when the other side closes first."""
        while len(self._kept) < count and (more := self._receive()):
            self._kept += more
        found, self._kept = self._kept[:count], self._kept[count:]
        return found

    def rest(self) -> bytes:
        """All that comes until the other side closes. Raises TimeoutError when it does not."""
        while more := self._receive():
            self._kept += more
        found, self._kept = self._kept, b""
        return found

    def answer(self) -> Answer:
        while b"\r\n\r\n" not in self._kept:
            more = self._receive()
            if not more:
                raise ConnectionError("closed without an answer")
            self._kept += more
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        body = self.read(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionError:
            return b""

    def close(self) -> None:
        self.socket.close()


@contextlib.contextmanager
def wire(port: int, receive_buffer: int | None = None) -> Iterator[Wire]:
    opened = Wire(port, receive_buffer)
    try:
        yield opened
    finally:
        opened.close()


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """A request with a local Host and these headers besides."""
    return "\r\n".join([f"{line} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode("latin-1") + body


def asked(port: int, raw: bytes) -> Answer:
    with wire(port) as opened:
        opened.send(raw)
        return opened.answer()


def handshake(session_id: str, *headers: str, host: str = "localhost") -> bytes:
    lines = [
        f"GET /api/v1/ws/{session_id} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def close_code(data: bytes) -> int | None:
    """The code of the close frame that ends what a server sent (all of whose other frames are small)."""
    position, found = 0, None
    while position + 2 <= len(data):
        opcode, size = data[position] & 0x0F, data[position + 1] & 0x7F
        position += 2
        if size == 126:
            size = struct.unpack("!H", data[position : position + 2])[0]
            position += 2
        if opcode == 8:
            found = struct.unpack("!H", data[position : position + 2])[0] if size >= 2 else 1005
        position += size
    return found
