"""The limits of a running service: what a client hears, and that nothing of a refused message is kept."""

import contextlib
import itertools
import json
import socket
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server.limits.figures import FIGURES, Figures
from tests.contract.test_problems import check_problem
from tests.server.limits.parts import Bench
from tests.server.limits.test_address import forged
from tests.service import Service, fresh_data_dir, service_in_thread


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """A service with its limits; every test calls from an address of its own, behind a proxy."""
    directory = fresh_data_dir(tmp_path_factory.mktemp("limited") / "var", knowledge_dir)
    with service_in_thread(
        directory, rate_limit_enabled=True, auth_required=True, trusted_proxies=["127.0.0.1"]
    ) as running:
        yield running


@contextlib.contextmanager
def figures_of(service: Service, figures: Figures) -> Iterator[Bench]:
    """The service with other figures and the test's clock."""
    assert service.house is not None
    bench, before = Bench(), service.house.limits
    service.house.limits = bench.limits(figures=figures, proxies=("127.0.0.1",))
    try:
        yield bench
    finally:
        service.house.limits = before


_numbers = itertools.count(1)


class Caller:
    """Somebody at an address of their own, with a session once they have started one."""

    def __init__(self, service: Service, address: str | None = None) -> None:
        number = next(_numbers)
        self.address = address or f"203.0.{number // 250}.{number % 250 + 1}"
        self.service = service
        self.http = service.client()
        self.http.headers["X-Forwarded-For"] = self.address
        self.session_id = ""

    def start(self) -> "Caller":
        answer = self.http.post("/api/v1/sessions").raise_for_status()
        self.session_id = answer.json()["session_id"]
        self.http.headers["X-Session-Token"] = answer.headers["X-Session-Token"]
        self.http.cookies.clear()
        return self

    def say(self, text: str = "Hi", message_id: str | None = None, path: str = "/api/v1/chat") -> httpx.Response:
        body = {"message": text, "session_id": self.session_id} | ({"message_id": message_id} if message_id else {})
        return self.http.post(path, json=body)

    def connect(self) -> ClientConnection:
        headers = {name: self.http.headers[name] for name in ("X-Session-Token", "X-Forwarded-For")}
        url = self.service.socket_url(self.session_id)
        return connect(url, additional_headers=headers, compression=None, proxy=None)

    def said(self) -> int:
        """Messages in the transcript, with their answers and the greeting."""
        transcript: list[Any] = self.http.get(f"/api/v1/sessions/{self.session_id}/messages").json()["messages"]
        return len(transcript)

    def turns(self) -> int:
        """Rows of the session in the turn journal."""
        return rows(self.service, "SELECT count(*) FROM turns WHERE session_id = ?", self.session_id)


def rows(service: Service, query: str, *values: str) -> int:
    with contextlib.closing(sqlite3.connect(service.data_dir / "esoteric.db")) as database:
        return int(database.execute(query, values).fetchone()[0])


def check_too_many(answer: httpx.Response, most_seconds: int) -> None:
    problem = check_problem(answer, 429)
    assert problem["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= most_seconds + 1


def next_error(line: ClientConnection) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(line.recv(timeout=30))
        if frame["type"] == "error":
            return frame


def test_sixty_messages_a_minute_over_all_roads(limited: Service) -> None:
    caller = Caller(limited).start()
    for _ in range(20):
        assert caller.say().status_code == 200
        assert caller.say(path="/api/v1/chat/stream").status_code == 200
    with caller.connect() as line:
        for _ in range(20):
            line.send('{"message": "Hi"}')
            while json.loads(line.recv(timeout=30))["type"] != "end":
                pass
        line.send('{"message": "Hi"}')
        frame = next_error(line)
        assert frame["code"] == "too_many_requests"
        assert 1 <= frame["retry_after"] <= 61
        check_too_many(caller.say(), 60)
        check_too_many(caller.say(path="/api/v1/chat/stream"), 60)
        line.send('{"type": "cancel"}')  # the socket lives on
    assert caller.turns() == 60
    assert caller.said() == 121
    assert Caller(limited).start().say().status_code == 200  # somebody else's


def test_waiting_as_told_works_and_nothing_refused_is_lost(limited: Service) -> None:
    with figures_of(limited, FIGURES) as bench:
        caller = Caller(limited).start()
        for number in range(60):
            assert caller.say(message_id=f"m-{number}").status_code == 200
            bench.clock.now += 0.5
        refused = caller.say(message_id="m-60")
        check_too_many(refused, 30)
        assert caller.say(message_id="m-7").status_code == 200  # answered before, told again
        assert caller.turns() == 60
        bench.clock.now += int(refused.headers["Retry-After"])
        assert caller.say(message_id="m-60").status_code == 200
        assert caller.turns() == 61


def test_fifty_of_a_burst(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(messages_per_session=FIGURES.messages_per_session._replace(amount=10))):
        caller = Caller(limited).start()
        with ThreadPoolExecutor(50) as crowd:
            statuses = [answer.status_code for answer in crowd.map(lambda _: caller.say(), range(50))]
        assert sorted(statuses) == [200] * 10 + [429] * 40
        assert caller.turns() == 10


def test_a_stranger_cannot_use_up_a_session(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(messages_per_session=FIGURES.messages_per_session._replace(amount=3))):
        owner, stranger = Caller(limited).start(), Caller(limited).start()
        stranger.session_id = owner.session_id
        for _ in range(5):
            check_problem(stranger.say(), 404)
        assert [owner.say().status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/chat", "/api/v1/chat/stream"])
def test_ten_new_sessions_a_minute(limited: Service, path: str) -> None:
    caller = Caller(limited)

    def start() -> httpx.Response:
        caller.http.cookies.clear()
        return caller.http.post(path, json={"message": "Hi"} if "chat" in path else None)

    for _ in range(10):
        assert start().status_code == 200
    before = rows(limited, "SELECT count(*) FROM sessions")
    check_too_many(start(), 60)
    assert rows(limited, "SELECT count(*) FROM sessions") == before


def test_a_network_of_64_bits_is_one_caller(limited: Service) -> None:
    outcomes = [
        Caller(limited, address).http.post("/api/v1/sessions").status_code
        for address in [f"2001:db8:7:7:{number:x}::1" for number in range(1, 12)] + ["2001:db8:7:8::1"]
    ]
    assert outcomes == [200] * 10 + [429, 200]


def test_forged_addresses_change_nothing_behind_a_proxy(limited: Service) -> None:
    caller = Caller(limited)
    for _ in range(10):
        caller.http.post("/api/v1/sessions").raise_for_status()
        caller.http.cookies.clear()
    for number, value in enumerate(forged(300)):
        told = f"{value}, {caller.address}"
        headers = {"X-Forwarded-For": told, "Forwarded": f"for=198.51.100.{number % 250}", "X-Real-IP": "198.51.100.1"}
        assert caller.http.post("/api/v1/sessions", headers=headers).status_code == 429


def test_a_thousand_forged_addresses_change_nothing_without_a_proxy(data_dir: Path) -> None:
    with service_in_thread(data_dir, rate_limit_enabled=True) as service:
        http = service.client()
        statuses = []
        for number, value in enumerate(forged(1000)):
            headers = {"X-Forwarded-For": value, "Forwarded": f"for=198.51.100.{number % 250}", "X-Real-IP": "1.2.3.4"}
            statuses.append(http.post("/api/v1/sessions", headers=headers).status_code)
            if number >= 10 and statuses[-1] == 200:  # a slow machine may take longer than a minute
                break
        assert statuses[:11] == [200] * 10 + [429]
        assert statuses.count(200) <= 20


def test_a_hundred_frames_a_minute_then_it_is_closed(limited: Service) -> None:
    with figures_of(limited, FIGURES):
        caller = Caller(limited).start()
        with caller.connect() as line:
            for _ in range(100):
                line.send('{"type": "cancel"}')
            line.send('{"message": "Hi"}')
            frame = next_error(line)
            assert (frame["code"], frame["retry_after"]) == ("too_many_requests", 61)
            with pytest.raises(ConnectionClosed) as closed:
                line.recv(timeout=30)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
        assert caller.turns() == 0
        with caller.connect() as line:  # another socket, another count
            line.send('{"type": "resume", "last_event_id": 0}')
            line.recv(timeout=30)


def test_uploads(limited: Service) -> None:
    caller = Caller(limited).start()

    def upload() -> httpx.Response:
        path = f"/api/v1/sessions/{caller.session_id}/documents"
        return caller.http.post(path, files={"file": ("a.pdf", b"no slip")}, data={"kind": "salary_slip"})

    assert [upload().status_code for _ in range(5)] == [415] * 5
    check_too_many(upload(), 3600)
    assert caller.turns() == 0


def test_twenty_sockets_an_address_and_free_again_when_closed(limited: Service) -> None:
    assert limited.house is not None
    sockets = limited.house.limits.capacity.sockets
    caller, other = Caller(limited).start(), Caller(limited).start()
    with contextlib.ExitStack() as lines:
        opened = [lines.enter_context(caller.connect()) for _ in range(20)]
        with pytest.raises(InvalidStatus) as refused:
            caller.connect()
        assert refused.value.response.status_code == 429
        assert json.loads(refused.value.response.body or b"")["code"] == "too_many_at_once"
        lines.enter_context(other.connect())
        opened[0].close()
        eventually(lambda: sockets.taken == 20)
        lines.enter_context(caller.connect())
        for line in opened[1:]:  # torn, without a word
            linger = struct.pack("ii", 1, 0)
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            line.socket.shutdown(socket.SHUT_RDWR)
            line.socket.close()
        eventually(lambda: sockets.taken == 2)
    eventually(lambda: sockets.taken == 0)


def test_sockets_of_the_process(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(sockets=3)) as bench, contextlib.ExitStack() as lines:
        callers = [Caller(limited).start() for _ in range(4)]
        for caller in callers[:3]:
            lines.enter_context(caller.connect())
        with pytest.raises(InvalidStatus) as refused:
            callers[3].connect()
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "2"
        assert bench.refused == ["sockets"]


def test_more_turns_than_the_process_takes_on(limited: Service) -> None:
    with figures_of(limited, FIGURES._replace(turns=4)):
        callers = [Caller(limited).start() for _ in range(30)]
        with ThreadPoolExecutor(30) as crowd:
            answers = list(crowd.map(lambda caller: caller.say(), callers))
        for caller, answer in zip(callers, answers, strict=True):
            if answer.status_code == 200:
                assert caller.turns() == 1
                continue
            assert check_problem(answer, 503)["code"] == "over_capacity"
            assert answer.headers["Retry-After"] == "2"
            assert caller.turns() == 0
        assert [answer.status_code for answer in answers].count(200) >= 4
        assert all(caller.say().status_code == 200 for caller in callers[:3])  # over: there is room again


def test_with_no_room_at_all(limited: Service) -> None:
    caller = Caller(limited).start()
    with figures_of(limited, FIGURES._replace(turns=0)) as bench:
        for path in ("/api/v1/chat", "/api/v1/chat/stream"):
            assert check_problem(caller.say(path=path), 503)["code"] == "over_capacity"
        before = rows(limited, "SELECT count(*) FROM sessions")
        check_problem(Caller(limited).http.post("/api/v1/chat", json={"message": "Hi"}), 503)
        assert rows(limited, "SELECT count(*) FROM sessions") == before
        with caller.connect() as line:
            line.send('{"message": "Hi"}')
            frame = next_error(line)
            assert (frame["code"], frame["retry_after"]) == ("over_capacity", 2)
            line.send('{"type": "cancel"}')
        assert bench.refused == ["turns"] * 4
    assert caller.turns() == 0


def test_requests_under_way(limited: Service) -> None:
    caller = Caller(limited).start()
    with figures_of(limited, FIGURES._replace(requests=0)) as bench:
        refused = caller.http.get(f"/api/v1/sessions/{caller.session_id}")
        assert check_problem(refused, 503)["code"] == "over_capacity"
        assert refused.headers["Retry-After"] == "2"
        for path in ("/health", "/ready"):
            assert caller.http.get(path).status_code == 200
        assert bench.refused == ["requests"]
    assert limited.house is not None
    eventually(lambda: limited.house is not None and limited.house.limits.capacity.requests.taken == 0)


def test_uploads_that_are_never_finished(limited: Service) -> None:
    """They hold memory: three of one address, and no more."""
    caller = Caller(limited).start()
    head = (
        f"POST /api/v1/sessions/{caller.session_id}/documents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-Forwarded-For: {caller.address}\r\nX-Session-Token: {caller.http.headers['X-Session-Token']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n"
        "Content-Length: 4000000\r\n\r\n--x\r\n"
    ).encode()
    assert limited.house is not None
    uploads = limited.house.limits.capacity.uploads
    with contextlib.ExitStack() as lines:
        for number in range(1, 4):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", limited.port), timeout=30))
            line.sendall(head)
            eventually(lambda number=number: uploads.taken == number)  # type: ignore[misc]
        path = f"/api/v1/sessions/{caller.session_id}/documents"
        refused = caller.http.post(path, files={"file": ("a.pdf", b"no slip")}, data={"kind": "salary_slip"})
        assert check_problem(refused, 429)["code"] == "too_many_at_once"
        assert caller.say().status_code == 200
    eventually(lambda: uploads.taken == 0)


def test_a_refusal_is_counted_in_the_metrics(limited: Service) -> None:
    assert limited.house is not None
    caller = Caller(limited)
    while caller.http.post("/api/v1/sessions").status_code == 200:
        caller.http.cookies.clear()
    assert b'esoteric_limit_refusals_total{limit="sessions_per_address"}' in limited.house.observer.metrics.exposition()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
