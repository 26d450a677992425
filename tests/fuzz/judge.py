"""The rule for whatever comes back (A1): no failure of ours, one shape of error, nothing repeated, no turn begun."""

import json
import sqlite3
import threading
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

from tests.fuzz.bodies import CANARY
from tests.fuzz.wire import Answer

PROBLEM = "application/problem+json"
# The server's own words for bytes that are no HTTP, before there is a request to speak of.
NO_HTTP = {400, 408, 413, 414, 431}
NOT_AVAILABLE = 503


def faults(answer: Answer, *, framing: bool = False, timeless: bool = True, slowest: float = 2.0) -> list[str]:
    """What is wrong with an answer; empty where nothing is."""
    found = []
    if answer.status == -1:
        found.append("no answer ever")
    if answer.status >= 500 and answer.status != NOT_AVAILABLE:
        found.append(f"status {answer.status}")
    if not timeless and answer.seconds > slowest:
        found.append(f"took {answer.seconds:.1f} s")
    if answer.status >= 300:
        found += _shape(answer, framing=framing)
        said = answer.body.decode("utf-8", "replace") + "".join(
            f"{name}: {text}\n" for name, text in answer.headers.items()
        )
        if CANARY.lower() in unquote(said).lower():
            found.append("repeats what was sent")
    return found


def _shape(answer: Answer, *, framing: bool) -> list[str]:
    if not answer.body or answer.status == 304:
        return []  # an answer to HEAD, or one without a body
    media = answer.headers.get("content-type", "")
    if media != PROBLEM:
        early = answer.status in NO_HTTP and media.startswith("text/plain") and len(answer.body) < 200
        return [] if framing and early else [f"status {answer.status} as {media!r}"]
    try:
        problem = json.loads(answer.body)
        UUID(problem["request_id"])
        if problem["status"] != answer.status or not {"type", "title", "detail", "code"} <= problem.keys():
            return ["a problem document that lacks something"]
    except (ValueError, KeyError, TypeError):
        return ["no problem document"]
    return []


@dataclass
class Tally:
    """What was tried and what it cost, by kind."""

    tried: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, name: str, answer: Answer, wrong: list[str]) -> None:
        with self._lock:
            self.tried[kind] += 1
            self.statuses[answer.status] += 1
            if answer.seconds > self.slowest.get(kind, (0.0, ""))[0]:
                self.slowest[kind] = (answer.seconds, name)
            self.wrong += [f"{kind} | {name} | {fault}" for fault in wrong]

    def lines(self) -> list[str]:
        lines = [
            f"{kind:10} {count:7} tried, slowest {1000 * self.slowest[kind][0]:8.1f} ms: {self.slowest[kind][1]}"
            for kind, count in sorted(self.tried.items())
        ]
        failed = sum(count for status, count in self.statuses.items() if status >= 500 and status != NOT_AVAILABLE)
        lines.append(f"statuses {dict(sorted(self.statuses.items()))}; 5xx other than 503: {failed}")
        return lines


def turns_in(data_dir: Path) -> int:
    """Turns in the journal."""
    with closing(sqlite3.connect(f"file:{data_dir / 'esoteric.db'}?mode=ro", uri=True)) as journal:
        count: int = journal.execute("SELECT count(*) FROM turns").fetchone()[0]
        return count


def memory_of(pid: int) -> int:
    """Resident bytes of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024
