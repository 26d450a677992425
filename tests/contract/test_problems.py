"""Errors are problem documents that name the field and the rule, and never repeat what was sent."""

import re
import uuid
from typing import Any

import httpx
import pytest

from tests.driver import Conversation
from tests.service import Service

CANARY = "KANARI-7351"
UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
JSON = {"Content-Type": "application/json"}


def check_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"] and problem["type"]
    assert isinstance(problem["detail"], str) and problem["detail"]
    uuid.UUID(problem["request_id"])
    return problem


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/sessions/{id}"),
        ("DELETE", "/api/v1/sessions/{id}"),
        ("GET", "/api/v1/sessions/{id}/messages"),
        ("GET", "/api/v1/sessions/{id}/decision"),
        ("GET", "/api/v1/sessions/{id}/kfs"),
        ("GET", "/api/v1/dev/outbox?session_id={id}"),
        ("GET", "/api/v1/letters/{id}"),
        ("GET", "/api/v1/{id}"),
    ],
)
@pytest.mark.parametrize("session_id", [UNKNOWN, CANARY, "%00", "..%2f..%2fetc", "a" * 3000])
def test_unknown_things_are_404(http: httpx.Client, method: str, path: str, session_id: str) -> None:
    answer = http.request(method, path.format(id=session_id))
    check_problem(answer, 404)
    assert CANARY not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/chat", "/api/v1/chat/stream"])
def test_a_message_to_an_unknown_session(http: httpx.Client, path: str) -> None:
    problem = check_problem(http.post(path, json={"message": "Hi", "session_id": UNKNOWN}), 404)
    assert problem["code"] == "unknown_session"


def test_a_document_to_an_unknown_session(http: httpx.Client) -> None:
    form = {"files": {"file": ("s.pdf", b"%PDF-", "application/pdf")}, "data": {"kind": "salary_slip"}}
    check_problem(http.post(f"/api/v1/sessions/{UNKNOWN}/documents", **form), 404)  # type: ignore[arg-type]


def test_request_ids_differ(http: httpx.Client) -> None:
    ids = {http.get(f"/api/v1/sessions/{UNKNOWN}").json()["request_id"] for _ in range(5)}
    assert len(ids) == 5


def test_a_wrong_method(http: httpx.Client) -> None:
    answer = http.put("/api/v1/sessions")
    check_problem(answer, 405)
    assert "POST" in answer.headers["allow"]


def test_no_decision_and_no_key_facts_yet(service: Service) -> None:
    with Conversation(service) as conversation:
        for path in ("/decision", "/kfs"):
            check_problem(conversation.http.get(f"/api/v1/sessions/{conversation.session_id}{path}"), 404)


Bodies = list[tuple[str, bytes, str]]

# What is sent instead of a good chat body, and the field that the problem names.
BAD_BODIES: Bodies = [
    ("nothing", b"", "body"),
    ("no object", b'"KANARI-7351"', "body"),
    ("a list", b'["KANARI-7351"]', "body"),
    ("null", b"null", "body"),
    ("cut off", b'{"message": "KANARI-7351', "body"),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\xff\xfe KANARI-7351", "body"),
    ("latin-1", '{"message": "KANARI-7351 é"}'.encode("latin-1"), "body"),
    ("utf-16", '{"message": "KANARI-7351"}'.encode("utf-16"), "body"),
    ("NaN", b'{"message": "Hi", "KANARI-7351": NaN}', "body"),
    ("Infinity", b'{"message": -Infinity, "a": "KANARI-7351"}', "body"),
    ("a float without end", b'{"message": 1e999, "a": "KANARI-7351"}', "body"),
    ("a long number", b'{"message": "KANARI-7351", "a": ' + b"9" * 400 + b"}", "body"),
    ("deep", b'{"message": ' + b"[" * 5000 + b'"KANARI-7351"' + b"]" * 5000 + b"}", "body"),
    ("a key twice", b'{"message": "KANARI-7351", "message": "b"}', "body"),
    ("no message", b'{"text": "KANARI-7351"}', "message"),
    ("empty message", b'{"message": ""}', "message"),
    ("blank message", '{"message": " \\n\\t\u00a0 "}'.encode(), "message"),
    ("null message", b'{"message": null}', "message"),
    ("number as message", b'{"message": 7351}', "message"),
    ("object as message", b'{"message": {"a": "KANARI-7351"}}', "message"),
    ("list as message", b'{"message": ["KANARI-7351"]}', "message"),
    ("NUL", b'{"message": "KANARI-7351 \\u0000"}', "message"),
    ("escape", b'{"message": "KANARI-7351 \\u001b[31m"}', "message"),
    ("lone surrogate", b'{"message": "KANARI-7351 \\ud800"}', "message"),
    ("raw surrogate", b'{"message": "KANARI-7351 \xed\xa0\x80"}', "body"),
    ("too long", b'{"message": "KANARI-7351 ' + b"a" * 4000 + b'"}', "message"),
    ("number as session", b'{"message": "Hi", "session_id": 7351}', "session_id"),
    ("object as session", b'{"message": "Hi", "session_id": {"a": "KANARI-7351"}}', "session_id"),
    ("surrogate in session", b'{"message": "Hi", "session_id": "KANARI-7351 \\udfff"}', "session_id"),
    ("NUL in session", b'{"message": "Hi", "session_id": "KANARI-7351\\u0000"}', "session_id"),
    ("number as id", b'{"message": "Hi", "message_id": 7351}', "message_id"),
    ("empty id", b'{"message": "Hi", "message_id": ""}', "message_id"),
    ("long id", b'{"message": "Hi", "message_id": "KANARI-7351' + b"x" * 200 + b'"}', "message_id"),
    ("NUL in id", b'{"message": "Hi", "message_id": "KANARI-7351\\u0000"}', "message_id"),
]


@pytest.mark.parametrize("path", ["/api/v1/chat", "/api/v1/chat/stream"])
@pytest.mark.parametrize(
    ("raw", "field"), [(raw, field) for _, raw, field in BAD_BODIES], ids=[b[0] for b in BAD_BODIES]
)
def test_bad_chat_bodies(http: httpx.Client, path: str, raw: bytes, field: str) -> None:
    before = http.get("/metrics").json()
    answer = http.post(path, content=raw, headers=JSON)
    problem = check_problem(answer, 422)
    assert CANARY not in answer.text and "7351" not in answer.text.replace(problem["request_id"], "")
    named = {error["field"] for error in problem.get("errors", [])}
    assert (field == "body" and named <= {"body"}) or field in named
    after = http.get("/metrics").json()
    for counted in ("total_sessions", "total_messages"):
        assert after[counted] == before[counted], counted


@pytest.mark.parametrize("path", ["/api/v1/chat", "/api/v1/chat/stream", "/api/v1/rag/query"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_100_kb(http: httpx.Client, path: str, chunked: bool) -> None:
    raw = b'{"message": "' + b"KANARI-7351 " * 9000 + b'"}'
    content = iter([raw[:50_000], raw[50_000:]]) if chunked else raw
    answer = http.post(path, content=content, headers=JSON)
    check_problem(answer, 413)
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "body"),
        (b'{"query": ""}', "query"),
        (b'{"query": 7351}', "query"),
        (b'{"query": "KANARI-7351 \\u0000"}', "query"),
        (b'{"query": "KANARI-7351", "top_k": "KANARI-7351"}', "top_k"),
        (b'{"query": "KANARI-7351", "top_k": NaN}', "body"),
        (b'{"query": "KANARI-7351 \\ud800", "top_k": 3}', "query"),
        (b'{"top_k": 3}', "query"),
    ],
)
def test_bad_questions(http: httpx.Client, raw: bytes, field: str) -> None:
    answer = http.post("/api/v1/rag/query", content=raw, headers=JSON)
    problem = check_problem(answer, 422)
    assert CANARY not in answer.text
    assert field == "body" or field in {error["field"] for error in problem["errors"]}


def test_what_a_problem_says_of_several_fields(http: httpx.Client) -> None:
    answer = http.post("/api/v1/chat", json={"message": 1, "session_id": [CANARY], "message_id": ""})
    problem = check_problem(answer, 422)
    assert {error["field"] for error in problem["errors"]} == {"message", "session_id", "message_id"}
    assert all(error["message"] for error in problem["errors"])
    assert re.search(r"message, session_id, message_id", problem["detail"])


def test_text_of_other_scripts_is_welcome(service: Service) -> None:
    with Conversation(service) as conversation:
        text = "मुझे 3 लाख का लोन चाहिए 🙏 cafe\u0301"
        conversation.say(text)
        assert conversation.transcript()[1]["content"] == "मुझे 3 लाख का लोन चाहिए 🙏 café"


@pytest.mark.parametrize("header", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_the_content_type_of_a_chat_body_is_not_held_against_it(http: httpx.Client, header: str) -> None:
    """`curl -d` without a header sends a form type; the body decides."""
    answer = http.post("/api/v1/chat", content=b'{"message": "Hi"}', headers={"Content-Type": header})
    assert answer.status_code == 200


def test_a_foreign_origin_gets_no_leave(http: httpx.Client) -> None:
    allowed = http.get("/health", headers={"Origin": "http://localhost:5173"})
    assert allowed.headers["access-control-allow-origin"] == "http://localhost:5173"
    refused = http.get("/health", headers={"Origin": "https://evil.example.com"})
    assert "access-control-allow-origin" not in refused.headers
