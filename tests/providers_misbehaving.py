"""Every way in which a provider may misbehave on the wire, whatever it was asked."""

import json
import time
from collections.abc import Callable

from tests.providers_server import DRIP_SECONDS, Caller, Way, head


def _drip_the_body(caller: Caller, honest: bytes) -> None:
    caller.send(head(1000))
    caller.drip(honest + b" " * 900)


def _cut(caller: Caller, honest: bytes) -> None:
    caller.send(head(len(honest)) + honest[: len(honest) // 2])


def _cut_chunk(caller: Caller, honest: bytes) -> None:
    start = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    caller.send(start + f"{len(honest):x}\r\n".encode() + honest[:9])


def _huge_in_chunks(caller: Caller, _: bytes) -> None:
    caller.send(head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
    while not caller.gone.is_set():
        caller.send(b"8000\r\n" + b" " * 0x8000 + b"\r\n")


def _endless(start: bytes, piece: bytes) -> Callable[[Caller, bytes], None]:
    def act(caller: Caller, _: bytes) -> None:
        caller.send(start)
        while not caller.gone.is_set():
            caller.send(piece)
            time.sleep(DRIP_SECONDS)

    return act


def _after(sent: Callable[[bytes], bytes]) -> Callable[[Caller, bytes], None]:
    """Silence after so much of the answer."""

    def act(caller: Caller, honest: bytes) -> None:
        if begun := sent(honest):
            caller.send(begun)
        caller.silence()

    return act


def _status(status: str, more: str = "") -> Callable[[Caller, bytes], None]:
    return lambda caller, _: caller.answer(b'{"error":"no"}', status=status, more=more)


def _body(change: Callable[[bytes], bytes]) -> Callable[[Caller, bytes], None]:
    return lambda caller, honest: caller.answer(change(honest))


def _media(media: str) -> Callable[[Caller, bytes], None]:
    return lambda caller, honest: caller.answer(honest, media=media)


def _twice(honest: bytes) -> bytes:
    return honest.replace(b"{", b'{"pan": "ZZZPX9999X", "inquiry_id": "x", ', 1)


PAGE = b"<!doctype html><title>Down for maintenance</title>"
NO_ANSWER = (
    Way("says nothing", _after(lambda _: b""), processed=False),
    Way("does it and says nothing", _after(lambda _: b"")),
    Way("stops in the status line", _after(lambda _: b"HTTP/1.1 2")),
    Way("stops in the head", _after(lambda honest: head(len(honest))[:-9])),
    Way("stops after the head", _after(lambda honest: head(len(honest)))),
    Way("stops in the body", _after(lambda honest: head(len(honest)) + honest[:9])),
    Way("drips the head", lambda caller, honest: caller.drip(head(len(honest)) + honest)),
    Way("drips the body", _drip_the_body),
    Way("endless lines in the head", _endless(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n")),
    Way("endless 100 Continue", _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    Way("hangs up", lambda *_: None, processed=False),
    Way("does it and hangs up", lambda *_: None),
    Way("resets", lambda caller, _: caller.reset(), processed=False),
    Way("does it and resets", lambda caller, _: caller.reset()),
    Way("hangs up in the body", _cut),
    Way("hangs up in a chunk", _cut_chunk),
    Way("speaks another protocol", lambda caller, _: caller.send(b"SSH-2.0-OpenSSH\r\n"), processed=False),
    Way("500", _status("500 Oh"), processed=False),
    Way("500 after doing it", _status("500 Oh")),
    Way("502", _status("502 Bad Gateway")),
    Way("504", _status("504 Timeout")),
    Way("503 with Retry-After", _status("503 Busy", "Retry-After: 30\r\n"), processed=False),
    Way("503 with a date", _status("503 Busy", "Retry-After: Wed, 21 Oct 2065 07:28:00 GMT\r\n"), processed=False),
    Way("503 for ever", _status("503 Busy", "Retry-After: 999999999\r\n"), processed=False),
    Way("429", _status("429 Slow down", "Retry-After: 5\r\n"), processed=False),
    Way("401", _status("401 Who"), processed=False),
    Way("403", _status("403 No"), processed=False),
    Way("404", _status("404 Where"), processed=False),
    Way("redirect", _status("307 There", "Location: /persons/find\r\n"), processed=False),
    Way("204", lambda caller, _: caller.send(b"HTTP/1.1 204 Nothing\r\nConnection: close\r\n\r\n")),
)
UNUSABLE = tuple(
    Way(name, act, unusable=True)
    for name, act in (
        ("400", _status("400 What")),
        ("422", _status("422 What")),
        ("text/plain", _media("text/plain")),
        ("application/jsonp", _media("application/jsonp")),
        ("no media type", _media("")),
        ("a page", lambda caller, _: caller.answer(PAGE, media="text/html")),
        ("a page called JSON", _body(lambda _: PAGE)),
        ("huge", _body(lambda honest: honest + b" " * 200_000)),
        ("huge in chunks", _huge_in_chunks),
        ("compressed", lambda caller, honest: caller.answer(honest, more="Content-Encoding: gzip\r\n")),
        ("empty", _body(lambda _: b"")),
        ("half a document", _body(lambda honest: honest[:-5])),
        ("two documents", _body(lambda honest: honest + honest)),
        ("doubled keys", _body(_twice)),
        ("NaN", _body(lambda honest: honest.replace(b"{", b'{"x": NaN, ', 1))),
        ("Infinity", _body(lambda honest: honest.replace(b"{", b'{"x": -Infinity, ', 1))),
        ("a number without end", _body(lambda honest: honest.replace(b"{", b'{"x": ' + b"9" * 9000 + b", ", 1))),
        ("deep", _body(lambda _: b"[" * 60_000)),
        ("UTF-16", _body(lambda honest: honest.decode().encode("utf-16"))),
        ("not UTF-8", _body(lambda honest: honest.replace(b"{", b'{"x": "\xff", ', 1))),
        ("a list", _body(lambda honest: b"[" + honest + b"]")),
        ("null", _body(lambda _: b"null")),
        ("a string", _body(lambda honest: json.dumps(honest.decode()).encode())),
        ("an error that says 200", _body(lambda _: b'{"error": "unavailable"}')),
    )
)
WAYS = (*NO_ANSWER, *UNUSABLE)
