"""A turn that breaks on our side: an honest end on every transport, no word of the cause, and a retry that works."""

import json

import httpx
import pytest

from tests.contract.test_problems import check_problem
from tests.driver import TRANSPORTS, Conversation, Json, Transport, converse, stream
from tests.service import Service
from tools.providers.simulated import SimulatedProviders

SECRET = "KANARI-7351 ZZZPM1101A"
PEOPLE = dict(zip(TRANSPORTS, ("C01", "C10", "C04"), strict=True))


@pytest.fixture
def broken_bureau(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    async def pull(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(SimulatedProviders, "pull", pull)
    return monkeypatch


def send(conversation: Conversation, text: str, message_id: str) -> list[Json] | httpx.Response:
    body = {"message": text, "message_id": message_id, "session_id": conversation.session_id}
    if conversation.transport == "rest":
        return conversation.http.post("/api/v1/chat", json=body)
    if conversation.transport == "sse":
        return list(stream(conversation.http, body))
    assert conversation._socket is not None
    conversation._socket.send(json.dumps(body))
    return list(conversation.socket_frames())


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_broken_turn(
    service: Service, transport: Transport, broken_bureau: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Conversation(service, transport) as conversation:
        converse(conversation, PEOPLE[transport], until="otp")
        before, code = conversation.session(), conversation.code()
        told = send(conversation, code, "code")
        if isinstance(told, httpx.Response):
            assert check_problem(told, 500)["code"] == "turn_failed"
            text = told.text
        else:
            last = told[-1]
            assert (last["type"], last["code"]) == ("error", "turn_failed")
            assert set(last) == {"type", "content", "event_id", "code"}
            assert [frame["status"] for frame in told if frame["type"] == "node"][-1] == "failed"
            text = json.dumps(told)
        assert "KANARI" not in text and "RuntimeError" not in text
        assert "KANARI" not in caplog.text
        assert conversation.session() == before

        broken_bureau.undo()
        assert conversation.say(code, message_id="code")["awaiting"][0] == "offer_decision"
        converse(conversation, PEOPLE[transport])
        assert conversation.last["loan_application"]["status"] == "sanctioned"
        assert [message["channel"] for message in conversation.outbox()] == ["sms", "email"]
