"""Clients come and go; the turn they started goes on to its end."""

import json
import socket
import time

import httpx
from websockets.sync.client import connect

from tests.driver import Conversation, Json
from tests.service import Service


def wait_for_messages(conversation: Conversation, count: int) -> list[Json]:
    """The transcript, once it has so many messages."""
    deadline = time.monotonic() + 10
    while len(found := conversation.transcript()) < count:
        assert time.monotonic() < deadline, f"{len(found)} messages instead of {count}"
        time.sleep(0.02)
    return found


def test_a_rest_client_that_leaves(service: Service) -> None:
    with Conversation(service) as conversation:
        body = json.dumps({"message": "I need 3 lakh", "session_id": conversation.session_id}).encode()
        head = f"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            connection.sendall(head + body)
        assert wait_for_messages(conversation, 3)[1]["content"] == "I need 3 lakh"
        assert conversation.session()["loan_application"]["desired_amount"] == 300_000


def test_a_client_that_leaves_within_its_request(service: Service) -> None:
    """Half a body is no message."""
    with Conversation(service) as conversation:
        head = b'POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"message": "I need'
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            connection.sendall(head)
        assert conversation.say("Hi")
        assert len(conversation.transcript()) == 3


def test_a_stream_that_is_closed_at_its_first_frame(service: Service) -> None:
    with Conversation(service) as conversation:
        body = {"message": "I need 3 lakh", "session_id": conversation.session_id}
        with (
            httpx.Client(base_url=service.base_url, trust_env=False) as client,
            client.stream("POST", "/api/v1/chat/stream", json=body) as response,
        ):
            next(response.iter_lines())
        assert wait_for_messages(conversation, 3)
        assert conversation.say("My name is Aarav Mehta")["awaiting"] == ["loan_term_months", "purpose"]


def test_a_socket_that_is_closed_right_after_sending(service: Service) -> None:
    with Conversation(service) as conversation:
        with connect(service.socket_url(conversation.session_id), proxy=None) as opened:
            opened.send(json.dumps({"message": "I need 3 lakh"}))
        assert wait_for_messages(conversation, 3)[1]["content"] == "I need 3 lakh"


def test_a_socket_that_is_torn_off(service: Service) -> None:
    with Conversation(service) as conversation:
        for text in ("I need 3 lakh", "My name is Aarav Mehta"):
            with connect(service.socket_url(conversation.session_id), proxy=None) as opened:
                opened.send(json.dumps({"message": text}))
                opened.socket.shutdown(socket.SHUT_RDWR)
        texts = [entry["content"] for entry in wait_for_messages(conversation, 5) if entry["role"] == "user"]
        assert texts == ["I need 3 lakh", "My name is Aarav Mehta"]


def test_sockets_that_leave_are_let_go(own_service: Service) -> None:
    """Closing a socket as its last frame is sent leaves nothing behind, hence the service stops at once."""
    for _ in range(20):
        with (
            Conversation(own_service, "websocket") as one,
            Conversation(own_service, "websocket", one.session_id) as other,
        ):
            one.say("I need 3 lakh")
            assert list(other.socket_frames()) == one.frames
    assert own_service.house is not None
    deadline = time.monotonic() + 5
    while own_service.house.runner.lanes.count:
        assert time.monotonic() < deadline, "a socket's handler is still there"
        time.sleep(0.02)


def test_two_clients_at_once(service: Service) -> None:
    """Both are answered, in the order in which the session has them."""
    with Conversation(service, "websocket") as one, Conversation(service, "websocket", one.session_id) as other:
        for talker, text in ((one, "I need 3 lakh"), (other, "My name is Aarav Mehta")):
            assert talker._socket is not None
            talker._socket.send(json.dumps({"message": text, "message_id": text}))
        frames = [[*talker.socket_frames(), *talker.socket_frames()] for talker in (one, other)]
        assert frames[0] == frames[1]
        answered = [frame["message_id"] for frame in frames[0] if frame["type"] == "end"]
        heard = [entry["message_id"] for entry in one.transcript() if entry["role"] == "user"]
        assert answered == heard
        assert sorted(heard) == ["I need 3 lakh", "My name is Aarav Mehta"]


def test_twenty_messages_down_one_socket(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        assert conversation._socket is not None
        for number in range(20):
            conversation._socket.send(json.dumps({"message": f"I need {60 + number} thousand"}))
        ends = [list(conversation.socket_frames())[-1] for _ in range(20)]
        wanted = [end["loan_application"]["desired_amount"] for end in ends]
        assert wanted == [1000 * (60 + number) for number in range(20)]
        assert len(conversation.transcript()) == 41
