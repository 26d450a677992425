"""Web pages of other hosts can neither change anything nor read an answer; the service's own and allowed ones can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.edge.headers import SecurityHeaders
from server.edge.origins import Cors, OriginGuard, Origins
from tests.service import Service

SHOP = "https://shop.example.com"


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("served")(scope, receive, send)


async def ask(method: str, headers: dict[str, str], *, listed: list[str], local: bool, local_hosts_only: bool) -> Any:
    origins = Origins(listed, local=local)
    app = SecurityHeaders(
        OriginGuard(Cors(served, origins), origins, local_hosts_only=local_hosts_only), https_only=not local
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        return await client.request(method, "/", headers=headers)


DEVELOPMENT: dict[str, Any] = {"listed": [], "local": True, "local_hosts_only": True}
PRODUCTION: dict[str, Any] = {"listed": [SHOP], "local": False, "local_hosts_only": False}
CLOSED: dict[str, Any] = {"listed": [], "local": False, "local_hosts_only": False}

ORIGINS = [
    (DEVELOPMENT, {}, 200),
    (DEVELOPMENT, {"Origin": "http://localhost:5173"}, 200),
    (DEVELOPMENT, {"Origin": "http://[::1]:5173"}, 200),
    (DEVELOPMENT, {"Origin": "http://localhost:8000"}, 200),
    (DEVELOPMENT, {"Origin": "https://evil.example"}, 403),
    (DEVELOPMENT, {"Origin": "http://localhost.evil.example"}, 403),
    (DEVELOPMENT, {"Origin": "http://localhost:80@evil.example"}, 403),
    (DEVELOPMENT, {"Origin": "http://127.0.0.1.evil.example"}, 403),
    (DEVELOPMENT, {"Origin": "null"}, 403),
    (DEVELOPMENT, {"Origin": ""}, 403),
    (DEVELOPMENT, {"Origin": "file://"}, 403),
    (DEVELOPMENT, {"Origin": "chrome-extension://localhost:8000"}, 403),
    (DEVELOPMENT, {"Origin": "http://[evil"}, 403),
    (DEVELOPMENT, {"Sec-Fetch-Site": "cross-site"}, 403),
    (DEVELOPMENT, {"Sec-Fetch-Site": "same-origin"}, 200),
    (DEVELOPMENT, {"Host": "evil.example", "Origin": "http://evil.example"}, 421),
    (DEVELOPMENT, {"Host": "testserver"}, 421),
    (DEVELOPMENT, {"Host": "127.0.0.1:9000"}, 200),
    (DEVELOPMENT, {"Host": "[::1]:9000"}, 200),
    (DEVELOPMENT, {"Host": "LOCALHOST"}, 200),
    (DEVELOPMENT, {"Host": "localhost:evil"}, 421),
    (PRODUCTION, {"Origin": SHOP}, 200),
    (PRODUCTION, {"Origin": f"{SHOP}:8443"}, 403),
    (PRODUCTION, {"Origin": SHOP.upper()}, 403),
    (PRODUCTION, {"Origin": "http://localhost:5173"}, 403),
    (PRODUCTION, {"Host": "loans.example.com", "Origin": "https://loans.example.com"}, 200),
    (PRODUCTION, {"Host": "loans.example.com:443", "Origin": "https://loans.example.com"}, 200),
    (PRODUCTION, {"Host": "loans.example.com", "Origin": "https://loans.example.com:8443"}, 403),
    (CLOSED, {"Origin": "http://127.0.0.1:1"}, 403),
    (CLOSED, {"Origin": "*"}, 403),
]


@pytest.mark.parametrize(("setting", "headers", "status"), ORIGINS)
async def test_who_may_change_something(setting: dict[str, Any], headers: dict[str, str], status: int) -> None:
    for method in ("POST", "DELETE", "PUT", "PATCH"):
        answer = await ask(method, headers, **setting)
        assert answer.status_code == status
        assert "evil" not in answer.text


@pytest.mark.parametrize(("setting", "headers", "status"), ORIGINS)
async def test_who_may_read(setting: dict[str, Any], headers: dict[str, str], status: int) -> None:
    answer = await ask("GET", headers, **setting)
    assert answer.status_code == (421 if status == 421 else 200)
    shown = answer.headers.get("access-control-allow-origin")
    assert shown in {None, headers.get("Origin")}
    assert shown is None or status == 200
    if shown is not None:
        assert answer.headers["access-control-allow-credentials"] == "true"
        exposed = answer.headers["access-control-expose-headers"]
        assert exposed == "X-Session-ID, X-Session-Token, X-Request-ID, Retry-After"


@pytest.mark.parametrize(("origin", "status"), [(SHOP, 200), ("https://evil.example", 403)])
async def test_a_question_before_the_request(origin: str, status: int) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    headers = "authorization, content-type, last-event-id, x-session-token"
    answer = await ask("OPTIONS", asked | {"Access-Control-Request-Headers": headers}, **PRODUCTION)
    assert answer.status_code == status
    assert (answer.headers.get("access-control-allow-origin") == SHOP) == (status == 200)
    unknown = await ask("OPTIONS", asked | {"Access-Control-Request-Headers": "x-evil"}, **PRODUCTION)
    assert unknown.status_code == 403
    assert unknown.headers["content-type"] == "application/problem+json"


async def test_https_is_asked_for_in_production_only() -> None:
    assert "max-age" in (await ask("GET", {}, **PRODUCTION)).headers["strict-transport-security"]
    assert "strict-transport-security" not in (await ask("GET", {}, **DEVELOPMENT)).headers


@contextmanager
def foreign(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.base_url, trust_env=False, headers={"Origin": "https://evil.example"}) as client:
        yield client


def test_a_foreign_page_starts_nothing(hasty: Service) -> None:
    with foreign(hasty) as http:
        before = http.get("/metrics").json()["total_sessions"]
        for path in ("/api/v1/sessions", "/api/v1/chat", "/api/v1/chat/stream"):
            assert http.post(path, content=b'{"message": "Hi"}').status_code == 403
        assert http.get("/metrics").json()["total_sessions"] == before


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health", 200), ("/", 200), ("/web/js/main.js", 200), ("/docs", 200), ("/redoc", 200), ("/nothing", 404)],
)
def test_every_answer_has_the_headers(hasty: Service, path: str, status: int) -> None:
    with hasty.client() as http:
        answer = http.get(path)
    assert answer.status_code == status
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["cache-control"] == ("no-cache" if path.startswith("/web") else "no-store")
    assert "server" not in headers
