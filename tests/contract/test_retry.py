"""`message_id` makes a retry safe: the first answer again, nothing done twice, another message refused."""

import pytest

from tests.driver import TRANSPORTS, Conversation, Transport, converse
from tests.service import Service


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_same_id_gives_the_first_answer(service: Service, transport: Transport) -> None:
    with Conversation(service, transport) as conversation:
        first = conversation.say("I need 3 lakh", message_id="m-1")
        conversation.say("My name is Aarav Mehta", message_id="m-2")
        before = conversation.session()
        again = conversation.say("I need 3 lakh", message_id="m-1")
        for name in ("message", "loan_application", "awaiting", "message_id"):
            assert again[name] == first[name], name
        assert conversation.session() == before
        assert len(conversation.transcript()) == 5


@pytest.mark.parametrize("first", TRANSPORTS)
@pytest.mark.parametrize("second", TRANSPORTS)
def test_a_retry_over_another_transport(service: Service, first: Transport, second: Transport) -> None:
    with Conversation(service, first) as sender:
        told = sender.say("I need 3 lakh", message_id="m-1")
        with Conversation(service, second, sender.session_id) as retrier:
            again = retrier.say("I need 3 lakh", message_id="m-1")
        assert again["message"] == told["message"]
        assert len(sender.transcript()) == 3


@pytest.mark.parametrize("transport", ["rest", "sse"])
def test_another_message_under_the_id_is_a_conflict(service: Service, transport: Transport) -> None:
    path = "/api/v1/chat" if transport == "rest" else "/api/v1/chat/stream"
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh", message_id="m-1")
        body = {"message": "I need 4 lakh", "message_id": "m-1", "session_id": conversation.session_id}
        refused = conversation.http.post(path, json=body)
        assert refused.status_code == 409
        assert refused.json()["code"] == "message_id_reused"
        assert len(conversation.transcript()) == 3


def test_another_message_under_the_id_over_a_socket(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        conversation.say("I need 3 lakh", message_id="m-1")
        with pytest.raises(AssertionError, match="message_id_reused"):
            conversation.say("I need 4 lakh", message_id="m-1")
        assert conversation.say("My name is Aarav Mehta")["loan_application"]["desired_amount"] == 300_000


def test_the_id_belongs_to_its_session(service: Service) -> None:
    with Conversation(service) as one, Conversation(service) as other:
        one.say("I need 3 lakh", message_id="m-1")
        assert other.say("I need 4 lakh", message_id="m-1")["loan_application"]["desired_amount"] == 400_000


def test_a_retried_code_is_sent_and_used_once(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="phone")
        for _ in range(2):
            conversation.say("+919000000001", message_id="phone")
        assert len(conversation.outbox()) == 1
        code = conversation.code()
        first, second = (conversation.say(code, message_id="code") for _ in range(2))
        assert first["message"] == second["message"]


def test_a_retried_acknowledgement_gives_one_letter(service: Service) -> None:
    with Conversation(service) as conversation:
        converse(conversation, "C01", until="kfs_acknowledgement")
        urls = {
            conversation.say("I acknowledge", message_id="ack")["loan_application"]["sanction_letter_url"]
            for _ in range(3)
        }
        assert len(urls) == 1
        assert sum(message["channel"] == "email" for message in conversation.outbox()) == 1
