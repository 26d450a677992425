"""The hedge fund guy with a model behind the real service: both assistants share it, and nothing depends on it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.agents.hedge_fund_guy.guy_model import RETOLD, telling
from tests.contract.hedge_fund_guy.talking import streamed, text_of
from tests.driver import Conversation
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer, error_event, refusal, text
from tests.service import Service, fresh_data_dir, service_in_thread

QUESTION = "What do you think about momentum trading?"
NAME, MAIL = "Quokkina Zanzibar", "quokkina.zanzibar@example.com"


@pytest.fixture(scope="module")
def groq() -> Iterator[GroqServer]:
    with in_a_loop(GroqServer()) as running:
        yield running


@pytest.fixture(scope="module")
def with_model(groq: GroqServer, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    folder = fresh_data_dir(tmp_path_factory.mktemp("with_model") / "var", knowledge_dir)
    with service_in_thread(folder, groq_api_key="gsk_not_a_key", groq_api_base=groq.url) as running:
        yield running


@pytest.fixture
def http(with_model: Service) -> httpx.Client:
    return with_model.client()


def new_session(http: httpx.Client) -> str:
    session_id: str = http.post("/api/sessions").raise_for_status().json()["session_id"]
    return session_id


def test_the_models_words_are_streamed_and_kept(http: httpx.Client, groq: GroqServer) -> None:
    session_id = new_session(http)
    groq.on_text = telling()
    frames = streamed(http, message=QUESTION, session_id=session_id)
    assert text_of(frames).startswith(RETOLD)
    kept = http.get(f"/api/sessions/{session_id}").json()["conversation_history"][-1]["content"]
    assert kept == text_of(frames)


def test_words_that_left_are_taken_back(http: httpx.Client, groq: GroqServer) -> None:
    groq.on_text = telling(error_event, " And ")
    frames = [frame for _, frame in streamed(http, message=QUESTION, session_id=new_session(http))]
    at = frames.index({"type": "reset"})
    assert at > 0
    assert RETOLD not in "".join(frame.get("content", "") for frame in frames[at:])
    assert frames[-1]["type"] == "done"


def test_what_a_person_told_of_themselves_stays_here(http: httpx.Client, groq: GroqServer) -> None:
    session_id = new_session(http)
    groq.on_text = text("")
    for message in (
        f"My name is {NAME}, what is gamma?",
        f"It's {MAIL}; what is carry?",
        "I make $987,123 a year. VIX?",
    ):
        answer = http.post("/api/chat", json={"message": message, "session_id": session_id}).raise_for_status().json()
    assert answer["is_complete"]
    assert len(groq.asked_for_text) >= 3
    for secret in (b"quokkina", b"zanzibar", b"example.com", b"987"):
        assert secret not in groq.raw.lower()


def test_it_rests_for_both_assistants(with_model: Service, http: httpx.Client, groq: GroqServer) -> None:
    """One breaker: told to stay away by a question about markets, nobody asks for a loan's sentences either."""
    groq.on_text = refusal(429, retry_after="60")
    answer = http.post("/api/chat", json={"message": QUESTION, "session_id": new_session(http)})
    answer.raise_for_status()
    asked = len(groq.requests)
    with Conversation(with_model) as loan:
        loan.say("Hi, I need a loan")
    http.post("/api/chat", json={"message": QUESTION, "session_id": new_session(http)}).raise_for_status()
    assert len(groq.requests) == asked
