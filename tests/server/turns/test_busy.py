"""A session whose earlier message is not answered yet: a client waits in line, or asks to be refused."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from tests.driver import Conversation
from tests.service import Service

PATIENCE = 20.0


@contextmanager
def answering_late(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No turn is finished until the block ends; the event tells that one is about to be."""
    assert service.house is not None
    turns, begun, go_on = service.house.runner._turns, threading.Event(), threading.Event()
    finish = turns.finish

    async def late(*arguments: Any) -> None:
        begun.set()
        await asyncio.to_thread(go_on.wait, PATIENCE)
        await finish(*arguments)

    monkeypatch.setattr(turns, "finish", late)
    try:
        yield begun
    finally:
        go_on.set()


def test_a_client_that_will_not_wait_is_refused(own_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    with Conversation(own_service) as conversation, ThreadPoolExecutor(1) as threads:
        hurried = {"message": "are you there?", "message_id": "hurried", "when_busy": "refuse"}
        body = hurried | {"session_id": conversation.session_id}
        with Conversation(own_service, "websocket", conversation.session_id) as socket:
            with answering_late(own_service, monkeypatch) as begun:
                first = threads.submit(conversation.say, "I need 3 lakh")
                assert begun.wait(PATIENCE)
                for path in ("/api/v1/chat", "/api/v1/chat/stream"):
                    refused = conversation.http.post(path, json=body)
                    assert (refused.status_code, refused.json()["code"]) == (409, "session_busy")
                assert socket._socket is not None
                socket._socket.send('{"message": "are you there?", "message_id": "hurried", "when_busy": "refuse"}')
                frames = (frame for frame in socket.socket_frames() if frame["type"] == "error")
                assert next(frames)["code"] == "session_busy"
            assert first.result(PATIENCE)["loan_application"]["desired_amount"] == 300_000
        answer = conversation.http.post("/api/v1/chat", json=body)
        assert answer.status_code == 200
        said = [entry["content"] for entry in conversation.transcript() if entry["role"] == "user"]
        assert said == ["I need 3 lakh", "are you there?"]


def test_there_are_two_policies(own_service: Service) -> None:
    with Conversation(own_service) as conversation:
        body = {"message": "Hi", "session_id": conversation.session_id, "when_busy": "shout"}
        refused = conversation.http.post("/api/v1/chat", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
        assert "shout" not in refused.text
