"""Frames over WebSocket and Server-Sent Events: types, contents, numbering and how they make up the reply."""

import json
from itertools import pairwise

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.driver import Conversation, Json, Transport, converse, stream
from tests.service import Service

STREAMS: tuple[Transport, ...] = ("sse", "websocket")
NODES = {"understand", "sales", "kyc", "underwriting", "sanction", "review", "letter", "reply"}


def turns_of(frames: list[Json]) -> list[list[Json]]:
    """Frames, cut behind each end."""
    turns: list[list[Json]] = [[]]
    for frame in frames:
        turns[-1].append(frame)
        if frame["type"] == "end":
            turns.append([])
    assert turns.pop() == []
    return turns


@pytest.fixture(params=STREAMS)
def whole(request: pytest.FixtureRequest, service: Service) -> Conversation:
    """A loan from the first word to the letter, over one transport."""
    with Conversation(service, request.param) as conversation:
        converse(conversation, "C16")
    return conversation


def test_each_frame_has_type_content_and_a_growing_id(whole: Conversation) -> None:
    assert all(
        (type(frame["type"]), type(frame["content"]), type(frame["event_id"])) == (str, str, int)
        for frame in whole.frames
    )
    ids = [frame["event_id"] for frame in whole.frames]
    assert all(earlier < later for earlier, later in pairwise(ids))
    assert {frame["type"] for frame in whole.frames} == {"node", "message", "end"}


def test_chunks_make_the_reply(whole: Conversation) -> None:
    stored = [entry["content"] for entry in whole.transcript() if entry["role"] == "assistant"][1:]
    told = []
    for frames in turns_of(whole.frames):
        chunks = [frame for frame in frames if frame["type"] == "message"]
        assert len(chunks) >= 2
        assert {chunk["attempt"] for chunk in chunks} == {1}
        assert all(chunk["content"] for chunk in chunks)
        told.append("".join(chunk["content"] for chunk in chunks))
        assert frames[-1]["content"] == told[-1]
    assert told == stored


def test_nodes_start_and_finish_in_pairs(whole: Conversation) -> None:
    for frames in turns_of(whole.frames):
        nodes = [(frame["content"], frame["status"]) for frame in frames if frame["type"] == "node"]
        started, finished = nodes[::2], nodes[1::2]
        assert all(status == "started" for _, status in started)
        assert finished == [(name, "finished") for name, _ in started]
        names = [name for name, _ in started]
        assert set(names) <= NODES
        assert (names[0], names[-1]) == ("understand", "reply")


def test_what_a_node_changed_is_told_and_safe(whole: Conversation) -> None:
    outputs = [frame["output"] for frame in whole.frames if frame.get("status") == "finished"]
    assert all(isinstance(output, dict) for output in outputs)
    assert {"desired_amount": 100_000}.items() <= {k: v for output in outputs for k, v in output.items()}.items()
    allowed = set(whole.last["loan_application"])
    assert all(set(output) <= allowed for output in outputs)
    assert all("output" not in frame for frame in whole.frames if frame.get("status") == "started")


def test_the_end_carries_the_application(whole: Conversation) -> None:
    ends = [frame for frame in whole.frames if frame["type"] == "end"]
    assert all(set(end) >= {"loan_application", "awaiting", "message_id"} for end in ends)
    assert ends[-1]["loan_application"] == whole.session()["loan_application"]
    assert ends[-1]["awaiting"] == []


@pytest.mark.parametrize("transport", STREAMS)
def test_the_message_id_comes_back(service: Service, transport: Transport) -> None:
    with Conversation(service, transport) as conversation:
        assert conversation.say("Hello", message_id="mine-1")["message_id"] == "mine-1"
        unnamed = [conversation.say("Hello")["message_id"] for _ in range(2)]
        assert len(set(unnamed)) == 2
        ids = [entry["message_id"] for entry in conversation.transcript()][1:]
        assert ids == ["mine-1", "mine-1", unnamed[0], unnamed[0], unnamed[1], unnamed[1]]


def test_event_ids_grow_across_transports(service: Service) -> None:
    """One session has one numbering, whatever its turns came over."""
    with Conversation(service) as conversation:
        http, body = conversation.http, {"message": "Hello", "session_id": conversation.session_id}
        first = list(stream(http, body))
        conversation.say("Hello")
        second = list(stream(http, body))
        assert second[0]["event_id"] > first[-1]["event_id"] + 1


def test_a_stream_without_session_starts_one(service: Service) -> None:
    http = service.client()
    with http.stream("POST", "/api/v1/chat/stream", json={"message": "I need 3 lakh"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        session_id = response.headers["x-session-id"]
        response.read()
    assert http.get(f"/api/v1/sessions/{session_id}").json()["loan_application"]["desired_amount"] == 300_000


def test_all_sockets_of_a_session_see_the_same_frames(service: Service) -> None:
    with Conversation(service, "websocket") as one, Conversation(service, "websocket", one.session_id) as other:
        one.say("I need 3 lakh")
        assert list(other.socket_frames()) == one.frames


def test_a_socket_sees_turns_of_other_transports(service: Service) -> None:
    with Conversation(service, "websocket") as watching, Conversation(service, "rest", watching.session_id) as other:
        answer = other.say("I need 3 lakh")
        frames = list(watching.socket_frames())
        assert frames[-1]["content"] == answer["message"]


def test_an_unknown_session_has_no_socket(service: Service) -> None:
    unknown = "550e8400-e29b-41d4-a716-446655440000"
    with pytest.raises(InvalidStatus) as refused, connect(service.socket_url(unknown), proxy=None):
        pass
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body)["code"] == "unknown_session"


def test_a_cancel_without_a_turn_is_nothing(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        assert conversation._socket is not None
        conversation._socket.send(json.dumps({"type": "cancel"}))
        assert conversation.say("I need 3 lakh")["loan_application"]["desired_amount"] == 300_000
