"""`langgraph dev` with AUTH_REQUIRED: LangGraph's routes are an operator's alone, ours obey their own rules."""

from collections.abc import Iterator

import httpx
import pytest

from server.access.keys import key_ring
from server.access.tokens import Tokens
from tests.studio.conftest import running_dev_server

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
LANGGRAPH = [
    ("POST", "/threads", {}),
    ("POST", "/threads/search", {}),
    ("POST", "/assistants/search", {}),
    ("POST", "/runs/wait", {"assistant_id": "loan", "input": {"messages": [{"role": "user", "content": "hi"}]}}),
    ("GET", "/metrics", None),
    ("GET", "/info", None),
    ("GET", "/docs", None),
    ("GET", "/openapi.json", None),
    ("PUT", "/store/items", {"namespace": ["a"], "key": "k", "value": {}}),
]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("guarded")
    with running_dev_server(home, AUTH_REQUIRED="true", SECRET_KEY=SECRET) as address:
        yield address


def bearer(*scopes: str) -> dict[str, str]:
    token = Tokens(key_ring(SECRET.encode())).issue("studio", "default", scopes)
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(("method", "path", "body"), LANGGRAPH)
def test_langgraphs_routes_want_an_operator(
    guarded: str, method: str, path: str, body: dict[str, object] | None
) -> None:
    with httpx.Client(base_url=guarded, timeout=60) as http:
        assert http.request(method, path, json=body).status_code == 401
        assert http.request(method, path, json=body, headers={"x-auth-scheme": "langsmith"}).status_code == 401
        assert http.request(method, path, json=body, headers={"x-api-key": "any"}).status_code == 401
        assert http.request(method, path, json=body, headers={"Authorization": "Bearer a.b.c"}).status_code == 401
        assert http.request(method, path, json=body, headers=bearer("sessions:write")).status_code == 403
        assert http.request(method, path, json=body, headers=bearer("operate")).status_code in {200, 204}


def test_our_routes_obey_their_own_rules(guarded: str) -> None:
    with httpx.Client(base_url=guarded, timeout=60) as http:
        session = http.post("/api/v1/sessions")
        path = f"/api/v1/sessions/{session.json()['session_id']}"
        http.cookies.clear()
        assert http.get(path).status_code == 401
        assert http.get(path, headers={"X-Session-Token": session.headers["X-Session-Token"]}).status_code == 200
        asked = {"query": "What is the processing fee?"}
        assert http.post("/api/v1/rag/query", json=asked).status_code == 401
        assert http.post("/api/v1/rag/query", json=asked, headers=bearer("knowledge:read")).status_code == 200


def test_of_all_web_pages_elsewhere_only_studio_works_with_it(dev_server: str) -> None:
    """LangGraph's server lets every page read and write, and a page's text/plain needs no preflight."""
    plain = {"Content-Type": "text/plain"}
    with httpx.Client(base_url=dev_server, timeout=60) as http:
        for origin, status in [
            ("https://attacker.example", 403),
            ("null", 403),
            ("https://smith.langchain.com", 200),
            ("http://localhost:3000", 200),
        ]:
            named = {"Origin": origin}
            assert http.post("/threads/search", content=b"{}", headers=plain | named).status_code == status
            assert http.get("/info", headers=named).status_code == status
            assert http.post("/api/v1/sessions", headers=named).status_code == status
        asked = {"Origin": "https://smith.langchain.com", "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" in http.options("/threads/search", headers=asked).headers


def test_it_answers_under_local_names_only(dev_server: str) -> None:
    """A page's own host name can be made to point here."""
    with httpx.Client(base_url=dev_server, timeout=60) as http:
        rebound = {"Host": "attacker.example:2024", "Origin": "http://attacker.example:2024"}
        assert http.post("/threads/search", json={}, headers=rebound).status_code == 421
        assert http.get("/info", headers=rebound).status_code == 421
