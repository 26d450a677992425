"""Thumbs on answers: kept once an answer, shown with the conversation, gone with the session."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.limits.figures import FIGURES
from tests.driver import TRANSPORTS, Conversation, Json, Transport, stream
from tests.service import Service, fresh_data_dir, service_in_thread

GREETING = "greeting"


@pytest.fixture
def talk(service: Service) -> Iterator[Conversation]:
    with Conversation(service) as conversation:
        conversation.say("I need 3 lakh")
        yield conversation


def give(talk: Conversation, thumb: str, **named: Any) -> httpx.Response:
    named = named or {"message_id": talk.last["message_id"]}
    return talk.http.post(f"/api/v1/sessions/{talk.session_id}/feedback", json={**named, "thumb": thumb})


def thumbs(talk: Conversation) -> list[Any]:
    return [said["thumb"] for said in talk.transcript()]


def counted(service: Service, thumb: str) -> float:
    assert service.house is not None
    return service.house.observer.metrics.registry.get_sample_value("esoteric_thumbs_total", {"thumb": thumb}) or 0


def test_a_thumb_is_kept_shown_and_replaced(service: Service, talk: Conversation) -> None:
    before = counted(service, "up"), counted(service, "down")
    assert thumbs(talk) == [None, None, None]
    first = give(talk, "up")
    again = give(talk, "up")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    kept = first.json()
    assert (kept["thumb"], kept["run_id"], kept["session_id"]) == ("up", talk.last["run_id"], talk.session_id)
    assert thumbs(talk) == [None, None, "up"]

    other = give(talk, "down", run_id=talk.last["run_id"])
    assert (other.status_code, other.json()["message_id"]) == (200, talk.last["message_id"])
    assert thumbs(talk) == [None, None, "down"]
    assert (counted(service, "up"), counted(service, "down")) == (before[0] + 1, before[1] + 1)


def test_each_answer_has_its_own(talk: Conversation) -> None:
    give(talk, "down")
    talk.say("My name is Meera Nair")
    give(talk, "up", run_id=talk.last["run_id"])
    assert thumbs(talk) == [None, None, "down", None, "up"]


def test_what_is_no_answer_here_is_unknown(service: Service, talk: Conversation) -> None:
    with Conversation(service) as other:
        foreign = other.say("Hello")
    named = [{"message_id": GREETING}, {"message_id": str(uuid4())}, {"run_id": str(uuid4())}]
    named += [{"message_id": foreign["message_id"]}, {"run_id": foreign["run_id"]}]
    for one in named:
        refused = give(talk, "up", **one)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_answer")
    assert thumbs(talk) == [None, None, None]
    nowhere = talk.http.post(f"/api/v1/sessions/{uuid4()}/feedback", json={"message_id": "m", "thumb": "up"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_session")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"thumb": "up"},
        {"message_id": "m"},
        {"message_id": "m", "thumb": "sideways"},
        {"message_id": "m", "thumb": None},
        {"message_id": "m", "thumb": 1},
        {"message_id": "m", "run_id": "r", "thumb": "up"},
        {"message_id": "", "thumb": "up"},
        {"message_id": "m" * 129, "thumb": "up"},
        {"run_id": ["r"], "thumb": "up"},
        [],
    ],
)
def test_anything_else_is_refused_with_a_problem_document(talk: Conversation, body: Any) -> None:
    answer = talk.http.post(f"/api/v1/sessions/{talk.session_id}/feedback", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_input"
    assert thumbs(talk) == [None, None, None]


def test_words_beside_the_thumb_are_not_kept(service: Service, talk: Conversation) -> None:
    answer = give(talk, "down", message_id=talk.last["message_id"], comment="Zqbdfgkmn", text="Zqbdfgkmn")
    assert answer.status_code == 201
    assert "Zqbdfgkmn" not in answer.text + str(talk.transcript())
    assert all(b"Zqbdfgkmn" not in path.read_bytes() for path in service.data_dir.glob("esoteric.db*"))


def test_an_erased_session_takes_its_thumbs_along(service: Service, talk: Conversation) -> None:
    give(talk, "up")
    talk.http.delete(f"/api/v1/sessions/{talk.session_id}").raise_for_status()
    assert give(talk, "up").status_code == 404
    assert service.house is not None
    with service.house.sessions._database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT 1 FROM feedback WHERE session_id = ?", (talk.session_id,))
        assert found.first() is None


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_road_names_the_same_run(service: Service, transport: Transport) -> None:
    """An answer told again names the run that brought it."""
    with Conversation(service, transport) as talk:
        first = talk.say("I need 3 lakh", message_id="mine")
        assert first["run_id"] != talk.say("My name is Meera Nair")["run_id"]
        asked = {"session_id": talk.session_id, "message": "I need 3 lakh", "message_id": "mine"}
        by_rest: Json = talk.http.post("/api/v1/chat", json=asked).json()
        by_stream = list(stream(talk.http, asked))[-1]
        assert [by_rest["run_id"], by_stream["run_id"]] == [first["run_id"]] * 2
        assert give(talk, "up", message_id="mine").json()["run_id"] == first["run_id"]


def test_a_change_of_a_consent_is_a_turn_with_a_run(talk: Conversation) -> None:
    change = {"purpose": "model_processing", "given": False}
    changed = talk.http.post(f"/api/v1/sessions/{talk.session_id}/consents", json=change).raise_for_status().json()
    assert give(talk, "up", run_id=changed["run_id"]).json()["message_id"] == changed["message_id"]
    assert thumbs(talk)[-1] == "up"


def test_thumbs_have_a_limit(tmp_path: Any, knowledge_dir: Any) -> None:
    data_dir = fresh_data_dir(tmp_path / "var", knowledge_dir)
    with service_in_thread(data_dir, rate_limit_enabled=True) as service, Conversation(service) as talk:
        talk.say("I need 3 lakh")
        told = [give(talk, "up") for _ in range(FIGURES.thumbs_per_session.amount + 1)]
    assert {answer.status_code for answer in told[:-1]} == {200, 201}
    assert told[-1].status_code == 429
    assert int(told[-1].headers["Retry-After"]) > 0
