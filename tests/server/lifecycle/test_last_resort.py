"""What nobody expected: an honest answer, and a log that says where it happened and nothing of whom."""

import asyncio
import json
import socket
import subprocess
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect

from server.lifecycle.last_resort import LastResort
from server.store.database import Database, StorageUnavailable
from tests.contract.test_problems import check_problem
from tests.driver import Conversation
from tests.service import COMMAND, Service, clean_environment, free_port, is_ready

CANARY = "KANARI-7351"


class Broken:
    """An application that breaks, before or after it began to answer."""

    def __init__(self, *, answering: bool) -> None:
        self._answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
        elif self._answering:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(CANARY)


async def test_a_request_that_waits_when_the_service_ends_is_answered() -> None:
    """The server cancels what it cannot wait for any longer."""
    waiting, sent = asyncio.Event(), list[Message]()

    async def wait(_scope: Scope, _receive: Receive, _send: Send) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    request = asyncio.create_task(LastResort(wait)({"type": "http"}, receive, send))
    await waiting.wait()
    request.cancel()
    await request
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"2") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["code"] == "server_draining"


def logged(caplog: pytest.LogCaptureFixture) -> str:
    (record,) = [record for record in caplog.records if record.name == "esoteric.http"]
    return f"{record.getMessage()} {record.__dict__['kind']} {record.__dict__['where']}"


def test_an_unexpected_error_is_a_problem_document(caplog: pytest.LogCaptureFixture) -> None:
    answer = TestClient(LastResort(Broken(answering=False))).get("/")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (500, "internal_error")
    line = logged(caplog)
    assert "RuntimeError" in line and "test_last_resort.py" in line
    assert CANARY not in line and CANARY not in json.dumps(told)


def test_an_answer_already_begun_is_not_begun_again(caplog: pytest.LogCaptureFixture) -> None:
    assert TestClient(LastResort(Broken(answering=True))).get("/").status_code == 200
    assert CANARY not in logged(caplog)


def test_a_socket_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(LastResort(Broken(answering=True))).websocket_connect("/") as opened:
        with pytest.raises(WebSocketDisconnect) as closed:
            opened.receive_text()
        assert closed.value.code == 1011
    assert CANARY not in logged(caplog)


async def test_a_fault_of_the_store_names_no_value(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "some.db")
    query = "INSERT INTO nothing VALUES (?)"
    with pytest.raises(StorageUnavailable) as raised:
        await database.run(lambda connection: connection.exec_driver_sql(query, (CANARY,)))
    await database.close()
    assert CANARY not in f"{raised.value}{raised.value.__cause__}"


def test_storage_that_is_away(own_service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """On every road the client hears that it should try again."""
    assert own_service.house is not None
    engine = own_service.house.sessions._database.engine
    with (
        Conversation(own_service) as conversation,
        connect(own_service.socket_url(conversation.session_id), proxy=None) as opened,
    ):
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE turns RENAME TO elsewhere")
        body = {"message": CANARY, "session_id": conversation.session_id}
        assert check_problem(conversation.http.post("/api/v1/chat", json=body), 503)["code"] == "storage_unavailable"
        assert check_problem(conversation.http.get("/ready"), 503)["code"] == "storage_unavailable"
        opened.send(json.dumps(body))
        frame = json.loads(opened.recv(timeout=10))
        assert (frame["type"], frame["code"]) == ("error", "storage_unavailable")
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO turns")
        opened.send(json.dumps(body))
        assert json.loads(opened.recv(timeout=10))["type"] == "node"
    assert CANARY not in caplog.text


def test_the_log_of_a_service_that_tells_everything(data_dir: Path) -> None:
    """At LOG_LEVEL=DEBUG libraries say much; none of them what a customer typed. A client that leaves is no error."""
    environment = clean_environment(data_dir) | {"PORT": str(free_port()), "LOG_LEVEL": "DEBUG"}
    service = Service(f"http://127.0.0.1:{environment['PORT']}", data_dir)
    file = data_dir / "log"
    with (
        file.open("wb") as log,
        subprocess.Popen([COMMAND, "serve"], env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            while not is_ready(service.base_url):
                assert process.poll() is None
            with (
                Conversation(service) as conversation,
                connect(service.socket_url(conversation.session_id), proxy=None) as opened,
            ):
                opened.send(json.dumps({"message": f"I am {CANARY}, PAN ZZZPM1101A, 9000000001"}))
                while json.loads(opened.recv(timeout=20))["type"] != "end":
                    pass
                conversation.say("my PAN is ZZZPM1101A, born 18/04/1992")
                head = b"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"
                with socket.create_connection(("127.0.0.1", service.port)) as connection:
                    connection.sendall(head)
        finally:
            for client in service.clients:
                client.close()
            process.terminate()
    text = file.read_text(encoding="utf-8")
    assert {"turn.finished", "request.finished"} <= {json.loads(line)["event"] for line in text.splitlines()}
    assert [word for word in (CANARY, "ZZZPM1101A", "9000000001", "18/04/1992", "Traceback") if word in text] == []
