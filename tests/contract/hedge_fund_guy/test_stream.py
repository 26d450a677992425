"""Server-Sent Events of the hedge fund guy: chunks, a last word, and the same answer for a message sent again."""

from itertools import pairwise

import httpx
import pytest

from tests.contract.hedge_fund_guy.talking import NOTHING_COLLECTED, frames_in, opened, received, streamed, text_of
from tests.contract.test_problems import BAD_BODIES, CANARY, check_problem
from tests.service import Service

PATH = "/api/chat/stream"


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


@pytest.fixture
def session_id(http: httpx.Client) -> str:
    created: str = http.post("/api/sessions").raise_for_status().json()["session_id"]
    return created


def history(http: httpx.Client, session_id: str) -> list[str]:
    told = http.get(f"/api/sessions/{session_id}").raise_for_status().json()["conversation_history"]
    return [entry["content"] for entry in told]


def test_chunks_and_then_done(http: httpx.Client, session_id: str) -> None:
    frames = streamed(http, message="What do you think about momentum trading?", session_id=session_id)
    *chunks, (_, done) = frames
    assert len(chunks) >= 2
    assert all(set(chunk) == {"type", "content"} and chunk["type"] == "chunk" for _, chunk in chunks)
    assert done == {"type": "done", "data_collected": NOTHING_COLLECTED, "is_complete": False}
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(frames))
    assert text_of(frames) == history(http, session_id)[-1]


def test_done_says_what_was_collected(http: httpx.Client, session_id: str) -> None:
    (_, done) = streamed(
        http, message="My name is Asha Rao and my email is asha.rao@example.com", session_id=session_id
    )[-1]
    assert done["data_collected"] == {"name": True, "email": True, "income": False}
    assert done["is_complete"] is False


def test_ids_grow_over_the_roads(http: httpx.Client, session_id: str) -> None:
    """One session has one numbering, whatever its turns came over."""
    first = streamed(http, message="Hello", session_id=session_id)
    http.post("/api/chat", json={"message": "And value?", "session_id": session_id}).raise_for_status()
    later = streamed(http, message="And options?", session_id=session_id)
    assert later[0][0] > first[-1][0] + 1


def test_a_message_sent_again_is_answered_the_same(http: httpx.Client, session_id: str) -> None:
    first = streamed(http, message="What about rates?", session_id=session_id, message_id="m-1")
    streamed(http, message="And options?", session_id=session_id)
    before = history(http, session_id)
    assert streamed(http, message="What about rates?", session_id=session_id, message_id="m-1") == first
    assert history(http, session_id) == before
    again = http.post("/api/chat", json={"message": "What about rates?", "session_id": session_id, "message_id": "m-1"})
    assert again.json()["response"] == text_of(first)
    other = http.post(PATH, json={"message": "Something else", "session_id": session_id, "message_id": "m-1"})
    assert check_problem(other, 409)["code"] == "message_id_reused"


def test_a_broken_stream_is_gone_on_with_by_the_message_id(http: httpx.Client, session_id: str) -> None:
    body = {"message": "What do you think about risk?", "session_id": session_id, "message_id": "m-1"}
    with http.stream("POST", PATH, json=body) as response:
        first = next(frames_in(response.iter_lines()))
    again = streamed(http, None, **body)
    assert again[0] == first
    assert again[-1][1]["type"] == "done"
    assert len(history(http, session_id)) == 3


def test_without_a_session_one_is_started(service: Service) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False, timeout=30) as http:
        with http.stream("POST", PATH, json={"message": "Hello"}) as response:
            session_id, capability = response.headers["x-session-id"], response.headers["x-session-token"]
            assert f"__Host-session-{session_id}={capability}" in response.headers["set-cookie"]
            frames = list(frames_in(response.iter_lines()))
        assert history(http, session_id)[-1] == text_of(frames)


@pytest.mark.parametrize(("name", "raw", "field"), BAD_BODIES, ids=[body[0] for body in BAD_BODIES])
def test_bad_bodies(http: httpx.Client, name: str, raw: bytes, field: str | None) -> None:
    answer = http.post(PATH, content=raw, headers={"Content-Type": "application/json"})
    problem = check_problem(answer, 422)
    assert problem["code"] in {"invalid_json", "invalid_input"}
    assert CANARY not in answer.text


def test_a_session_that_is_not_his_is_unknown(http: httpx.Client, session_id: str) -> None:
    loan = http.post("/api/v1/sessions").json()["session_id"]
    for unknown in (loan, "no-such-session", "550e8400-e29b-41d4-a716-446655440000"):
        answer = http.post(PATH, json={"message": "Hello", "session_id": unknown})
        assert check_problem(answer, 404)["code"] == "unknown_session"
    for path in ("/api/v1/chat", "/api/v1/chat/stream"):
        answer = http.post(path, json={"message": "Hello", "session_id": session_id})
        assert check_problem(answer, 404)["code"] == "unknown_session"
    assert check_problem(http.get(f"/api/v1/sessions/{session_id}/events"), 404)["code"] == "unknown_session"


def test_a_socket_hears_what_is_said_over_a_stream(service: Service, http: httpx.Client, session_id: str) -> None:
    with opened(service, session_id) as socket:
        assert received(socket)["type"] == "greeting"
        frames = streamed(http, message="What do you think about gold?", session_id=session_id)
        assert received(socket)["message"] == text_of(frames)
