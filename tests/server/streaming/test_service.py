"""Streams of the running service: over a restart, in its last seconds, with readers who take nothing or lose access."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.driver import Conversation, Json, converse
from tests.server.access.callers import SECRET, World
from tests.server.edge.raw import handshake, request, wire
from tests.server.edge.test_slow_clients import wait_until_closed
from tests.service import Service, fresh_data_dir, service_in_thread, start_process, stop_process
from tests.streams import ROADS, Road, read, resumed, up_to

LOOKS = 0.2
EVENTS = "/api/v1/sessions/{}/events"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_a_stream_goes_on_after_a_restart(data_dir: Path, kill: bool) -> None:
    service = start_process(data_dir)
    with Conversation(service, "websocket") as conversation:
        converse(conversation, "C01", until="pan")
        told = list(conversation.frames)
    stop_process(service, kill=kill)
    service = start_process(data_dir)
    try:
        last = told[-1]["event_id"]
        for road in ROADS:
            for after in (0, 1, last // 2, last - 1):
                assert read(service, conversation.session_id, after, road, up_to(last)) == told[after:]
        with Conversation(service, "websocket", conversation.session_id) as goes_on:
            goes_on.say("ZZZPA1101A")
            assert goes_on.frames[0]["event_id"] == last + 1
    finally:
        stop_process(service)


def test_whoever_follows_is_told_to_come_back(data_dir: Path) -> None:
    service = start_process(data_dir)
    ends: dict[str, Json] = {}
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")

        def follow(road: Road) -> None:
            try:
                for told in resumed(service, conversation.session_id, 0, road):
                    ends[road] = told
            except ConnectionClosed as closed:
                assert closed.rcvd is not None
                ends["closed"] = {"code": closed.rcvd.code}

        readers = [threading.Thread(target=follow, args=(road,)) for road in ROADS]
        for reader in readers:
            reader.start()
        wait_for(lambda: [told.get("type") for told in ends.values()] == ["end", "end"])
        assert service.process is not None
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        for reader in readers:
            reader.join(20)
        assert service.process.wait(20) in {0, -signal.SIGTERM}
        stop_process(service)
        assert time.monotonic() - begun < 20
    for road in ROADS:
        assert (ends[road]["type"], ends[road]["code"]) == ("error", "server_draining")
        assert ends[road]["retry_after"] > 0
    assert ends["closed"] == {"code": 1012}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[World]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("streams") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, secret_key=SECRET) as service:
        assert service.house is not None
        service.house.gate = replace(service.house.gate, recheck_seconds=LOOKS)
        yield World(service, service.client())


def test_an_erased_session_ends_its_streams(guarded: World) -> None:
    session_id, capability = guarded.start()
    headers = {"X-Session-Token": capability}
    guarded.http.post("/api/v1/chat", json={"message": "Hi", "session_id": session_id}, headers=headers)
    stream = resumed(guarded.service, session_id, 0, "sse", headers)
    assert next(stream)["event_id"] == 1
    guarded.http.delete(f"/api/v1/sessions/{session_id}", headers=headers).raise_for_status()
    *_, last = stream
    assert (last["type"], last["code"]) == ("error", "unknown_session")


def test_the_stream_of_another_is_not_read(guarded: World) -> None:
    session_id, _ = guarded.start()
    path = guarded.service.base_url + EVENTS.format(session_id)
    assert httpx.get(path, trust_env=False).status_code == 401
    _, strange = guarded.start()
    answer = httpx.get(path, headers={"X-Session-Token": strange}, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_session")


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """Where a second of patience is a tenth of one."""
    with service_in_thread(fresh_data_dir(tmp_path_factory.mktemp("hasty") / "var", knowledge_dir), 0.1) as running:
        yield running


@pytest.mark.parametrize("road", ROADS)
def test_a_reader_that_takes_nothing_is_let_go_and_can_resume(hasty: Service, road: Road) -> None:
    """It takes none of a stream that is larger than any buffer between; the turns and other readers go on."""
    assert hasty.house is not None
    hub = hasty.house.hub
    with Conversation(hasty) as conversation:
        conversation.say("I need 3 lakh")
        session_id = conversation.session_id
        with wire(hasty.port, receive_buffer=4096) as slow:
            slow.send(handshake(session_id) if road == "websocket" else request(f"GET {EVENTS.format(session_id)}"))
            slow.socket.recv(64)
            wait_for(lambda: (lane := hub.lanes.find(session_id)) is not None and bool(lane.log._waiting))
            lane = hub.lanes.find(session_id)
            assert lane is not None
            (waiting,) = lane.log._waiting

            def flood() -> None:
                for _ in range(400):
                    lane.log.append("a turn without end", "message", "word " * 4000)

            waiting.get_loop().call_soon_threadsafe(flood)
            wait_until_closed(slow)
            wait_for(lambda: hub.readers == 0)
        conversation.say("My name is Aarav Mehta")
        told = read(hasty, session_id, 0, road, lambda frames: sum(one["type"] == "end" for one in frames) == 2)
        assert told[-1]["content"] == conversation.last["message"]


def test_streams_of_one_address_are_bounded(tmp_path: Path, knowledge_dir: Path) -> None:
    """A stream is a place among the sockets."""
    with service_in_thread(fresh_data_dir(tmp_path / "var", knowledge_dir), rate_limit_enabled=True) as service:
        session_id = service.client().post("/api/v1/sessions").json()["session_id"]
        assert service.house is not None
        places = service.house.limits.capacity.sockets
        path = service.base_url + EVENTS.format(session_id)
        with httpx.Client(trust_env=False, timeout=30) as client:
            opened = [client.send(client.build_request("GET", path), stream=True) for _ in range(20)]
            assert {one.status_code for one in opened} == {200}
            assert client.get(path).status_code == 429
            for one in opened:
                one.close()
            wait_for(lambda: places.taken == 0)


def test_silence_is_filled_so_that_nobody_in_between_hangs_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.streaming.session_stream.PING_SECONDS", 0.05)
    session_id = service.client().post("/api/v1/sessions").json()["session_id"]
    with httpx.stream("GET", service.base_url + EVENTS.format(session_id), trust_env=False) as response:
        lines = response.iter_lines()
        assert [next(lines) for _ in range(6)] == [": ping", "", ": ping", "", ": ping", ""]
