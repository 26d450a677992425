"""The limits of a running service: what a client hears, and that nothing of a refused message is kept."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from server.limits.figures import FIGURES
from tests.contract.test_problems import check_problem
from tests.server.limits.test_address import forged
from tests.server.limits.visits import Caller, check_too_many, figures_of, next_error, rows
from tests.service import Service, service_in_thread


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
    with service_in_thread(data_dir, rate_limit_enabled=True, auth_required=True) as service:
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
            line.send('{"type": "resume", "last_event_id": -1}')
            assert next_error(line)["code"] == "invalid_input"


def test_uploads(limited: Service) -> None:
    caller = Caller(limited).start()

    def upload() -> httpx.Response:
        path = f"/api/v1/sessions/{caller.session_id}/documents"
        return caller.http.post(path, files={"file": ("a.pdf", b"no slip")}, data={"kind": "salary_slip"})

    assert [upload().status_code for _ in range(5)] == [415] * 5
    check_too_many(upload(), 3600)
    assert caller.turns() == 0


def test_an_upload_is_counted_before_its_form_is_read(limited: Service) -> None:
    caller = Caller(limited).start()
    path = f"/api/v1/sessions/{caller.session_id}/documents"
    assert [caller.http.post(path, files={"other": b"x"}).status_code for _ in range(5)] == [422] * 5
    check_too_many(caller.http.post(path, files={"other": b"x"}), 3600)


def test_a_refusal_is_counted_in_the_metrics(limited: Service) -> None:
    assert limited.house is not None
    caller = Caller(limited)
    while caller.http.post("/api/v1/sessions").status_code == 200:
        caller.http.cookies.clear()
    assert b'esoteric_limit_refusals_total{limit="sessions_per_address"}' in limited.house.observer.metrics.exposition()
