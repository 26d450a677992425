"""Every hostile file through the door: turned away or left to a person, no child left, nobody kept waiting by it."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.contract.test_problems import check_problem
from tests.driver import Conversation, slip_of
from tests.hostile_corpus import Maker, files, letters_pdf
from tests.hostile_files import busy_pdf
from tests.service import Service
from tools.documents.child import WALL_SECONDS
from tools.documents.reader import AT_ONCE, MOST_WAITING

FILES = files()
MOST_SECONDS = WALL_SECONDS + 20  # for the request around the reading, on a busy machine


@dataclass
class Uploaded:
    """An upload under way on a thread of its own."""

    conversation: Conversation
    data: bytes
    answer: httpx.Response | None = None
    seconds: float = 0.0
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._send)
        self.thread.start()

    def _send(self) -> None:
        started = time.perf_counter()
        self.answer = self.conversation.upload(self.data)
        self.seconds = time.perf_counter() - started

    def result(self) -> httpx.Response:
        self.thread.join()
        assert self.answer is not None
        return self.answer


@pytest.fixture(scope="module")
def timings() -> Iterator[list[tuple[float, str]]]:
    found: list[tuple[float, str]] = []
    yield found
    slowest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(found, reverse=True)[:5])
    print(f"\n{len(found)} hostile files; slowest: {slowest}")


@pytest.fixture(autouse=True)
def no_place_for_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever wanted to write one would fail, also one that has no name."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))


def children() -> list[str]:
    """The readers that this process has running."""
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    ours = (line.split(maxsplit=1) for line in listed.splitlines())
    return [line[1] for line in ours if line[0] == str(os.getpid()) and "tools.documents" in line[-1]]


def kept_files(service: Service) -> set[Path]:
    return {path for path in service.data_dir.rglob("*") if path.is_file() and "chroma" not in path.parts}


@pytest.mark.parametrize(("name", "make", "status"), FILES, ids=[name for name, _, _ in FILES])
def test_a_hostile_file(
    service: Service, name: str, make: Maker, status: int | None, timings: list[tuple[float, str]]
) -> None:
    with Conversation(service) as conversation:
        before = conversation.session()
        files_before = kept_files(service)
        upload = Uploaded(conversation, make())
        assert service.client().get("/health").status_code == 200
        answer = upload.result()
        timings.append((upload.seconds, name))
        assert answer.status_code in ({status} if status else {201, 422})
        if answer.status_code != 201:
            check_problem(answer, answer.status_code)
            assert conversation.session() == before
        else:
            assert conversation.session()["loan_application"]["status"] != "sanctioned"
        assert upload.seconds < MOST_SECONDS
        assert children() == []
        assert kept_files(service) == files_before


def test_others_are_served_while_a_reader_is_busy(service: Service) -> None:
    """Not measured by the clock: the others are done before the busy reader is."""
    with Conversation(service) as conversation, Conversation(service) as other:
        upload = Uploaded(conversation, busy_pdf())
        for _ in range(3):
            assert other.say("How much does a loan cost?")["message"]
        assert upload.thread.is_alive()
        upload.result()


def test_a_crowd_of_slow_files_is_turned_away_and_the_next_is_served(service: Service) -> None:
    """At most two are read at once; those that may not even wait hear when to come again."""
    data, crowd = letters_pdf(20_000), AT_ONCE + MOST_WAITING + 4
    conversations = [Conversation(service) for _ in range(crowd)]
    uploads = [Uploaded(conversation, data) for conversation in conversations]
    most = 0
    while any(upload.thread.is_alive() for upload in uploads):
        most = max(most, len(children()))
    answers = [upload.result() for upload in uploads]
    assert 0 < most <= AT_ONCE
    assert {answer.status_code for answer in answers} == {201, 503}
    for answer in answers:
        if answer.status_code == 503:
            check_problem(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
    assert children() == []
    assert conversations[0].upload(slip_of("C02")).status_code == 201
