"""Bad input over a WebSocket: an error frame, no turn, and the conversation goes on."""

import json

import pytest
from websockets.exceptions import ConnectionClosed

from tests.contract.test_problems import BAD_BODIES, CANARY
from tests.driver import Conversation, Json
from tests.service import Service

# A field that no socket frame has; and a message may be sent as bytes.
FRAMES = [(name, raw) for name, raw, field in BAD_BODIES if field != "session_id"]
FRAMES += [
    ("unknown type", b'{"type": "KANARI-7351", "message": "Hi"}'),
    ("a word as event id", b'{"type": "resume", "last_event_id": "KANARI-7351"}'),
    ("type of another type", b'{"type": ["KANARI-7351"]}'),
]


def exchange(conversation: Conversation, sent: bytes | str) -> Json:
    assert conversation._socket is not None
    conversation._socket.send(sent)
    frame: Json = json.loads(conversation._socket.recv(timeout=10))
    return frame


def as_sent(raw: bytes) -> list[bytes | str]:
    """As a binary frame, and as a text frame where one can hold it."""
    try:
        return [raw, raw.decode()]
    except UnicodeDecodeError:
        return [raw]


@pytest.mark.parametrize(
    "sent", [pytest.param(sent, id=f"{name}-{type(sent).__name__}") for name, raw in FRAMES for sent in as_sent(raw)]
)
def test_bad_frames(service: Service, sent: bytes | str) -> None:
    with Conversation(service, "websocket") as conversation:
        frame = exchange(conversation, sent)
        assert frame["type"] == "error"
        assert frame["code"] in {"invalid_json", "invalid_input"}
        assert isinstance(frame["event_id"], int)
        assert CANARY not in json.dumps(frame)
        assert len(conversation.transcript()) == 1
        assert conversation.say("I need 3 lakh")["loan_application"]["desired_amount"] == 300_000


def test_a_frame_of_100_kb_closes_the_socket(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        with pytest.raises(ConnectionClosed) as closed:
            exchange(conversation, json.dumps({"message": CANARY * 10_000}))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        assert len(conversation.transcript()) == 1


def test_a_socket_of_a_deleted_session(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}")
        frame = exchange(conversation, json.dumps({"message": "Hello?"}))
        assert (frame["type"], frame["code"]) == ("error", "unknown_session")
