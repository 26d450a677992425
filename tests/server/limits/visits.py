"""Callers of a running service, each from an address of their own, and what they look at."""

import contextlib
import itertools
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from server.limits.figures import Figures
from tests.contract.test_problems import check_problem
from tests.server.limits.parts import Bench
from tests.service import Service


@contextlib.contextmanager
def figures_of(service: Service, figures: Figures) -> Iterator[Bench]:
    """The service with other figures and the test's clock."""
    assert service.house is not None
    bench, before = Bench(), service.house.limits
    service.house.limits = bench.limits(figures=figures, proxies=("127.0.0.1",))
    try:
        yield bench
    finally:
        service.house.limits = before


_numbers = itertools.count(1)


class Caller:
    """Somebody at an address of their own, with a session once they have started one."""

    def __init__(self, service: Service, address: str | None = None) -> None:
        number = next(_numbers)
        self.address = address or f"203.0.{number // 250}.{number % 250 + 1}"
        self.service = service
        self.http = service.client()
        self.http.headers["X-Forwarded-For"] = self.address
        self.session_id = ""

    def start(self) -> "Caller":
        answer = self.http.post("/api/v1/sessions").raise_for_status()
        self.session_id = answer.json()["session_id"]
        self.http.headers["X-Session-Token"] = answer.headers["X-Session-Token"]
        self.http.cookies.clear()
        return self

    def say(self, text: str = "Hi", message_id: str | None = None, path: str = "/api/v1/chat") -> httpx.Response:
        body = {"message": text, "session_id": self.session_id} | ({"message_id": message_id} if message_id else {})
        return self.http.post(path, json=body)

    def connect(self) -> ClientConnection:
        headers = {name: self.http.headers[name] for name in ("X-Session-Token", "X-Forwarded-For")}
        url = self.service.socket_url(self.session_id)
        return connect(url, additional_headers=headers, compression=None, proxy=None)

    def said(self) -> int:
        """Messages in the transcript, with their answers and the greeting."""
        transcript: list[Any] = self.http.get(f"/api/v1/sessions/{self.session_id}/messages").json()["messages"]
        return len(transcript)

    def turns(self) -> int:
        """Rows of the session in the turn journal."""
        return rows(self.service, "SELECT count(*) FROM turns WHERE session_id = ?", self.session_id)


def rows(service: Service, query: str, *values: str) -> int:
    with contextlib.closing(sqlite3.connect(service.data_dir / "esoteric.db")) as database:
        return int(database.execute(query, values).fetchone()[0])


def check_too_many(answer: httpx.Response, most_seconds: int) -> None:
    problem = check_problem(answer, 429)
    assert problem["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= most_seconds + 1


def next_error(line: ClientConnection) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(line.recv(timeout=30))
        if frame["type"] == "error":
            return frame


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
