"""The hedge fund guy's guide as a user follows it: its curl lines and its Python client, word for word."""

import re
import shutil
import subprocess
import sys
import uuid
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.contract.hedge_fund_guy.talking import NOTHING_COLLECTED, opened, received, said
from tests.driver import Json
from tests.service import Service, clean_environment, run_command

# The guide's Python client, as it stands there.
SOCKET_EXAMPLE = """
import asyncio
import websockets
import json

async def test_websocket():
    async with websockets.connect('ws://localhost:8000/ws/test-session-id') as websocket:
        # Receive greeting
        greeting = await websocket.recv()
        print(f"Received: {greeting}")
        
        # Send message
        await websocket.send(json.dumps({"message": "Hello!"}))
        
        # Receive response
        response = await websocket.recv()
        print(f"Received: {response}")

asyncio.run(test_websocket())
"""  # noqa: W293  the guide's own blanks

CHAT_LINE = r"""curl -X POST http://localhost:8000/api/chat \
  -H "Content-Type: application/json" \
  -d '{"message": "Hello!", "session_id": "your-session-id"}'
"""


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


def with_address(example: str, service: Service) -> str:
    return example.replace("localhost:8000", f"localhost:{service.port}")


def curl(line: str, service: Service) -> Json:
    """What a line of the guide answers, as a shell runs it."""
    shell = ["bash", "-c", 'curl() { command curl -sS --fail --noproxy "*" "$@"; }; ' + with_address(line, service)]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answer: Json = httpx.Response(200, text=done.stdout).json()
    return answer


def run_client(service: Service, folder: Path) -> list[Json]:
    """The frames that the guide's client printed."""
    script = folder / "client.py"
    script.write_text(with_address(SOCKET_EXAMPLE, service), encoding="utf-8")
    done = run_command([sys.executable, script], clean_environment(folder) | {"PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
    printed = re.findall(r"^Received: (.+)$", done.stdout, re.MULTILINE)
    return [httpx.Response(200, text=frame).json() for frame in printed]


def test_the_python_client(own_service: Service, tmp_path: Path) -> None:
    """It starts its session; run once more it goes on with it."""
    greeting, response = run_client(own_service, tmp_path)
    assert greeting["type"] == "greeting" and greeting["message"]
    assert set(response) == {"type", "message", "data_collected", "is_complete"}
    assert (response["type"], response["data_collected"]) == ("message", NOTHING_COLLECTED)
    assert response["message"] and response["is_complete"] is False
    greeted_again, other = run_client(own_service, tmp_path)
    assert greeted_again["message"] == greeting["message"]
    session = own_service.client().get("/api/sessions/test-session-id").raise_for_status().json()
    told = [(entry["role"], entry["content"]) for entry in session["conversation_history"]]
    assert told == [
        ("assistant", greeting["message"]),
        ("user", "Hello!"),
        ("assistant", response["message"]),
        ("user", "Hello!"),
        ("assistant", other["message"]),
    ]


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_curl_lines(own_service: Service) -> None:
    assert curl("curl http://localhost:8000/health", own_service)["status"] == "healthy"
    created = curl("curl -X POST http://localhost:8000/api/sessions", own_service)
    uuid.UUID(created["session_id"])
    # As it stands it names a session, which there must be: over REST none is started by its name.
    with opened(own_service, "your-session-id") as socket:
        received(socket)
    answer = curl(CHAT_LINE, own_service)
    assert (answer["session_id"], answer["is_complete"]) == ("your-session-id", False)
    answer = curl(CHAT_LINE.replace("your-session-id", created["session_id"]), own_service)
    assert answer["session_id"] == created["session_id"] and answer["response"]


def test_the_endpoints(http: httpx.Client) -> None:
    created = http.post("/api/sessions").raise_for_status().json()
    assert set(created) >= {"session_id", "timestamp", "status"}
    datetime.fromisoformat(created["timestamp"])
    body = {"message": "your message", "session_id": created["session_id"]}
    answer = http.post("/api/chat", json=body).raise_for_status().json()
    assert set(answer) >= {"response", "session_id", "data_collected", "is_complete"}
    details = http.get(f"/api/sessions/{created['session_id']}").raise_for_status().json()
    assert set(details) >= {"session_id", "timestamp", "data", "conversation_history", "status"}
    assert details["data"] == {"name": None, "email": None, "income": None}
    listed = http.get("/api/sessions").raise_for_status().json()
    assert isinstance(listed, list) and listed[0]["session_id"] == created["session_id"]
    assert isinstance(http.get("/api/greeting").raise_for_status().json()["greeting"], str)
    for page in ("/docs", "/redoc"):
        http.get(page).raise_for_status()
    paths = http.get("/openapi.json").raise_for_status().json()["paths"]
    described = {"/api/sessions", "/api/sessions/{session_id}", "/api/chat", "/api/chat/stream", "/api/greeting"}
    assert described <= set(paths)


def test_a_session_that_nobody_started_is_404_over_rest(http: httpx.Client) -> None:
    assert http.get("/api/sessions/test-session-nobody-started").status_code == 404
    body = {"message": "Hello!", "session_id": "test-session-nobody-started"}
    assert http.post("/api/chat", json=body).status_code == 404


def test_the_message_of_the_guide(service: Service) -> None:
    with opened(service, "momentum") as socket:
        assert received(socket)["type"] == "greeting"
        answer = said(socket, "What do you think about momentum trading?")
        assert answer["type"] == "message"
        assert answer["data_collected"] == NOTHING_COLLECTED
