"""WebSocket handshakes and frames that no honest client sends, and what the service says to them."""

import contextlib
import json
import os
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from tests.frames import frame, xor
from tests.fuzz.bodies import CANARY, VALUES, WHOLES, C, may_be_meant
from tests.fuzz.targets import Visitor
from tests.fuzz.wire import HANGS_AFTER, Answer, Headers, as_bytes, request

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
# 1011 would be a failure of ours; 1005, 1006 and 1015 must not travel.
CLOSINGS = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1012, 1013}


@dataclass(frozen=True, slots=True)
class Line:
    """Where an assistant's sessions and sockets are, what its error frames say, and whether it speaks first."""

    sessions: str
    sockets: str
    error: frozenset[str]
    greets: bool = False


LOAN = Line("/api/v1/sessions", "/api/v1/ws", frozenset({"code", "content", "event_id"}))
GUY = Line("/api/sessions", "/ws", frozenset({"code", "message"}), greets=True)


@dataclass(frozen=True, slots=True)
class Frames:
    """Bytes after a good handshake. `starts`: how many turns they rightly begin. `open_ended`: a frame is not whole."""

    name: str
    raw: bytes
    starts: int = 0
    open_ended: bool = False


@dataclass(slots=True)
class Heard:
    """What came back until the pong, the end, or the time: texts, the code of a close frame, whether it is alive."""

    texts: list[bytes] = field(default_factory=list)
    closed: int | None = None
    alive: bool = False
    ended: bool = False
    seconds: float = 0.0


def handshake(path: str | bytes, port: int, headers: Headers = (), *, method: str = "GET") -> bytes:
    usual: Headers = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
    given = {as_bytes(name).lower() for name, _ in headers}
    key: Headers = [] if b"sec-websocket-key" in given else [("Sec-WebSocket-Key", KEY)]
    kept = [line for line in usual if as_bytes(line[0]).lower() not in given]
    return request(method, path, headers=[*kept, *key, *headers], port=port)


def handshakes(who: Visitor, port: int, sockets: str) -> Iterator[tuple[str, bytes]]:
    """Ways to open a socket that must be refused, or must at least break nothing."""
    path = f"{sockets}/{who.session_id}"
    for name, headers in HANDSHAKES.items():
        yield name, handshake(path, port, [*who.headers, *headers])
    for method in ("POST", "HEAD", "PUT", "OPTIONS", "DELETE", CANARY):
        yield f"method {method}", handshake(path, port, who.headers, method=method)
    for part in (
        "%00",
        "%ff",
        "",
        CANARY,
        "..%2f..",
        "a" * 3000,
        "%2e%2e",
        f"{who.session_id}/a",
        f"{who.session_id}%00",
    ):
        yield f"path {part[:20]}", handshake(f"{sockets}/{part}", port, who.headers)
    for query in ("token=" + CANARY, "last_event_id=" + "9" * 400, "%ff=%fe", "a" * 6000):
        yield f"query {query[:20]}", handshake(f"{path}?{query}", port, who.headers)
    for other in ("/", "/health", "/api/v1/chat/stream", "/web/js/main.js", "/docs", "/nothing"):
        yield f"route {other}", handshake(other, port, who.headers)
    yield "version of HTTP", handshake(path, port, who.headers).replace(b"HTTP/1.1", b"HTTP/1.0")
    yield "body", handshake(path, port, [*who.headers, ("Content-Length", "11")]) + C
    yield "frame at once", handshake(path, port, who.headers) + frame(TEXT, C)
    yield "junk at once", handshake(path, port, who.headers) + bytes(range(256)) * 4


HANDSHAKES: dict[str, Headers] = {
    "no key": [("Sec-WebSocket-Key", "")],
    "short key": [("Sec-WebSocket-Key", "AAAA")],
    "key of words": [("Sec-WebSocket-Key", CANARY)],
    "key of bytes": [("Sec-WebSocket-Key", b"\xff\xfe" + C)],
    "long key": [("Sec-WebSocket-Key", C * 500)],
    "two keys": [("Sec-WebSocket-Key", KEY), ("Sec-WebSocket-Key", CANARY)],
    "no version": [("Sec-WebSocket-Version", "")],
    "version 7": [("Sec-WebSocket-Version", "7")],
    "version 99": [("Sec-WebSocket-Version", "99")],
    "version of words": [("Sec-WebSocket-Version", CANARY)],
    "version twice": [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Version", "8")],
    "another upgrade": [("Upgrade", CANARY)],
    "upgrades": [("Upgrade", "websocket, " + CANARY)],
    "no upgrade": [("Connection", "keep-alive")],
    "connection of words": [("Connection", "Upgrade, " + CANARY)],
    "protocol": [("Sec-WebSocket-Protocol", CANARY)],
    "protocols": [("Sec-WebSocket-Protocol", ", ".join([CANARY] * 500))],
    "protocol of bytes": [("Sec-WebSocket-Protocol", b"\xff\xfe" + C)],
    "protocol of commas": [("Sec-WebSocket-Protocol", "," * 1000)],
    "bearer": [("Sec-WebSocket-Protocol", "bearer, " + CANARY)],
    "bearer alone": [("Sec-WebSocket-Protocol", "bearer")],
    "bearer of three": [("Sec-WebSocket-Protocol", "bearer, a.b.c")],
    "bearers": [("Sec-WebSocket-Protocol", "bearer, " + CANARY + ", bearer, b")],
    "extension": [("Sec-WebSocket-Extensions", CANARY)],
    "extension bad": [("Sec-WebSocket-Extensions", "permessage-deflate; a=;;=")],
    "extension of 7 bits": [("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=7")],
    "extension of words": [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=" + CANARY)],
    "extensions": [("Sec-WebSocket-Extensions", ", ".join(["permessage-deflate"] * 800))],
    "extension of quotes": [("Sec-WebSocket-Extensions", 'a; b="\\' + CANARY)],
    "foreign origin": [("Origin", "https://kanari-7351.example.com")],
    "origin null": [("Origin", "null")],
    "origins": [("Origin", "http://127.0.0.1"), ("Origin", CANARY)],
    "origin of bytes": [("Origin", b"\xff\xfe" + C)],
    "host": [("Host", CANARY)],
    "cookie": [("Cookie", b"__Host-session=\xff" + C)],
    "big header": [("X-Odd", C * 5500)],
    "many headers": [("X-Odd", C)] * 500,
    "event id": [("Last-Event-ID", CANARY)],
}


def frame_corpus() -> Iterator[Frames]:
    """Frames of every wrong kind, and every hostile body as text and as bytes."""
    hello = json.dumps({"message": "Hi"}).encode()
    mid = json.dumps({"message": CANARY, "message_id": "a" * 200}).encode()
    yield Frames("message in two parts", frame(TEXT, hello[:5], fin=False) + frame(CONT, hello[5:]), starts=1)
    parts = [frame(CONT, hello[at : at + 1], fin=False) for at in range(1, len(hello))]
    yield Frames("message byte by byte", frame(TEXT, hello[:1], fin=False) + b"".join(parts) + frame(CONT), starts=1)
    yield Frames(
        "ping amid a message",
        frame(TEXT, hello[:5], fin=False) + frame(PING, C) + frame(CONT, hello[5:]),
        starts=1,
    )
    yield Frames("text amid a message", frame(TEXT, hello[:5], fin=False) + frame(TEXT, hello))
    yield Frames("continuation of nothing", frame(CONT, C))
    yield Frames("not masked", frame(TEXT, hello, masked=False))
    yield Frames("ping not masked", frame(PING, C, masked=False))
    yield Frames("message without end", frame(TEXT, hello, fin=False), open_ended=True)
    yield Frames("empty text", frame(TEXT))
    yield Frames("empty bytes", frame(BINARY))
    yield Frames("empty parts", frame(TEXT, fin=False) + frame(CONT, fin=False) * 5000 + frame(CONT))
    for bits in range(1, 8):
        yield Frames(f"reserved bits {bits}", frame(TEXT, hello, reserved=bits))
        yield Frames(f"reserved bits {bits} on a ping", frame(PING, C, reserved=bits))
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        yield Frames(f"opcode {opcode}", frame(opcode, C))
    for opcode in (PING, PONG, CLOSE):
        yield Frames(f"control {opcode} of 126 bytes", frame(opcode, b"\x03\xe8" + b"a" * 124))
        yield Frames(f"control {opcode} in parts", frame(opcode, b"", fin=False))
    for code in (0, 1, 999, 1000, 1001, 1004, 1005, 1006, 1008, 1011, 1012, 1015, 1016, 2999, 3000, 4999, 5000, 65_535):
        yield Frames(f"close {code}", frame(CLOSE, struct.pack("!H", code) + C))
    yield Frames("close of one byte", frame(CLOSE, b"\x03"))
    yield Frames("close in bad UTF-8", frame(CLOSE, b"\x03\xe8\xff\xfe"))
    yield Frames("close twice", frame(CLOSE, b"\x03\xe8") * 2)
    yield Frames("text after close", frame(CLOSE, b"\x03\xe8") + frame(TEXT, hello))
    yield Frames("pings", frame(PING, C) * 2000)
    yield Frames("pongs", frame(PONG, C) * 2000)
    yield Frames("length not minimal", b"\x81\xfe\x00\x05\x12\x34\x56\x78" + xor(b"Hello", b"\x12\x34\x56\x78"))
    yield Frames("length 2^63", b"\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00\x12\x34\x56\x78")
    yield Frames("length 2^62", b"\x81\xff\x40\x00\x00\x00\x00\x00\x00\x00\x12\x34\x56\x78" + C)
    yield Frames("length 1 GB", b"\x81\xff\x00\x00\x00\x00\x40\x00\x00\x00\x12\x34\x56\x78" + C)
    yield Frames("half a head", b"\x81", open_ended=True)
    yield Frames("half a length", b"\x81\xfe\x00", open_ended=True)
    yield Frames("half a mask", b"\x81\x85\x12\x34", open_ended=True)
    yield Frames("half a text", b"\x81\xc0\x12\x34\x56\x78ab", open_ended=True)
    yield Frames("70 KB", frame(TEXT, json.dumps({"message": CANARY * 7000}).encode()))
    yield Frames("1 MB in parts", frame(TEXT, b" " * 60_000, fin=False) + frame(CONT, b" " * 60_000, fin=False) * 16)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packed.compress(b" " * 10_000_000) + packed.flush(zlib.Z_SYNC_FLUSH)
    yield Frames("compressed though not agreed", frame(BINARY, bomb[:-4], reserved=4))
    yield Frames("HTTP", b"GET / HTTP/1.1\r\nHost: " + C + b"\r\n\r\n")
    yield Frames("junk", bytes(range(256)) * 8)
    yield Frames("long id", frame(TEXT, mid))
    yield Frames("another session's", frame(TEXT, json.dumps({"type": "resume", "session_id": CANARY}).encode()))
    for event_id in (b"-1", b"9" * 15, b"9" * 400, b"1e999", b'"' + C + b'"', b"null", b"[1]", b"true", b"0.5"):
        yield Frames(f"resume {event_id[:20]!r}", frame(TEXT, b'{"type": "resume", "last_event_id": %s}' % event_id))
    yield Frames("cancels", frame(TEXT, b'{"type": "cancel"}') * 100)
    for name in ("type", "message", "message_id", "last_event_id"):
        for kind, value in VALUES.items():
            if may_be_meant(name, kind):
                continue
            raw = b'{"%s": %s}' % (name.encode(), value)
            yield Frames(f"{name}: {kind}", frame(TEXT if _is_text(raw) else BINARY, raw))
    for name, raw in WHOLES.items():
        if may_be_meant("whole", name):
            continue
        yield Frames(f"whole as bytes: {name}", frame(BINARY, raw))
        yield Frames(f"whole as text: {name}", frame(TEXT, raw))
    yield Frames("half a character per frame", b"".join(frame(TEXT, b"\xe2", fin=False) for _ in range(3)))


def _is_text(raw: bytes) -> bool:
    with contextlib.suppress(UnicodeDecodeError):
        return bool(raw.decode())
    return False


def talk(port: int, opening: bytes, sent: Frames, timeout: float = HANGS_AFTER) -> Heard:
    """Open a socket, send the frames and a ping, and listen until the pong or the end."""
    heard = Heard()
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        stream = connection.makefile("rb")
        connection.sendall(opening)
        status = stream.readline()
        while stream.readline().strip():
            pass
        if b" 101 " not in status:
            raise AssertionError(f"the handshake failed: {status!r}")
        token = b"alive" + os.urandom(4).hex().encode()
        with contextlib.suppress(OSError):
            connection.sendall(sent.raw)
            if sent.open_ended:
                connection.shutdown(socket.SHUT_WR)
            else:
                connection.sendall(frame(PING, token))
        try:
            _listen(stream, heard, token)
        except TimeoutError:
            pass
        except OSError:
            heard.ended = True  # closed hard
    heard.seconds = time.perf_counter() - started
    return heard


def _listen(stream: BinaryIO, heard: Heard, token: bytes) -> None:
    while True:
        head = stream.read(2)
        if len(head) < 2:
            heard.ended = True
            return
        length = head[1] & 0x7F
        if length > 125:
            length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
        payload = stream.read(length)
        opcode = head[0] & 0x0F
        if opcode == TEXT:
            heard.texts.append(payload)
        elif opcode == CLOSE:
            heard.closed = int.from_bytes(payload[:2], "big") if payload else 1005
        elif opcode == PONG and payload == token:
            heard.alive = True
            return


def faults_of(heard: Heard, sent: Frames, line: Line) -> list[str]:
    """What is wrong with what came back; empty where nothing is."""
    found = []
    if not (heard.alive or heard.ended):
        found.append("no answer ever")
    # 1006 and its like come from a close frame that repeats the client's own code.
    if heard.closed is not None and heard.closed not in CLOSINGS and not sent.name.startswith("close "):
        found.append(f"closed with {heard.closed}")
    if heard.closed == 1011 and sent.name != "close 1011":
        found.append("closed with 1011")
    for number, text in enumerate(heard.texts):
        if C in text and not sent.starts:
            found.append("repeats what was sent")
        event = json.loads(text)
        if number == 0 and line.greets and event["type"] == "greeting":
            continue
        if not sent.starts and (event["type"] != "error" or not line.error <= event.keys()):
            found.append(f"an event of type {event['type']}: {sorted(event)}")
    return found


def as_answer(heard: Heard) -> Answer:
    """For the tally: a close code stands for the status, 200 for a socket that lives on."""
    return Answer(200 if heard.alive else 0, {}, b"", heard.seconds)
