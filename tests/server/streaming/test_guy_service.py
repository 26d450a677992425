"""The hedge fund guy's streams of the running service: cancelled, taken back, slow, over a restart, at its end."""

import asyncio
import json
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from agents.hedge_fund_guy.speaking import Draft, DraftSpeaker
from server.streaming import turn_stream
from tests.contract.hedge_fund_guy.talking import new_id, opened, received, said, streamed, text_of
from tests.server.edge.raw import handshake, wire
from tests.server.edge.test_slow_clients import wait_until_closed
from tests.server.streaming.test_service import hasty as hasty
from tests.server.streaming.test_service import wait_for
from tests.service import Service, start_process, stop_process

SPEAK = DraftSpeaker.speak


def contents(service: Service, session_id: str) -> list[str]:
    with service.client() as http:
        told = http.get(f"/api/sessions/{session_id}").raise_for_status().json()
    return [entry["content"] for entry in told["conversation_history"]]


class Slow:
    """A speaker that says one chunk and waits until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()
        monkeypatch.setattr(DraftSpeaker, "speak", lambda speaker, draft: self.speak(speaker, draft))

    async def speak(self, speaker: DraftSpeaker, draft: Draft) -> AsyncIterator[str | None]:
        yield "Hm. "
        self.asked.set()
        await asyncio.to_thread(self.go_on.wait, 30)
        yield None
        async for chunk in SPEAK(speaker, draft):
            yield chunk


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    speaker = Slow(monkeypatch)
    yield speaker
    speaker.go_on.set()


def test_a_cancelled_turn_never_happened(service: Service, slow: Slow) -> None:
    session_id = new_id()
    with opened(service, session_id) as socket:
        received(socket)
        socket.send(json.dumps({"message": "My name is Asha Rao"}))
        assert slow.asked.wait(20)
        socket.send(json.dumps({"type": "cancel"}))
        told = received(socket)
        nothing = {"name": False, "email": False, "income": False}
        expected = {"type": "message", "message": "", "data_collected": nothing, "is_complete": False}
        assert told == expected | {"cancelled": True}
        slow.go_on.set()
        assert said(socket, "Hello")["message"]
    assert len(contents(service, session_id)) == 3


def test_what_is_taken_back_is_reset(service: Service, slow: Slow) -> None:
    slow.go_on.set()
    with service.client() as http:
        session_id = http.post("/api/sessions").json()["session_id"]
        frames = streamed(http, message="Hello", session_id=session_id)
    assert [frame["type"] for _, frame in frames][:3] == ["chunk", "reset", "chunk"]
    assert text_of(frames) == contents(service, session_id)[-1]
    assert not text_of(frames).startswith("Hm. ")


def test_a_cancel_ends_the_stream_too(service: Service, slow: Slow) -> None:
    session_id = new_id()
    with opened(service, session_id) as socket, service.client() as http, ThreadPoolExecutor(1) as threads:
        received(socket)
        streaming = threads.submit(streamed, http, None, message="Hello", session_id=session_id)
        assert slow.asked.wait(20)
        socket.send(json.dumps({"type": "cancel"}))
        (_, last) = streaming.result(30)[-1]
        assert (last["type"], last["cancelled"]) == ("done", True)
        assert received(socket)["cancelled"] is True


def test_silence_is_filled(service: Service, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_stream, "PING_SECONDS", 0.05)
    with service.client() as http:
        session_id = http.post("/api/sessions").json()["session_id"]
        body = {"message": "Hello", "session_id": session_id}
        with http.stream("POST", "/api/chat/stream", json=body) as response:
            lines = response.iter_lines()
            assert ": ping" in [next(lines) for _ in range(20)]
            slow.go_on.set()
            assert any('"type":"done"' in line for line in lines)


def test_a_turn_that_breaks_is_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(speaker: DraftSpeaker, draft: Draft) -> AsyncIterator[str | None]:
        yield "Hm. "
        raise RuntimeError("KANARI-7351")

    monkeypatch.setattr(DraftSpeaker, "speak", broken)
    session_id = new_id()
    with opened(service, session_id) as socket, service.client() as http:
        received(socket)
        (_, last) = streamed(http, message="Hello", session_id=session_id)[-1]
        told = received(socket)
    assert (last["type"], last["code"]) == (told["type"], told["code"]) == ("error", "turn_failed")
    assert last["content"] == told["message"]
    assert "KANARI-7351" not in json.dumps([last, told])


def test_a_session_goes_on_after_a_restart(data_dir: Path) -> None:
    service = start_process(data_dir)
    session_id = new_id()
    with opened(service, session_id) as socket:
        greeting = received(socket)
        first = said(socket, "What about rates?", message_id="m-1")
    stop_process(service)
    service = start_process(data_dir)
    try:
        with opened(service, session_id) as socket:
            assert received(socket) == greeting
            assert said(socket, "What about rates?", message_id="m-1") == first
            assert said(socket, "And options?")["message"]
        assert len(contents(service, session_id)) == 5
    finally:
        stop_process(service)


def test_who_waits_is_told_to_come_back(data_dir: Path) -> None:
    service = start_process(data_dir)
    with opened(service, new_id()) as socket:
        received(socket)
        said(socket, "Hello")
        assert service.process is not None
        service.process.send_signal(signal.SIGTERM)
        told = received(socket)
        assert (told["type"], told["code"]) == ("error", "server_draining")
        assert told["retry_after"] > 0
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    assert service.process.wait(20) in {0, -signal.SIGTERM}
    stop_process(service)


def test_a_turn_under_way_is_finished_first(own_service: Service, slow: Slow) -> None:
    house = own_service.house
    assert house is not None
    with opened(own_service, new_id()) as socket, opened(own_service, new_id()) as other:
        received(socket)
        received(other)
        socket.send(json.dumps({"message": "Hello"}))
        assert slow.asked.wait(20)
        house.draining.begin()
        assert received(other)["code"] == "server_draining"
        time.sleep(0.1)
        slow.go_on.set()
        assert received(socket)["type"] == "message"
        assert received(socket)["code"] == "server_draining"


def test_a_socket_that_takes_nothing_is_let_go(hasty: Service) -> None:
    """Its answers are larger than any buffer between; the session goes on, and its other sockets."""
    assert hasty.house is not None
    hub, session_id = hasty.house.hub, hasty.client().post("/api/sessions").json()["session_id"]
    view = hasty.house.assistant("hedge_fund_guy").view({})
    with wire(hasty.port, receive_buffer=4096) as stuck:
        stuck.send(handshake(session_id).replace(b"/api/v1/ws/", b"/ws/"))
        stuck.socket.recv(64)
        wait_for(lambda: (lane := hub.lanes.find(session_id)) is not None and bool(lane.log._waiting))
        lane = hub.lanes.find(session_id)
        assert lane is not None
        (waiting,) = lane.log._waiting

        def flood() -> None:
            for number in range(400):
                lane.log.append(f"turn {number}", "end", "word " * 4000, message_id="m", **view)

        waiting.get_loop().call_soon_threadsafe(flood)
        wait_until_closed(stuck)
        wait_for(lambda: hub.readers == 0)
    with opened(hasty, session_id) as socket:
        received(socket)
        assert said(socket, "Hello")["type"] == "message"
