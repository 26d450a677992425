"""A LangSmith of our own on loopback: takes runs as the real one does and keeps every byte that reached it."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from email.parser import BytesParser
from typing import Any

from tests.answering import Asked, Received, Told, answering

INFO = {
    "version": "0.15.0",
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "size_limit": 100,
        "size_limit_bytes": 20_971_520,
        "scale_up_qsize_trigger": 1000,
        "scale_up_nthreads_limit": 16,
        "scale_down_nempty_trigger": 4,
    },
}


PROJECT = {
    "id": "7d1c2f5e-2c1f-4f53-9b0f-1f6f0f1d2a3b",
    "tenant_id": "0b9c6a1e-8a51-4d0e-8d5f-5d0b8f0c9e21",
    "start_time": "2026-12-01T00:00:00+00:00",
    "reference_dataset_id": None,
}


class Sink(Received):
    """What arrived. `runs` by id: the run's fields, its `inputs`, `outputs` and `error` joined from their parts."""

    @property
    def feedback(self) -> dict[str, dict[str, Any]]:
        """As it stands, by its id."""
        kept: dict[str, dict[str, Any]] = {}
        for head, body in list(self.received):
            method, path, *_ = head.split()
            if method == "POST" and path == "/feedback":
                content = json.loads(body)
                kept.setdefault(content["id"], content)
            elif method == "PATCH" and path.startswith("/feedback/"):
                kept[path.removeprefix("/feedback/")] |= json.loads(body)
        return kept

    @property
    def runs(self) -> dict[str, dict[str, Any]]:
        runs: dict[str, dict[str, Any]] = {}
        for head, body in list(self.received):
            if "multipart/form-data" not in head:
                continue
            kind = next(line for line in head.splitlines() if line.lower().startswith("content-type:"))
            message = BytesParser().parsebytes(kind.encode() + b"\r\n\r\n" + body)
            parts: Any = message.get_payload()
            for part in parts:
                _, run_id, *field = str(part.get_param("name", header="content-disposition")).split(".", 2)
                content = json.loads(part.get_payload(decode=True))
                run = runs.setdefault(run_id, {})
                if field:
                    run[field[0]] = content
                else:
                    run.update({name: value for name, value in content.items() if value is not None})
        return runs

    def wait_for_roots(self, number: int, seconds: float = 10) -> list[dict[str, Any]]:
        """The root runs that have ended, once there are so many of them."""
        deadline = time.monotonic() + seconds
        while True:
            roots = [run for run in self.runs.values() if "parent_run_id" not in run and "outputs" in run]
            if len(roots) >= number or time.monotonic() > deadline:
                return roots
            time.sleep(0.05)


@contextlib.contextmanager
def langsmith_sink(hold_posts: threading.Event | None = None) -> Iterator[Sink]:
    """With `hold_posts` runs are taken and not answered before it is set."""

    def answer(asked: Asked) -> Told:
        if asked.method == "POST" and hold_posts is not None:
            hold_posts.wait()
        received.append((asked.head, asked.body))
        status, document = told_of(asked)
        return Told(status, "application/json", json.dumps(document).encode())

    def told_of(asked: Asked) -> tuple[int, Any]:
        if asked.target.startswith("/sessions?"):
            return 200, [PROJECT]
        if asked.target == "/feedback":
            feedback_id = json.loads(asked.body)["id"]
            status = 409 if feedback_id in thumbs else 200
            thumbs.add(feedback_id)
            return status, {}
        return (200, INFO) if asked.method == "GET" else (202, {})

    received: list[tuple[str, bytes]] = []
    thumbs: set[str] = set()
    with answering(answer) as url:
        yield Sink(url, received)
