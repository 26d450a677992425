"""SIGTERM: nothing new is taken on, what runs ends, readers are told to come back, and the process is gone in time."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from server.lifecycle.draining import CONNECTIONS_SECONDS, LONGEST_SECONDS, TURNS_SECONDS
from tests.contract.test_problems import check_problem
from tests.driver import Conversation, converse
from tests.groq_server import Body, GroqServer, hang
from tests.load.leaving import leave
from tests.service import Service, start_process, stop_process
from tools.providers.simulated import SimulatedProviders

MANAGERS_PATIENCE = 30  # seconds between SIGTERM and SIGKILL, of systemd's and the containers' settings in deploy/


def test_the_parts_of_the_time_are_within_the_whole() -> None:
    assert TURNS_SECONDS + CONNECTIONS_SECONDS < LONGEST_SECONDS < MANAGERS_PATIENCE


@pytest.fixture
def draining_service(own_service: Service) -> Iterator[Service]:
    """One that answers and takes on nothing."""
    assert own_service.house is not None
    own_service.house.draining.begun = True
    yield own_service
    own_service.house.draining.begun = False


def check_draining(response: httpx.Response) -> dict[str, object]:
    problem = check_problem(response, 503)
    assert problem["code"] == "server_draining"
    assert int(response.headers["Retry-After"]) >= 1
    return dict(problem)


def test_nothing_new_is_taken_on(own_service: Service) -> None:
    assert own_service.house is not None
    with Conversation(own_service) as conversation:
        conversation.say("I need 3 lakh")
        before = conversation.session()
        with connect(own_service.socket_url(conversation.session_id), proxy=None) as opened:
            own_service.house.draining.begun = True
            body = {"message": "24 months", "session_id": conversation.session_id}
            for path in ("/api/v1/chat", "/api/v1/chat/stream"):
                check_draining(conversation.http.post(path, json=body))
            check_draining(conversation.http.post("/api/v1/chat", json={"message": "Hi"}))
            check_draining(conversation.http.post("/api/v1/sessions"))
            opened.send(json.dumps(body))
            frame = json.loads(opened.recv(timeout=20))
            assert (frame["type"], frame["code"]) == ("error", "server_draining")
            assert frame["retry_after"] >= 1
        # What is there can still be read.
        assert conversation.session() == before
        assert len(conversation.transcript()) == 3


def test_ready_says_so(draining_service: Service) -> None:
    with draining_service.client() as client:
        problem = check_draining(client.get("/ready"))
        assert problem["checks"] == {**dict(problem["checks"]), "service": "draining", "storage": "ready"}  # type: ignore[call-overload]
        assert client.get("/health").status_code == 200


def test_a_turn_under_way_is_finished(own_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for the bureau when the service is told to end, which waits for the turn."""
    asked, answer = threading.Event(), threading.Event()
    pull = SimulatedProviders.pull

    async def slow(*arguments: object, **named: object) -> object:
        asked.set()
        await asyncio.to_thread(answer.wait, 20)
        return await pull(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SimulatedProviders, "pull", slow)
    house = own_service.house
    assert house is not None
    with Conversation(own_service) as conversation, ThreadPoolExecutor(1) as threads:
        converse(conversation, "C01", until="otp")
        turn = threads.submit(conversation.say, conversation.code())
        assert asked.wait(20)
        house.draining.begun = True
        check_draining(conversation.http.get("/ready"))
        assert not turn.done()
        answer.set()
        assert turn.result(20)["awaiting"][0] == "offer_decision"


async def test_a_model_that_hangs_is_given_up(data_dir: Path) -> None:
    """Its calls end when the service is told to end, and the embedded default answers."""
    asked = asyncio.Event()

    def hear(body: Body) -> AsyncIterator[bytes]:
        asked.set()
        return hang()(body)

    async with GroqServer() as groq:
        groq.on_tool = groq.on_text = hear
        service = await asyncio.to_thread(
            start_process, data_dir, GROQ_API_KEY="none", GROQ_API_BASE=groq.url, GROQ_TIMEOUT="60"
        )
        assert service.process is not None

        def talk() -> dict[str, object]:
            with Conversation(service) as conversation:
                return conversation.say("I need 3 lakh")

        talking = asyncio.create_task(asyncio.to_thread(talk))
        await asked.wait()
        service.process.send_signal(signal.SIGTERM)
        reply = await talking
        assert reply["loan_application"]["desired_amount"] == 300_000  # type: ignore[index]
        await asyncio.to_thread(service.process.wait, MANAGERS_PATIENCE)
        assert stop_process(service) in {0, -signal.SIGTERM}


@pytest.mark.skipif(sys.platform != "linux", reason="the readers come from many addresses of the loopback")
def test_with_many_readers_and_everything_else_hanging(data_dir: Path) -> None:
    """The process is gone in time, and everybody who listens was told: the end of the turn, or to come back."""
    told = asyncio.run(leave(data_dir, 50))
    assert told.status in {0, -signal.SIGTERM}
    assert told.seconds < MANAGERS_PATIENCE
    assert dict(told.last["waiting socket"]) == {"error server_draining, closed 1012": 10}
    assert dict(told.last["session over SSE"]) == {"error server_draining": 10}
    assert dict(told.last["turn over SSE"]) == {"end": 10}
    assert dict(told.last["turn over REST"]) == {"200": 10}


def test_a_second_signal_ends_it_at_once(data_dir: Path) -> None:
    """What it was doing was accepted, and is done after the next start."""
    hanging = threading.Event()
    with hanging_bureau(hanging) as bureau:
        service = start_process(data_dir, BUREAU_URL=bureau)
        assert service.process is not None
        with Conversation(service) as conversation, ThreadPoolExecutor(1) as threads:
            converse(conversation, "C01", until="otp")
            session_id, code = conversation.session_id, conversation.code()
            turn = threads.submit(conversation.http.post, "/api/v1/chat", json=message(session_id, code))
            assert hanging.wait(20)
            service.process.terminate()
            while httpx.get(f"{service.base_url}/ready", trust_env=False, timeout=30).status_code == 200:
                time.sleep(0.02)
            service.process.terminate()
            assert service.process.wait(10) == 128 + signal.SIGTERM
            with pytest.raises(httpx.TransportError):
                turn.result()
    service = start_process(data_dir)
    try:
        with service.client() as client:
            answer = client.post("/api/v1/chat", json=message(session_id, code)).raise_for_status().json()
            assert answer["awaiting"][0] == "offer_decision"
    finally:
        stop_process(service)


@contextlib.contextmanager
def hanging_bureau(asked: threading.Event) -> Iterator[str]:
    """An address at which everybody is heard and nobody answered; `asked` is set with the first."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as heard:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    heard.enter_context(listener.accept()[0])
                    asked.set()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def message(session_id: str, text: str) -> dict[str, str]:
    return {"message": text, "session_id": session_id, "message_id": "the code"}
