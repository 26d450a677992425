"""A broken stream goes on where it broke, without loss or repeat: over WebSocket and over Server-Sent Events."""

import json
import threading
from itertools import pairwise

import httpx
import pytest
from websockets.sync.client import connect

from server.store.event_records import KEPT_TURNS
from tests.driver import Conversation, Json, converse
from tests.service import Service
from tests.streams import ROADS, Road, frames_in, ids, read, resumed, up_to

FUTURE = 999_999_999


@pytest.fixture(scope="module")
def whole(service: Service) -> Conversation:
    """A loan from the first word to the letter, watched without a break."""
    with Conversation(service, "websocket") as conversation:
        converse(conversation, "C16")
    return conversation


@pytest.mark.parametrize("road", ROADS)
def test_from_every_event_on(service: Service, whole: Conversation, road: Road) -> None:
    last = whole.frames[-1]["event_id"]
    assert ids(whole.frames) == list(range(1, last + 1))
    for after in range(last):
        told = read(service, whole.session_id, after, road, up_to(last))
        assert told == whole.frames[after:], f"resumed at {after}"


@pytest.mark.parametrize("road", ROADS)
def test_cut_at_every_event_while_it_happens(service: Service, road: Road) -> None:
    """Each event is read over a connection of its own, which is opened while the turn may still run."""
    with Conversation(service, "websocket") as conversation:
        told: list[Json] = []
        talking = threading.Thread(target=converse, args=(conversation, "C16"))
        talking.start()
        while not (told and told[-1].get("awaiting") == []):
            after = told[-1]["event_id"] if told else 0
            told += read(service, conversation.session_id, after, road, lambda _: True)
        talking.join()
        assert told == conversation.frames


@pytest.mark.parametrize("road", ROADS)
def test_a_resumed_stream_goes_on_into_the_next_turns(service: Service, road: Road) -> None:
    with Conversation(service, "websocket") as conversation:
        conversation.say("I need 3 lakh")
        stream = resumed(service, conversation.session_id, 3, road)
        told = [next(stream)]
        conversation.say("My name is Aarav Mehta")
        conversation.say("36 months")
        while told[-1]["event_id"] < conversation.frames[-1]["event_id"]:
            told.append(next(stream))
        assert told == conversation.frames[3:]


def test_many_readers_at_once_are_told_the_same(service: Service) -> None:
    with Conversation(service, "websocket") as conversation:
        conversation.say("I need 3 lakh")
        found: dict[int, list[Json]] = {}

        def follow(number: int) -> None:
            after = number % 7
            enough = lambda frames: sum(frame["type"] == "end" for frame in frames) == 4  # noqa: E731
            told = read(service, conversation.session_id, after, ROADS[number % 2], enough)
            found[number] = told[7 - after :]

        readers = [threading.Thread(target=follow, args=(number,)) for number in range(12)]
        for reader in readers:
            reader.start()
        for text in ("My name is Aarav Mehta", "36 months", "for a wedding"):
            conversation.say(text)
        for reader in readers:
            reader.join(60)
        assert set(found) == set(range(12))
        assert all(told == conversation.frames[7:] for told in found.values())


def test_a_broken_chat_stream_goes_on(service: Service) -> None:
    """The first frames come from POST, the rest from GET under the id that was read last."""
    with Conversation(service, "websocket") as conversation:
        body = {"message": "I need 3 lakh", "session_id": conversation.session_id}
        with httpx.stream("POST", f"{service.base_url}/api/v1/chat/stream", json=body, trust_env=False) as response:
            lines = frames_in(response.iter_lines())
            first = [next(lines) for _ in range(3)]
        whole = list(conversation.socket_frames())
        rest = read(service, conversation.session_id, first[-1]["event_id"], "sse", lambda f: f[-1]["type"] == "end")
        assert first + rest == whole


def test_ids_grow_and_each_turn_ends_once(whole: Conversation) -> None:
    assert all(earlier < later for earlier, later in pairwise(ids(whole.frames)))
    ends = [frame["message_id"] for frame in whole.frames if frame["type"] == "end"]
    assert len(ends) == len(set(ends)) == len(whole.answers)


def test_a_stream_that_asks_for_nothing_begins_now(service: Service) -> None:
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
        path = f"{service.base_url}/api/v1/sessions/{conversation.session_id}/events"
        with httpx.stream("GET", path, trust_env=False, timeout=30) as response:
            frames = frames_in(response.iter_lines())
            said = threading.Thread(target=conversation.say, args=("My name is Aarav Mehta",))
            said.start()
            told = [next(frames)]
            while told[-1]["type"] != "end":
                told.append(next(frames))
            said.join()
        assert told[-1]["content"] == conversation.last["message"]
        assert (told[0]["type"], told[0]["content"], told[0]["status"]) == ("node", "understand", "started")


def test_a_retry_tells_the_same_frames_under_the_same_ids(service: Service) -> None:
    with Conversation(service, "sse") as conversation:
        conversation.say("I need 3 lakh", message_id="m-1")
        first = list(conversation.frames)
        conversation.say("My name is Aarav Mehta")
        conversation.frames.clear()
        conversation.say("I need 3 lakh", message_id="m-1")
        assert conversation.frames == first
    with Conversation(service, "websocket", conversation.session_id) as other:
        other.say("I need 3 lakh", message_id="m-1")
        assert other.frames == first


@pytest.mark.parametrize("sent", ["before", "after"])
def test_a_retry_after_a_resume_is_told_once(service: Service, sent: str) -> None:
    """Who comes back says where it left off and sends again what was not answered: the answer comes once, whether the
    message is read before the answer is told or after."""
    again = json.dumps({"message": "I need 3 lakh", "message_id": "m-1"})
    with Conversation(service, "websocket") as conversation:
        conversation.say("I need 3 lakh", message_id="m-1")
        with connect(service.socket_url(conversation.session_id), compression=None, proxy=None) as socket:
            socket.send(json.dumps({"type": "resume", "last_event_id": 2}))
            if sent == "before":
                socket.send(again)
            told: list[Json] = []
            while not told or told[-1]["type"] != "end":
                told.append(json.loads(socket.recv(timeout=30)))
            if sent == "after":
                socket.send(again)
            socket.send(json.dumps({"message": "My name is Aarav Mehta"}))
            told.append(json.loads(socket.recv(timeout=30)))
        assert told[:-1] == conversation.frames[2:]
        assert told[-1]["event_id"] == told[-2]["event_id"] + 1


@pytest.mark.parametrize("text", ["-1", "one", "1.0", "1 2", "١", "1e3", "9" * 16, "0x1"])
def test_what_is_no_id_over_sse(service: Service, whole: Conversation, text: str) -> None:
    path = f"{service.base_url}/api/v1/sessions/{whole.session_id}/events"
    answer = httpx.get(path, headers=[(b"Last-Event-ID", text.encode())], trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert "last-event-id" in answer.json()["detail"]


def test_an_id_that_no_event_has_yet(service: Service, whole: Conversation) -> None:
    path = f"{service.base_url}/api/v1/sessions/{whole.session_id}/events"
    answer = httpx.get(path, headers={"Last-Event-ID": str(FUTURE)}, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("sent", [-1, "one", 1.5, True, None, FUTURE, "missing"])
def test_what_is_no_id_over_a_socket(service: Service, sent: object) -> None:
    with Conversation(service, "websocket") as conversation:
        socket = conversation._socket
        assert socket is not None
        frame = {"type": "resume"} | ({} if sent == "missing" else {"last_event_id": sent})
        socket.send(json.dumps(frame))
        told = json.loads(socket.recv(timeout=30))
        assert (told["type"], told["code"], told["event_id"]) == ("error", "invalid_input", 0)
        assert conversation.say("I need 3 lakh")["loan_application"]["desired_amount"] == 300_000


def test_an_unknown_session_has_no_events(service: Service) -> None:
    path = f"{service.base_url}/api/v1/sessions/550e8400-e29b-41d4-a716-446655440000/events"
    answer = httpx.get(path, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_session")


def test_what_is_no_longer_kept_is_said(service: Service) -> None:
    """Of a long conversation the newest turns keep what was said; the transcript has all of it."""
    with Conversation(service, "websocket") as conversation:
        for number in range(KEPT_TURNS + 10):
            conversation.say(f"I need {60 + number} thousand")
        path = f"{service.base_url}/api/v1/sessions/{conversation.session_id}/events"
        answer = httpx.get(path, headers={"Last-Event-ID": "0"}, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (410, "events_gone")
        assert "/messages" in answer.json()["detail"]
        socket = conversation._socket
        assert socket is not None
        socket.send(json.dumps({"type": "resume", "last_event_id": 0}))
        told = json.loads(socket.recv(timeout=30))
        assert (told["type"], told["code"]) == ("error", "events_gone")
        conversation.say("I need 5 lakh")  # the stream itself goes on
        kept = conversation.frames[-1]["event_id"] - 300
        frames = read(service, conversation.session_id, kept, "sse", up_to(conversation.frames[-1]["event_id"]))
        assert frames == conversation.frames[kept:]
