"""A stranger who sends what is no request fills no log."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from server.observing.line_writer import LineWriter
from server.observing.logs import OF_STRANGERS, EventHandler
from server.observing.ration import Ration
from server.observing.session_hash import session_hash
from tests.server.edge.raw import asked
from tests.service import Service


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def handler(out: io.StringIO) -> Iterator[EventHandler]:
    made = EventHandler(LineWriter(out), session_hash(b"a key for tests alone"))
    logger = logging.getLogger(OF_STRANGERS)
    before = logger.level
    logger.addHandler(made)
    logger.setLevel(logging.WARNING)
    yield made
    logger.removeHandler(made)
    logger.setLevel(before)


def lines(handler: EventHandler, out: io.StringIO) -> list[dict[str, Any]]:
    handler.flush()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_so_many_then_a_count() -> None:
    ration = Ration(most=2, seconds=60)
    assert [ration.take(1000.0 + number) for number in range(5)] == [0, 0, None, None, None]
    assert ration.take(1059.9) is None
    assert [ration.take(1060.0), ration.take(1060.0), ration.take(1060.0)] == [4, 0, None]
    assert ration.take(5.0) == 1  # the clock was set back: better one line more than none for long


def test_many_broken_requests_are_few_lines(service: Service, handler: EventHandler, out: io.StringIO) -> None:
    for _ in range(30):
        assert asked(service.port, b"no request\r\n\r\n").status == 400
        assert asked(
            service.port, b"GET /health HTTP/1.1\r\nHost: localhost\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
        )
    told = lines(handler, out)
    assert 3 <= len(told) <= 12  # a slow machine may take longer than a minute
    assert {(line["event"], line["logger"]) for line in told} == {("library.message", OF_STRANGERS)}
    assert all("left_out" in line for line in told)


def test_what_was_left_out_is_told_later_and_errors_always_are(handler: EventHandler, out: io.StringIO) -> None:
    def say(level: int, second: float, name: str = OF_STRANGERS) -> None:
        said = logging.LogRecord(name, level, "/there/here.py", 7, "broken", (), None)
        said.created = 1_000_000 + second
        handler.handle(said)

    for _ in range(1000):
        say(logging.WARNING, 1)
    for _ in range(5):
        say(logging.ERROR, 2)
        say(logging.WARNING, 2, "httpx")
    say(logging.WARNING, 70)
    told = lines(handler, out)
    assert [line["left_out"] for line in told if "left_out" in line] == [0, 0, 0, 997]
    assert [line["level"] for line in told].count("error") == 5
    assert [line["logger"] for line in told].count("httpx") == 5
