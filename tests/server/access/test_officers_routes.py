"""Officers over HTTP: the cookie, the answers, what may be read with it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.access.accounts import DEVELOPMENT, DEVELOPMENT_PASSWORD
from tests.server.access.test_matrix import keep_case
from tests.service import Service, fresh_data_dir, service_in_thread

SIGN_IN, SIGN_OUT, ME = (f"/api/v1/officers/{name}" for name in ("sign-in", "sign-out", "me"))
RIGHT = {"name": "dev-maker", "password": DEVELOPMENT_PASSWORD}
HELD = "0123456789" * 4 + "abc"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """A service that asks for credentials and counts nobody's tries."""
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("desk") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, rate_limit_enabled=False) as running:
        yield running


def sign_in(service: Service, token: str | None = None, **credentials: str) -> httpx.Response:
    cookie = {"Cookie": f"__Host-officer={token}"} if token else {}
    return httpx.post(service.base_url + SIGN_IN, json=RIGHT | credentials, headers=cookie, trust_env=False)


def call(service: Service, method: str, path: str, token: str | None) -> httpx.Response:
    cookie = {"Cookie": f"__Host-officer={token}"} if token else {}
    return httpx.request(method, service.base_url + path, headers=cookie, trust_env=False)


def token_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].removeprefix("__Host-officer=").partition(";")[0]


def test_in_and_out(desk: Service) -> None:
    answer = sign_in(desk)
    assert answer.status_code == 200
    assert answer.json() == {"name": "dev-maker", "roles": ["maker"], "limit_rupees": 500_000}
    token = token_of(answer)
    seen = call(desk, "GET", ME, token)
    assert (seen.status_code, seen.json()) == (200, answer.json())
    assert seen.headers["cache-control"] == "no-store"
    left = call(desk, "POST", SIGN_OUT, token)
    assert left.status_code == 204
    assert left.headers["set-cookie"].startswith('__Host-officer="";') and "Max-Age=0" in left.headers["set-cookie"]
    assert call(desk, "GET", ME, token).status_code == 401
    assert call(desk, "POST", SIGN_OUT, token).status_code == 204


def test_a_tunnel_brings_nobody_who_signs_in_with_the_password_that_all_know(desk: Service) -> None:
    for told, status in [("203.0.113.9", 401), ("127.0.0.1, 203.0.113.9", 401), ("", 200), ("::1, 127.0.0.1", 200)]:
        header = {"X-Forwarded-For": told} if told else {}
        answer = httpx.post(desk.base_url + SIGN_IN, json=RIGHT, headers=header, trust_env=False)
        assert (told, answer.status_code) == (told, status)
    answer = httpx.post(desk.base_url + SIGN_IN, json=RIGHT, headers={"X-Forwarded-For": "unknown"}, trust_env=False)
    assert answer.json()["code"] == "sign_in_refused"


def test_the_cookie(desk: Service) -> None:
    name, *attributes = sign_in(desk).headers["set-cookie"].split("; ")
    assert len(name) == len("__Host-officer=") + 43
    assert sorted(attributes) == ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=strict", "Secure"]


def test_the_answer_to_a_sign_in_is_nobody_elses(desk: Service) -> None:
    assert sign_in(desk).headers["cache-control"] == "no-store"


def test_signing_in_gives_up_what_the_browser_came_with(desk: Service) -> None:
    first = token_of(sign_in(desk))
    second = token_of(sign_in(desk, first))
    assert call(desk, "GET", ME, first).status_code == 401
    assert call(desk, "GET", ME, second).status_code == 200


def test_a_planted_token_is_not_taken_over(desk: Service) -> None:
    token = token_of(sign_in(desk, HELD))
    assert token != HELD
    assert call(desk, "GET", ME, HELD).status_code == 401


@pytest.mark.parametrize("token", [None, HELD, "x", "A" * 4000, "%00", "..", "a.b.c"])
def test_who_is_not_signed_in(desk: Service, token: str | None) -> None:
    answer = call(desk, "GET", ME, token)
    assert answer.status_code == 401 and "www-authenticate" in answer.headers
    assert token is None or token not in answer.text


def without_id(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_wrong_name_and_wrong_password_look_the_same(desk: Service) -> None:
    answers = [
        sign_in(desk, password="KANARI wrong password"),
        sign_in(desk, name="kanari"),
        sign_in(desk, name="KANARI"),
        sign_in(desk, name="dev-maker\0"),
        sign_in(desk, name="x" * 64),
    ]
    first, *others = answers[:3]
    assert first.status_code == 401 and "set-cookie" not in first.headers
    assert all(without_id(other) == without_id(first) for other in others)
    assert all(answer.status_code in {401, 422} for answer in answers)
    assert not any("kanari" in answer.text.lower() for answer in answers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"name": "dev-maker"}',
        b'{"name": 1, "password": "KANARI KANARI"}',
        b'{"name": "dev-maker", "password": ["KANARI"]}',
        b'{"name": "dev-maker", "password": null}',
        b'{"name": "dev-maker", "password": "\\ud800 KANARI"}',
        b'{"name": "\\ud800", "password": "KANARI KANARI"}',
        b'{"name": "dev-maker", "password": "\\u0000KANARI"}',
        b'{"name": "dev-maker", "name": "dev-checker", "password": "KANARI KANARI"}',
        b'{"name": "dev-maker", "password": "' + b"KANARI" * 50 + b'"}',
        b'{"name": "' + b"KANARI" * 20 + b'", "password": "x"}',
        b"name=dev-maker&password=KANARI",
    ],
)
def test_what_is_no_sign_in(desk: Service, body: bytes) -> None:
    answer = httpx.post(desk.base_url + SIGN_IN, content=body, trust_env=False)
    assert answer.status_code == 422, answer.text
    assert "KANARI" not in answer.text and "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_officers_read_sessions_with_a_case_and_say_nothing_in_any(desk: Service, name: str) -> None:
    """An auditor reads them all."""
    session_id = httpx.post(f"{desk.base_url}/api/v1/sessions", trust_env=False).json()["session_id"]
    token, path = token_of(sign_in(desk, name=name)), f"/api/v1/sessions/{session_id}"
    assert call(desk, "GET", path, None).status_code == 401
    assert call(desk, "GET", path, token).status_code == (200 if name == "dev-auditor" else 404)
    keep_case(desk, session_id)
    assert call(desk, "GET", path, token).status_code == 200
    assert call(desk, "GET", f"{path}/messages", token).status_code == 200
    assert call(desk, "DELETE", path, token).status_code in {401, 403}
    body = {"session_id": session_id, "message": "hello"}
    cookie = {"Cookie": f"__Host-officer={token}"}
    said = httpx.post(f"{desk.base_url}/api/v1/chat", json=body, headers=cookie, trust_env=False)
    assert said.status_code in {401, 403, 404}
    call(desk, "POST", SIGN_OUT, token)
    assert call(desk, "GET", path, token).status_code == 401


def test_time_ends_a_sign_in_of_the_running_service(desk: Service) -> None:
    assert desk.house is not None
    token, now = token_of(sign_in(desk)), desk.house.desk._now
    try:
        desk.house.desk._now = lambda: now() + timedelta(minutes=31)
        assert call(desk, "GET", ME, token).status_code == 401
    finally:
        desk.house.desk._now = now
    assert call(desk, "GET", ME, token).status_code == 200


def test_without_a_provider_there_is_no_way_to_one(desk: Service) -> None:
    assert call(desk, "GET", "/api/v1/officers/oidc/start", None).status_code == 404
    assert call(desk, "GET", "/api/v1/officers/oidc/callback?code=KANARI&state=KANARI", None).status_code == 404


def test_the_sixth_try_has_to_wait(data_dir: Path) -> None:
    with service_in_thread(data_dir, rate_limit_enabled=True) as service:
        for _ in range(5):
            assert sign_in(service, password="wrong wrong wrong").status_code == 401
        sixth = sign_in(service)
        assert sixth.status_code == 429 and "set-cookie" not in sixth.headers
        assert 1 <= int(sixth.headers["retry-after"]) <= 15 * 60
        assert sign_in(service, name="dev-checker").status_code == 200
