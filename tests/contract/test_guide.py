"""The API guide as a user follows it: endpoints and examples in the guide's own order and words."""

import re
import shlex
import shutil
import subprocess
import sys
import uuid
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.driver import Conversation, Json, converse
from tests.service import Service, clean_environment, run_command

GUIDE_FIELDS = {
    "applicant_name": str,
    "desired_amount": int,
    "loan_term_months": int,
    "purpose": str,
    "kyc_verified": bool,
    "credit_score": int,
    "credit_eligibility": str,
    "offered_amount": int,
    "offered_interest_rate": float,
    "sanction_letter_generated": bool,
    "sanction_letter_url": str,
    "status": str,
}
NEVER_NULL = {"kyc_verified", "credit_eligibility", "sanction_letter_generated", "status"}

# The guide's Python client, as it stands there.
SOCKET_EXAMPLE = """
import asyncio
import websockets
import json

async def chat():
    uri = "ws://localhost:8000/api/v1/ws/550e8400-e29b-41d4-a716-446655440000"
    
    async with websockets.connect(uri) as websocket:
        # Send message
        await websocket.send(json.dumps({
            "message": "I need a loan of 3 lakh rupees"
        }))
        
        # Receive responses
        async for message in websocket:
            data = json.loads(message)
            print(f"Type: {data['type']}, Content: {data['content']}")
            
            if data['type'] == 'end':
                print(f"Loan Application: {data['loan_application']}")
                break

asyncio.run(chat())
"""  # noqa: W293  the guide's own blanks

CURL_EXAMPLE = r"""
set -e
# 1. Create session
SESSION_ID=$(curl -s -X POST http://localhost:8000/api/v1/sessions | jq -r '.session_id')
echo "Session ID: $SESSION_ID"

# 2. Send first message
curl -X POST http://localhost:8000/api/v1/chat \
  -H "Content-Type: application/json" \
  -d "{\"message\": \"I need a loan of 3 lakh rupees\", \"session_id\": \"$SESSION_ID\"}"

# 3. Send name
curl -X POST http://localhost:8000/api/v1/chat \
  -H "Content-Type: application/json" \
  -d "{\"message\": \"My name is John Doe\", \"session_id\": \"$SESSION_ID\"}"

# 4. Check session
curl http://localhost:8000/api/v1/sessions/$SESSION_ID
"""


def with_address(example: str, service: Service, session_id: str = "") -> str:
    """An example of the guide against this service and, where it names one, this session."""
    moved = example.replace("localhost:8000", f"127.0.0.1:{service.port}")
    return moved.replace("550e8400-e29b-41d4-a716-446655440000", session_id)


def check_loan_application(application: Json) -> None:
    """The twelve fields first and in order, of the guide's types."""
    assert list(application)[: len(GUIDE_FIELDS)] == list(GUIDE_FIELDS)
    for name, kind in GUIDE_FIELDS.items():
        value = application[name]
        assert type(value) is kind or (value is None and name not in NEVER_NULL), (name, value)


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


def test_health(http: httpx.Client) -> None:
    body = http.get("/health").raise_for_status().json()
    assert body["status"] == "healthy"
    assert body["environment"] == "development"
    assert re.fullmatch(r"\d+\.\d+\.\d+", body["version"])
    datetime.fromisoformat(body["timestamp"])


def test_ready(http: httpx.Client) -> None:
    body = http.get("/ready").raise_for_status().json()
    assert body["status"] == "ready"


def test_metrics_as_json(http: httpx.Client) -> None:
    before = http.get("/metrics").raise_for_status().json()
    started = http.post("/api/v1/chat", json={"message": "Hello"}).raise_for_status()
    assert started.json()["session_id"]
    after = http.get("/metrics", headers={"Accept": "application/json"}).json()
    assert set(after) >= {
        "total_sessions",
        "active_sessions",
        "total_messages",
        "avg_response_time_ms",
        "uptime_seconds",
    }
    assert after["total_sessions"] == before["total_sessions"] + 1
    assert after["total_messages"] == before["total_messages"] + 1
    assert 0 < after["active_sessions"] <= after["total_sessions"]
    assert after["avg_response_time_ms"] > 0
    assert after["uptime_seconds"] >= before["uptime_seconds"]


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0, text/plain; q=0.5"])
def test_metrics_for_prometheus(http: httpx.Client, accept: str) -> None:
    answer = http.get("/metrics", headers={"Accept": accept}).raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    samples = dict(line.split(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    assert float(samples["esoteric_total_sessions"]) >= 0
    assert float(samples["esoteric_uptime_seconds"]) > 0


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_documentation_needs_no_other_host(http: httpx.Client, path: str) -> None:
    page = http.get(path).raise_for_status().text
    assert not re.search(r"(?:https?:)?//(?!127\.0\.0\.1)[\w.-]+\.\w+", page)
    loaded = re.findall(r"""(?:src|href)=["']([^"']+\.(?:js|css|png|ico))["']""", page)
    assert loaded
    for address in loaded:
        assert http.get(address).status_code == 200, address


def test_openapi_lists_the_guides_endpoints(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").raise_for_status().json()["paths"]
    expected = {
        "/health": {"get"},
        "/ready": {"get"},
        "/metrics": {"get"},
        "/api/v1/sessions": {"post"},
        "/api/v1/sessions/{session_id}": {"get", "delete"},
        "/api/v1/chat": {"post"},
        "/api/v1/rag/query": {"post"},
    }
    assert {path: set(paths[path]) & methods for path, methods in expected.items()} == expected
    chat_body = paths["/api/v1/chat"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(chat_body["properties"]) >= {"message", "session_id", "message_id"}


def test_create_and_read_a_session(http: httpx.Client) -> None:
    created = http.post("/api/v1/sessions", headers={"Content-Type": "application/json"}).raise_for_status().json()
    assert set(created) == {"session_id", "created_at", "greeting_message"}
    uuid.UUID(created["session_id"])
    datetime.fromisoformat(created["created_at"])
    assert created["greeting_message"].startswith("Hello! I'm your AI Loan Sales Assistant from ")
    details = http.get(f"/api/v1/sessions/{created['session_id']}").raise_for_status().json()
    check_loan_application(details["loan_application"])
    assert details["session_id"] == created["session_id"]
    assert details["message_count"] == 1
    assert details["awaiting"] == ["desired_amount", "applicant_name", "loan_term_months", "purpose"]
    empty = {name: None for name in GUIDE_FIELDS if name not in NEVER_NULL}
    start = {"kyc_verified": False, "credit_eligibility": "pending", "sanction_letter_generated": False}
    assert details["loan_application"].items() >= (empty | start | {"status": "initiated"}).items()


def test_the_first_message(http: httpx.Client) -> None:
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    body = {"message": "I need a loan of 3 lakh rupees", "session_id": session_id}
    answer = http.post("/api/v1/chat", json=body).raise_for_status().json()
    assert set(answer) >= {"session_id", "message", "loan_application", "timestamp", "awaiting"}
    assert answer["session_id"] == session_id
    assert (
        answer["message"]
        == "Great! I can help you with a ₹3,00,000 loan. May I know your name, as it is on your PAN card?"
    )
    check_loan_application(answer["loan_application"])
    assert answer["loan_application"]["desired_amount"] == 300_000
    assert answer["loan_application"]["status"] == "initiated"
    assert answer["awaiting"] == ["applicant_name", "loan_term_months", "purpose"]
    datetime.fromisoformat(answer["timestamp"])


def test_the_fields_of_a_whole_loan(service: Service) -> None:
    """All twelve fields keep their types in every answer and are all filled at the end."""
    with Conversation(service) as conversation:
        converse(conversation, "C01")
        for answer in conversation.answers:
            check_loan_application(answer["loan_application"])
        assert all(conversation.last["loan_application"][name] is not None for name in GUIDE_FIELDS)
        assert conversation.last["loan_application"]["purpose"] == "Wedding"


def test_delete_a_session(http: httpx.Client) -> None:
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    assert http.delete(f"/api/v1/sessions/{session_id}").status_code == 200
    assert http.get(f"/api/v1/sessions/{session_id}").status_code == 404
    assert http.delete(f"/api/v1/sessions/{session_id}").status_code == 404


def test_rag_query(http: httpx.Client) -> None:
    query = "What are the eligibility criteria for personal loans?"
    answer = http.post("/api/v1/rag/query", json={"query": query, "top_k": 3}).raise_for_status().json()
    assert set(answer) == {"query", "results", "sources"}
    assert answer["query"] == query
    assert len(answer["results"]) == len(answer["sources"]) == 3
    assert all(isinstance(text, str) and text for text in answer["results"] + answer["sources"])
    assert any("Eligibility" in source for source in answer["sources"])


@pytest.mark.parametrize("top_k", [1, 20])
def test_rag_query_gives_as_many_as_asked(http: httpx.Client, top_k: int) -> None:
    answer = http.post("/api/v1/rag/query", json={"query": "interest rate", "top_k": top_k}).raise_for_status().json()
    assert len(answer["results"]) == len(answer["sources"]) == top_k


@pytest.mark.parametrize("top_k", [0, 21, -1, 2.5, "3", True, None])
def test_rag_query_refuses_other_counts(http: httpx.Client, top_k: object) -> None:
    answer = http.post("/api/v1/rag/query", json={"query": "interest rate", "top_k": top_k})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "top_k"


def test_the_python_socket_example(service: Service, http: httpx.Client, tmp_path: Path) -> None:
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    script = tmp_path / "chat.py"
    script.write_text(with_address(SOCKET_EXAMPLE, service, session_id), encoding="utf-8")
    done = run_command([sys.executable, script], clean_environment(tmp_path) | {"PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("Type: message, Content: ") for line in lines) >= 2
    assert lines[-1].startswith("Loan Application: {") and "'desired_amount': 300000" in lines[-1]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_curl_sequence(service: Service) -> None:
    script = with_address(CURL_EXAMPLE, service).replace("curl ", "curl -sS ")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30, check=True)
    session_id = re.search(r"Session ID: (\S+)", done.stdout)
    assert session_id
    session = service.client().get(f"/api/v1/sessions/{session_id.group(1)}").json()
    assert session["loan_application"]["desired_amount"] == 300_000
    assert session["loan_application"]["applicant_name"] == "John Doe"
    assert session["message_count"] == 5


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize(
    "line",
    [
        "curl http://localhost:8000/health",
        "curl http://localhost:8000/ready",
        "curl http://localhost:8000/metrics",
        'curl -X POST http://localhost:8000/api/v1/sessions -H "Content-Type: application/json"',
        "curl http://localhost:8000/api/v1/sessions/550e8400-e29b-41d4-a716-446655440000",
        "curl -X POST http://localhost:8000/api/v1/chat -H 'Content-Type: application/json' -d '"
        '{\n    "message": "I need a loan of 3 lakh rupees",\n'
        '    "session_id": "550e8400-e29b-41d4-a716-446655440000"\n  }\'',
        "curl -X POST http://localhost:8000/api/v1/rag/query -H 'Content-Type: application/json' -d '"
        '{"query": "What are the eligibility criteria for personal loans?", "top_k": 3}\'',
        "curl -X DELETE http://localhost:8000/api/v1/sessions/550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_each_curl_line(service: Service, http: httpx.Client, line: str) -> None:
    session_id = http.post("/api/v1/sessions").json()["session_id"]
    command = [*shlex.split(with_address(line, service, session_id)), "-sS", "--fail"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("{")
