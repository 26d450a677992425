"""What happens to questions when Chroma is missing, broken, garbled, slow or far away."""

import asyncio
import dataclasses
import os
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.corpora import LOAN
from kb.ingest import IngestReport
from kb.search import RETRY_AFTER, KnowledgeBase, open_knowledge_base
from kb.store import ClauseStore, StoreUnavailable, store_faults
from tests.answering import silent

QUESTION = "What is the processing fee?"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def small(tmp_path: Path, clauses_dir: Path, url: str | None = None) -> tuple[KnowledgeBase, Clock]:
    kb, clock = (
        open_knowledge_base(tmp_path / "chroma", dataclasses.replace(LOAN, clauses=clauses_dir), chroma_url=url),
        Clock(),
    )
    kb._clock = clock
    return kb, clock


def garble(directory: Path) -> None:
    database = directory / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:4096] + b"\xaa" * (database.stat().st_size - 4096))


def truncate(directory: Path) -> None:
    os.truncate(directory / "chroma.sqlite3", 5000)


def replace(directory: Path) -> None:
    (directory / "chroma.sqlite3").write_bytes(b"this is no database " * 500)


def remove_vectors(directory: Path) -> None:
    for folder in directory.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)


def remove(directory: Path) -> None:
    shutil.rmtree(directory)


async def answered(kb: KnowledgeBase) -> bool:
    return (await kb.search(QUESTION))[0].id == "fees.processing"


async def settled(kb: KnowledgeBase) -> None:
    """Wait for what search left running."""
    await asyncio.gather(*kb._running, return_exceptions=True)


@pytest.mark.parametrize("harm", [garble, truncate, replace, remove_vectors, remove])
async def test_questions_are_answered_while_the_store_is_harmed(
    tmp_path: Path, clauses_dir: Path, harm: Callable[[Path], None]
) -> None:
    kb, clock = small(tmp_path, clauses_dir)
    await kb.ingest()
    harm(tmp_path / "chroma")
    assert await answered(kb)
    clock.now += RETRY_AFTER + 1
    assert await answered(kb)
    await settled(kb)
    assert await answered(kb)


@pytest.mark.parametrize("harm", [garble, truncate, replace])
async def test_a_damaged_store_is_rebuilt_at_the_next_start(
    tmp_path: Path, clauses_dir: Path, harm: Callable[[Path], None]
) -> None:
    first, _ = small(tmp_path, clauses_dir)
    await first.ingest()
    await first.close()
    harm(tmp_path / "chroma")
    kb, _ = small(tmp_path, clauses_dir)
    assert await kb.ingest() == IngestReport(added=3, changed=0, removed=0, unchanged=0)
    assert await answered(kb)
    assert not kb.degraded
    assert (tmp_path / "chroma.damaged").is_dir()
    await kb.close()


async def test_an_unusable_directory_leaves_word_search(tmp_path: Path, clauses_dir: Path) -> None:
    (tmp_path / "chroma").write_text("a file stands where the directory should be")
    kb, _ = small(tmp_path, clauses_dir)
    with pytest.raises(StoreUnavailable):
        await kb.ingest()
    assert (kb.ready, kb.degraded) == (True, True)
    assert await answered(kb)
    assert (tmp_path / "chroma").is_file()


async def test_a_store_that_comes_back_is_used_again(tmp_path: Path, clauses_dir: Path) -> None:
    (tmp_path / "chroma").write_text("in the way")
    kb, clock = small(tmp_path, clauses_dir)
    with pytest.raises(StoreUnavailable):
        await kb.ingest()
    (tmp_path / "chroma").unlink()

    assert await answered(kb)
    assert not kb._running, "the store was asked again before its time"
    clock.now += RETRY_AFTER + 1
    assert await answered(kb)
    await settled(kb)
    assert not kb.degraded
    assert await answered(kb)
    await kb.close()


async def test_an_unreachable_server_leaves_word_search(tmp_path: Path, clauses_dir: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        kb, _ = small(tmp_path, clauses_dir, f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(StoreUnavailable):
            await kb.ingest()
    assert kb.degraded
    assert await answered(kb)
    assert not (tmp_path / "chroma").exists()


async def test_a_silent_server_leaves_word_search(
    tmp_path: Path, clauses_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma's own client would wait for it without end, and with it the start and the end of the service."""
    monkeypatch.setattr("kb.store.SERVER_SECONDS", 0.2)
    with silent() as url:
        kb, _ = small(tmp_path, clauses_dir, url)
        with pytest.raises(StoreUnavailable):
            await kb.ingest()
        assert (kb.ready, kb.degraded) == (True, True)
        assert await answered(kb)
        await kb.close()


async def test_a_hanging_store_delays_one_question_only(
    tmp_path: Path, clauses_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb, clock = small(tmp_path, clauses_dir)
    await kb.ingest()
    calls, release = [0], threading.Event()

    def hanging(*_: object) -> dict[str, float]:
        calls[0] += 1
        release.wait(10)
        return {}

    monkeypatch.setattr("kb.search.VECTOR_TIMEOUT", 0.05)
    monkeypatch.setattr(ClauseStore, "nearest", hanging)
    assert await answered(kb)
    assert kb.degraded
    clock.now += RETRY_AFTER + 1
    assert await answered(kb)
    assert calls == [1], "a second call was sent after a hanging one"
    release.set()
    await settled(kb)


@pytest.mark.parametrize("error", [ValueError, OSError, MemoryError])
def test_whatever_the_store_raises_is_one_error(error: type[Exception]) -> None:
    with pytest.raises(StoreUnavailable), store_faults():
        raise error


def test_a_rust_panic_is_no_exception_and_is_caught() -> None:
    class PanicException(BaseException):
        pass

    with pytest.raises(StoreUnavailable, match="PanicException"), store_faults():
        raise PanicException


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_stops_a_thread_on_purpose_passes(stop: type[BaseException]) -> None:
    with pytest.raises(stop), store_faults():
        raise stop
