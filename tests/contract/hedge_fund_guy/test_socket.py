"""The hedge fund guy's WebSocket: he greets, then answers, whoever asked; a session is begun by its name."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.contract.hedge_fund_guy.talking import NOTHING_COLLECTED, new_id, opened, received, said
from tests.contract.test_bad_frames import FRAMES, as_sent
from tests.contract.test_problems import CANARY
from tests.driver import Json
from tests.service import Service

QUESTIONS = ("What do you think about momentum?", "And value?", "What about rates?", "Tell me about options.")


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


def session(http: httpx.Client, session_id: str) -> Json:
    found: Json = http.get(f"/api/sessions/{session_id}").raise_for_status().json()
    return found


def contents(http: httpx.Client, session_id: str) -> list[str]:
    return [entry["content"] for entry in session(http, session_id)["conversation_history"]]


def refused(service: Service, session_id: str) -> tuple[int, str]:
    """How the handshake was answered."""
    with pytest.raises(InvalidStatus) as error, opened(service, session_id):
        pass
    response = error.value.response
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, json.loads(response.body)["code"]


def test_he_greets_and_then_answers(service: Service, http: httpx.Client) -> None:
    session_id = new_id()
    with opened(service, session_id) as socket:
        greeting = received(socket)
        assert greeting == {
            "type": "greeting",
            "message": contents(http, session_id)[0],
            "session_id": session_id,
            "data_collected": NOTHING_COLLECTED,
            "is_complete": False,
        }
        answers = [said(socket, question) for question in QUESTIONS]
    assert all(set(answer) == {"type", "message", "data_collected", "is_complete"} for answer in answers)
    assert {answer["type"] for answer in answers} == {"message"}
    assert contents(http, session_id)[1:] == [
        text for question, answer in zip(QUESTIONS, answers, strict=True) for text in (question, answer["message"])
    ]


def test_openings_differ(service: Service) -> None:
    greetings = set()
    for _ in range(8):
        with opened(service, new_id()) as socket:
            greetings.add(received(socket)["message"])
    assert len(greetings) > 1


def test_who_comes_back_is_greeted_as_at_first_and_told_how_far_they_came(service: Service, http: httpx.Client) -> None:
    session_id = http.post("/api/sessions").json()["session_id"]
    with opened(service, session_id) as socket:
        first = received(socket)
        answer = said(socket, "My name is Asha Rao and my email is asha.rao@example.com")
        assert answer["data_collected"] == {"name": True, "email": True, "income": False}
    with opened(service, session_id) as socket:
        again = received(socket)
    assert again == first | {"data_collected": answer["data_collected"]}
    assert "Asha" not in json.dumps(again)


def test_all_sockets_hear_every_answer(service: Service, http: httpx.Client) -> None:
    session_id = new_id()
    with opened(service, session_id) as one, opened(service, session_id) as other:
        assert received(one) == received(other)
        assert said(one, "Hello") == received(other)
        body = {"message": "What about gold?", "session_id": session_id}
        answer = http.post("/api/chat", json=body).raise_for_status().json()
        for socket in (one, other):
            assert received(socket) == {
                "type": "message",
                "message": answer["response"],
                "data_collected": answer["data_collected"],
                "is_complete": answer["is_complete"],
            }


def test_sockets_that_begin_the_same_session_at_once_share_it(service: Service, http: httpx.Client) -> None:
    session_id, gate = new_id(), threading.Barrier(6)

    def greeted(_: int) -> Json:
        gate.wait(20)
        with opened(service, session_id) as socket:
            return received(socket)

    with ThreadPoolExecutor(6) as threads:
        first, *others = threads.map(greeted, range(6))
    assert all(greeting == first for greeting in others)
    assert contents(http, session_id) == [first["message"]]


def test_messages_sent_at_once_are_answered_in_their_order(service: Service, http: httpx.Client) -> None:
    session_id = new_id()
    with opened(service, session_id) as socket:
        received(socket)
        for question in QUESTIONS:
            socket.send(json.dumps({"message": question}))
        answers = [received(socket)["message"] for _ in QUESTIONS]
    told = contents(http, session_id)
    assert (told[1::2], told[2::2]) == (list(QUESTIONS), answers)


def test_a_message_sent_again_is_answered_the_same(service: Service, http: httpx.Client) -> None:
    """On the same socket and on another, as by who lost the connection before the answer came."""
    session_id = new_id()
    with opened(service, session_id) as socket:
        received(socket)
        first = said(socket, "What about rates?", message_id="m-1")
        said(socket, "And value?")
        assert said(socket, "What about rates?", message_id="m-1") == first
    with opened(service, session_id) as socket:
        received(socket)
        assert said(socket, "What about rates?", message_id="m-1") == first
        reused = said(socket, "Something else", message_id="m-1")
        assert (reused["type"], reused["code"]) == ("error", "message_id_reused")
    assert len(contents(http, session_id)) == 5


@pytest.mark.parametrize("session_id", ["a" * 37, "two%20words", "%00", "%E0%A4%95", "a.b"])
def test_what_is_no_id_begins_nothing(service: Service, session_id: str) -> None:
    assert refused(service, session_id)[0] == 404


def test_the_other_assistants_sessions_are_unknown(service: Service, http: httpx.Client) -> None:
    loan = http.post("/api/v1/sessions").json()["session_id"]
    assert refused(service, loan) == (404, "unknown_session")
    mine = http.post("/api/sessions").json()["session_id"]
    with pytest.raises(InvalidStatus) as error, connect(service.socket_url(mine), proxy=None):
        pass
    assert error.value.response.status_code == 404


def test_a_cancel_is_taken(service: Service) -> None:
    with opened(service, new_id()) as socket:
        received(socket)
        socket.send(json.dumps({"type": "cancel"}))
        assert said(socket, "Hello")["type"] == "message"


@pytest.mark.parametrize(
    "sent", [pytest.param(sent, id=f"{name}-{type(sent).__name__}") for name, raw in FRAMES for sent in as_sent(raw)]
)
def test_bad_frames(service: Service, http: httpx.Client, sent: bytes | str) -> None:
    session_id = new_id()
    with opened(service, session_id) as socket:
        received(socket)
        socket.send(sent)
        check_error(socket)
        assert contents(http, session_id)[1:] == []
        assert said(socket, "Hello")["type"] == "message"


def test_there_is_nothing_to_resume_by(service: Service) -> None:
    """His frames have no ids: who comes back sends again what was not answered, under its message_id."""
    with opened(service, new_id()) as socket:
        received(socket)
        socket.send(json.dumps({"type": "resume", "last_event_id": 0}))
        assert check_error(socket)["code"] == "invalid_input"


def test_a_frame_of_100_kb_closes_the_socket(service: Service) -> None:
    with opened(service, new_id()) as socket:
        received(socket)
        socket.send(json.dumps({"message": CANARY * 10_000}))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_socket_of_an_erased_session(service: Service, http: httpx.Client) -> None:
    """Its id is free again; who begins another session under it shares nothing with who had the first."""
    session_id = new_id()
    with opened(service, session_id) as old:
        received(old)
        http.delete(f"/api/sessions/{session_id}").raise_for_status()
        assert said(old, "Hello?")["code"] == "unknown_session"
        with opened(service, session_id) as new:
            assert received(new)["data_collected"] == NOTHING_COLLECTED
            assert said(new, "Hello")["type"] == "message"
            told = received(old)
            assert (told["type"], told["code"]) == ("error", "unknown_session")
            with pytest.raises(ConnectionClosed) as closed:
                old.recv(timeout=30)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
            assert said(new, "And value?")["type"] == "message"
    assert len(contents(http, session_id)) == 5


def check_error(socket: ClientConnection) -> Json:
    frame = received(socket)
    assert frame["type"] == "error" and frame["message"]
    assert frame["code"] in {"invalid_json", "invalid_input"}
    assert CANARY not in json.dumps(frame)
    return frame
