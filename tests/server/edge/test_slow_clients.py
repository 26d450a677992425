"""Clients that send nothing, stop half way, drip, or take nothing: let go in their time, and nobody else waits."""

import socket
import time

import pytest

from server.edge.patience import BODY, HEAD, SILENCE
from tests.frames import frame
from tests.server.edge.conftest import LOOK_SECONDS
from tests.server.edge.raw import PATIENCE, Answer, Wire, handshake, request, wire
from tests.service import Service

SOON = 30.0  # seconds: ten looks of a slow machine, and far from never

HALVES = {
    "half a line": (b"GET /hea", 408),
    "half a head": (b"GET /health HTTP/1.1\r\nHost: loc", 408),
    "half a handshake": (handshake("x")[:-2], 408),
    "half a body": (request("POST /api/v1/chat", "Content-Length: 500", body=b'{"message'), 408),
    "no body": (request("POST /api/v1/chat", "Content-Length: 500"), 408),
    "half a chunk": (request("POST /api/v1/chat", "Transfer-Encoding: chunked", body=b"ff\r\n{"), 408),
    "half an upload": (
        request(
            "POST /api/v1/sessions/SESSION/documents",
            "Content-Type: multipart/form-data; boundary=b",
            "Content-Length: 300000",
            body=b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"a" * 100_000,
        ),
        408,
    ),
}


@pytest.mark.parametrize("name", HALVES)
def test_half_a_request_is_answered_and_let_go(hasty: Service, session_id: str, name: str) -> None:
    sent, status = HALVES[name]
    sent = sent.replace(b"SESSION", session_id.encode())
    begun = time.monotonic()
    with wire(hasty.port) as opened:
        opened.send(sent)
        answer: Answer = opened.answer()
        assert (answer.status, answer.headers["connection"]) == (status, "close")
        assert opened.rest() == b""
    assert SILENCE * LOOK_SECONDS * 0.8 < time.monotonic() - begun < SOON


def test_a_socket_that_says_nothing_is_closed_without_a_word(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        assert opened.rest() == b""


def dripped(opened: Wire, data: bytes, every: float) -> float:
    """Seconds for which the bytes were taken, one by one."""
    begun = time.monotonic()
    opened.socket.settimeout(every)
    for byte in data:
        try:
            opened.send(bytes([byte]))
            if opened.socket.recv(1, socket.MSG_PEEK) is not None:
                break  # answered or closed
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begun


def test_a_head_that_drips_does_not_get_more_time(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        taken = dripped(opened, b"GET /health HTTP/1.1\r\nX-A: " + b"a" * 2000, every=LOOK_SECONDS)
    assert HEAD * LOOK_SECONDS * 0.8 < taken < SOON


def test_a_body_that_drips_gets_its_time_and_no_more(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request("POST /api/v1/chat", "Content-Length: 5000"))
        taken = dripped(opened, b" " * 2000, every=LOOK_SECONDS)
    assert BODY * LOOK_SECONDS * 0.8 < taken < BODY * LOOK_SECONDS + SOON


def test_line_ends_after_an_answer_do_not_keep_a_connection(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        opened.send(request("GET /health"))
        assert opened.answer().status == 200
        assert dripped(opened, b"\r\n" * 500, every=LOOK_SECONDS) < SOON


def test_a_connection_is_kept_for_the_next_request(hasty: Service) -> None:
    with wire(hasty.port) as opened:
        for _ in range(3):
            opened.send(request("GET /health"))
            assert opened.answer().status == 200
            time.sleep(LOOK_SECONDS * HEAD * 1.5)  # uvicorn's own five seconds count here


def wait_until_closed(opened: Wire) -> float:
    """Seconds until the other side is gone, found out without reading what it sent."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        try:
            opened.socket.send(b"\r")
        except OSError:
            return time.monotonic() - begun
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("still open")


def test_a_reader_that_takes_nothing_is_cut_off(hasty: Service) -> None:
    """Swagger UI's script is the largest thing served; asked for several times, no buffer of the system holds it."""
    with wire(hasty.port, receive_buffer=4096) as opened:
        opened.send(request("GET /static-offline-docs/swagger-ui-bundle.js") * 8)
        assert wait_until_closed(opened) < PATIENCE


def test_a_slow_reader_that_goes_on_reading_gets_all(service: Service) -> None:
    """Here a second is a second: what it must take in ten, a busy machine's reader takes."""
    with wire(service.port, receive_buffer=65536) as opened:
        opened.send(request("GET /static-offline-docs/swagger-ui-bundle.js", "Connection: close"))
        taken = b""
        while more := opened.socket.recv(64 * 1024):
            taken += more
            time.sleep(0.2)
        head, _, body = taken.partition(b"\r\n\r\n")
        assert f"content-length: {len(body)}".encode() in head


def test_a_socket_that_takes_nothing_is_cut_off(hasty: Service, session_id: str) -> None:
    """It asks for the same long answer again and again, and reads none."""
    again = frame(1, b'{"message": "I need 3 lakh", "message_id": "again"}') * 20
    with wire(hasty.port, receive_buffer=4096) as opened:
        opened.send(handshake(session_id))
        assert opened.answer().status == 101
        opened.socket.settimeout(0.5)
        begun = time.monotonic()
        while time.monotonic() - begun < 2 * PATIENCE:
            try:
                opened.send(again)
            except TimeoutError:
                continue
            except OSError:
                return
        raise AssertionError("still open")


def test_others_are_served_meanwhile(hasty: Service) -> None:
    stuck = [Wire(hasty.port) for _ in range(60)]
    try:
        for number, opened in enumerate(stuck):
            opened.send((b"", b"GET /hea", request("POST /api/v1/chat", "Content-Length: 9", body=b"{"))[number % 3])
        with hasty.client() as http:
            assert http.post("/api/v1/chat", json={"message": "Hi"}).status_code == 200
        for opened in stuck:
            opened.rest()
    finally:
        for opened in stuck:
            opened.close()
