"""Every answer carries an id of ours, problem documents the same one."""

import json
import uuid

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.service import Service

EVIL = "KANARI-7351"


@pytest.fixture
def http(service: Service) -> httpx.Client:
    return service.client()


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/health", {}),
        ("GET", "/metrics", {}),
        ("GET", "/", {}),
        ("GET", "/web/js/main.js", {}),
        ("GET", "/docs", {}),
        ("GET", "/openapi.json", {}),
        ("GET", "/nowhere", {}),
        ("GET", "/api/v1/sessions/nobody", {}),
        ("PUT", "/api/v1/chat", {}),
        ("POST", "/api/v1/chat", {"json": {"message": 3}}),
        ("POST", "/api/v1/chat", {"content": b"\xff"}),
        ("POST", "/api/v1/chat", {"content": b" " * 7_000_000}),
        ("POST", "/api/v1/chat", {"json": {"message": "Hello"}}),
        ("POST", "/api/v1/chat/stream", {"json": {"message": "Hello"}}),
        ("POST", "/api/v1/sessions/x/documents", {"files": {"file": b"x"}, "data": {"kind": "salary_slip"}}),
        (
            "OPTIONS",
            "/api/v1/chat",
            {"headers": {"Access-Control-Request-Method": "POST", "Origin": "http://localhost"}},
        ),
    ],
)
def test_every_answer_has_one(http: httpx.Client, method: str, path: str, options: dict[str, object]) -> None:
    headers = {"X-Request-ID": EVIL, **options.pop("headers", {})}  # type: ignore[dict-item]
    answer = http.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
    (request_id,) = answer.headers.get_list("x-request-id")
    assert str(uuid.UUID(request_id)) == request_id
    assert EVIL not in f"{answer.headers}{answer.text}"
    if answer.headers["content-type"].startswith("application/problem+json"):
        assert answer.json()["request_id"] == request_id
    else:
        assert answer.status_code < 400


def test_no_two_are_the_same(http: httpx.Client) -> None:
    ids = {http.get("/health").headers["x-request-id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_socket_has_one(service: Service, http: httpx.Client) -> None:
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    with connect(service.socket_url(session_id), proxy=None) as opened:
        assert opened.response is not None
        uuid.UUID(opened.response.headers["x-request-id"])
    with pytest.raises(InvalidStatus) as refused, connect(service.socket_url("nobody"), proxy=None):
        pass
    response = refused.value.response
    assert json.loads(response.body or b"")["request_id"] == response.headers["x-request-id"]
