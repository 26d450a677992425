"""A running service that has as much to do as it takes on: sockets, turns, requests, uploads."""

import contextlib
import json
import socket
import struct
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus

from server.limits.figures import FIGURES
from tests.contract.test_problems import check_problem
from tests.server.limits.visits import Caller, eventually, figures_of, next_error, rows
from tests.service import Service


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


def test_requests_of_one_address(limited: Service) -> None:
    """One who leaves many bodies unfinished shuts the door on nobody else."""
    greedy, other = Caller(limited).start(), Caller(limited).start()
    head = (
        f"POST /api/v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {greedy.address}\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    ).encode()
    with (
        figures_of(limited, FIGURES._replace(requests=5, requests_of_one_address=3)) as bench,
        contextlib.ExitStack() as lines,
    ):
        assert limited.house is not None
        requests = limited.house.limits.capacity.requests
        for number in range(1, 4):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", limited.port), timeout=30))
            line.sendall(head)
            eventually(lambda number=number: requests.taken == number)  # type: ignore[misc]
        assert check_problem(greedy.say(), 429)["code"] == "too_many_at_once"
        assert bench.refused == ["requests_of_one_address"]
        for path in ("/health", "/ready"):
            assert greedy.http.get(path).status_code == 200
        assert other.say().status_code == 200
        lines.close()
        eventually(lambda: requests.taken == 0)
        assert greedy.say().status_code == 200


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
