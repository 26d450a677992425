"""A LangSmith of our own that keeps datasets and takes experiments, as its client calls for them."""

import contextlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.answering import Asked, Told, answering
from tests.langsmith_sink import INFO, Sink

WHEN = "2026-12-01T00:00:00+00:00"
Json = dict[str, Any]


@dataclass
class Experiments:
    """What it keeps: datasets by name, examples by id, experiments as they came, and every byte in `sink`.

    `refuses` is the status that everything is answered with, 0 for none.
    """

    sink: Sink
    datasets: dict[str, Json] = field(default_factory=dict)
    examples: dict[str, Json] = field(default_factory=dict)
    experiments: list[Json] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    refuses: int = 0
    _tenant: str = field(default_factory=lambda: str(uuid.uuid4()))

    def answer(self, asked: Asked) -> Told:
        self.sink.received.append((asked.head, asked.body))
        if self.refuses:
            return Told(self.refuses, "application/json", b'{"detail": "Invalid token"}')
        parts = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        is_json = "multipart" not in asked.headers.get("Content-Type", "")
        body = json.loads(asked.body) if asked.body and is_json else {}
        found = self._found(asked.method, parts.path, query, body)
        return Told(200, "application/json", json.dumps(found).encode())

    def _found(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        match method, path.strip("/").split("/"):
            case "GET", ["info"]:
                return INFO
            case "GET", ["datasets"]:
                return [self.datasets[query["name"]]] if query["name"] in self.datasets else []
            case "POST", ["datasets"]:
                made = {"id": str(uuid.uuid4()), "name": body["name"], "created_at": WHEN, "data_type": "kv"}
                return self.datasets.setdefault(body["name"], made)
            case "GET", ["examples"]:
                of = [example for example in self.examples.values() if example["dataset_id"] == query["dataset"]]
                return of[int(query["offset"]) : int(query["offset"]) + int(query["limit"])]
            case "POST", ["examples", "bulk"]:
                for example in body:
                    self.examples[example["id"]] = {"created_at": WHEN, **example}
                return body
            case "PATCH", ["examples", example_id]:
                self.changes.append(example_id)
                self.examples[example_id] |= body
                return {}
            case "POST", ["sessions"]:
                self.experiments.append(body)
                return self._shown(body)
            case "GET", ["sessions"]:
                return [self._shown(made) for made in self.experiments if made["name"] == query.get("name")]
            case "PATCH", ["sessions", experiment_id]:
                (made,) = (one for one in self.experiments if one["id"] == experiment_id)
                return self._shown(made | body)
        return {}

    @property
    def scores(self) -> dict[tuple[str, str], float]:
        """By the run they are about, and the evaluator."""
        parts = [part for part in self.sink.runs.values() if "score" in part]
        return {(part["run_id"], part["key"]): part["score"] for part in parts}

    @property
    def tried(self) -> dict[str, Json]:
        """The runs of cases, by id."""
        return {run_id: run for run_id, run in self.sink.runs.items() if "reference_example_id" in run}

    def _shown(self, made: Json) -> Json:
        return {"start_time": WHEN, "tenant_id": self._tenant, **made}


@contextlib.contextmanager
def langsmith_experiments() -> Iterator[Experiments]:
    received: list[tuple[str, bytes]] = []
    kept = Experiments(Sink("", received))
    with answering(kept.answer) as url:
        kept.sink.url = url
        yield kept
