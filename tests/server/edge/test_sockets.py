"""WebSocket frames that no client library would send: the socket is closed with a code, and nothing piles up."""

import json
from collections.abc import Iterator

import pytest

from server.edge.ws_protocol import CONTROLS, FRAGMENTS, MAX_BYTES
from tests.frames import frame
from tests.server.edge.raw import Wire, close_code, handshake, wire
from tests.server.edge.test_requests import CANARY, check_problem
from tests.service import Service

TEXT, BINARY, PING, PONG = 1, 2, 9, 10


@pytest.fixture
def opened(hasty: Service, session_id: str) -> Iterator[Wire]:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id))
        assert connection.answer().status == 101
        yield connection


BAD = {
    "bytes that are no text": (frame(TEXT, b"\xff\xfe"), 1007),
    "text that is cut in a character": (frame(TEXT, "क".encode()[:2]), 1007),
    "too long": (frame(TEXT, b"a" * (MAX_BYTES + 1)), 1009),
    "too long in fragments": (frame(TEXT, b"a" * 30_000, fin=False) + frame(0, b"a" * 30_000), 1009),
    "fragments without end": (frame(TEXT, b"a", fin=False) + frame(0, b"a", fin=False) * FRAGMENTS, 1008),
    "empty fragments": (frame(TEXT, fin=False) + frame(0, fin=False) * 5000, 1008),
    "a flood of pings": (frame(PING, b"a" * 125) * (CONTROLS * 20), 1008),
    "a flood of pongs": (frame(PONG) * (CONTROLS * 20), 1008),
    "a flood of messages": (frame(TEXT, b"{}") * 20_000, 1008),
    "an unknown opcode": (frame(5, b"a"), 1002),
    "a reserved bit": (bytes([0x80 | 0x40 | TEXT]) + frame(TEXT, b"a")[1:], 1002),
    "not masked": (bytes([0x81, 2]) + b"{}", 1002),
    "a long ping": (frame(PING, b"a" * 126), 1002),
    "a ping in fragments": (frame(PING, b"a", fin=False), 1002),
    "a continuation of nothing": (frame(0, b"a"), 1002),
    "text within text": (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
    "a close of one byte": (frame(8, b"a"), 1002),
    "a close with a reserved code": (frame(8, (1005).to_bytes(2, "big")), 1002),
    "a close that is no text": (frame(8, (1000).to_bytes(2, "big") + b"\xff"), 1007),
}


@pytest.mark.parametrize("name", BAD)
def test_closed_with_a_code(opened: Wire, name: str) -> None:
    sent, code = BAD[name]
    opened.send_as_long_as_taken(sent, most=1)
    assert close_code(opened.rest()) == code


def test_a_size_of_exabytes_is_not_waited_for(opened: Wire) -> None:
    opened.send(bytes([0x81, 0xFF]) + (2**62).to_bytes(8, "big") + b"mask")
    assert close_code(opened.rest()) == 1009


def test_empty_fragments_are_cut_off(opened: Wire) -> None:
    opened.send(frame(TEXT, fin=False))
    assert opened.send_as_long_as_taken(frame(0, fin=False) * 1000, most=64 * 1024 * 1024) < 32 * 1024 * 1024


def test_the_longest_message_of_the_longest_spelling_fits(opened: Wire) -> None:
    """Clients may spell each character outside of Latin as twelve bytes of JSON."""
    sent = json.dumps({"message": "\U0001f64f" * 4000, "message_id": "i" * 128}).encode()
    opened.send(frame(TEXT, sent))
    head = opened.read(4)
    size = int.from_bytes(head[2:4], "big") if head[1] == 126 else head[1]
    told = head[2:4] + opened.read(size - 2) if head[1] != 126 else opened.read(size)
    assert json.loads(told)["type"] != "error"


def test_a_ping_is_answered(opened: Wire) -> None:
    opened.send(frame(PING, b"marco"))
    assert opened.read(7) == bytes([0x80 | PONG, 5]) + b"marco"


HANDSHAKES = {
    "a bad key": (b"dGhlIHNhbXBsZSBub25jZQ==", CANARY.encode()),
    "an old version": (b"Version: 13", f"Version: {CANARY}".encode()),
    "another method": (b"GET ", b"POST "),
    "a long line": (b"Upgrade: websocket\r\n", f"Upgrade: websocket\r\nCookie: {CANARY * 1000}\r\n".encode()),
    "two keys": (b"Sec-WebSocket-Version", b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version"),
}


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_broken_handshake(hasty: Service, session_id: str, name: str) -> None:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id).replace(*HANDSHAKES[name]))
        check_problem(connection.answer(), 400)
        assert connection.rest() == b""


def test_no_compression_is_agreed_to(hasty: Service, session_id: str) -> None:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id, "Sec-WebSocket-Extensions: permessage-deflate"))
        assert "sec-websocket-extensions" not in connection.answer().headers


@pytest.mark.parametrize("header", ["Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"])
def test_a_foreign_page_gets_no_socket(hasty: Service, session_id: str, header: str) -> None:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id, header))
        check_problem(connection.answer(), 403)


@pytest.mark.parametrize("header", ["Origin: http://localhost", "Origin: http://127.0.0.1:5173"])
def test_a_local_page_gets_one(hasty: Service, session_id: str, header: str) -> None:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id, header))
        assert connection.answer().status == 101


def test_a_foreign_host_gets_none(hasty: Service, session_id: str) -> None:
    with wire(hasty.port) as connection:
        connection.send(handshake(session_id, "Origin: http://evil.example", host="evil.example"))
        check_problem(connection.answer(), 421)
