"""Chroma that is damaged, gone, locked or away: questions are answered by words, and no turn is lost for it."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx

from tests.answering import refusing, silent
from tests.driver import Conversation, converse
from tests.faults.matrix import SQLITE, cases
from tests.faults.outside import check_answered, check_kept, hear
from tests.faults.stage import Stage
from tests.kb.test_store_faults import garble, remove, remove_vectors, replace, truncate

QUESTION, ANSWER = "What is the processing fee?", "2%"
DAMAGE: dict[str, Callable[[Path], None]] = {
    "a page overwritten": garble,
    "cut short": truncate,
    "another file in its place": replace,
    "vectors removed": remove_vectors,
    "removed": remove,
}


def check_in_use(stage: Stage, talk: Conversation) -> None:
    """Questions and a whole loan, over what is left."""
    heard = [hear(talk, QUESTION) for _ in range(3)]
    for told in heard:
        assert ANSWER in check_answered(told)["content"]
    rag = talk.http.post("/api/v1/rag/query", json={"query": QUESTION})
    assert rag.status_code == 200 and ANSWER in rag.text
    converse(talk, "C01")
    assert talk.session()["loan_application"]["status"] == "sanctioned"
    heard.append(hear(talk, QUESTION))
    assert ANSWER in check_answered(heard[-1])["content"]
    check_kept(stage, talk, heard[-1:])


def state_of_knowledge(talk: Conversation) -> str:
    ready: httpx.Response = talk.http.get("/ready")
    assert ready.status_code == 200, ready.text
    return str(ready.json()["checks"]["knowledge_base"])


@cases(row="Chroma is damaged while it is used", injections=DAMAGE, backends=SQLITE, fast=["a page overwritten"])
def damaged_in_use(stage: Stage, damage: Callable[[Path], None]) -> None:
    with Conversation(stage.thread()) as talk:
        assert ANSWER in check_answered(hear(talk, QUESTION))["content"]
        damage(stage.folder / "chroma")
        check_in_use(stage, talk)
        assert state_of_knowledge(talk) in {"ready", "degraded"}


@cases(row="Chroma is damaged before the start", injections=DAMAGE, backends=SQLITE)
def damaged_before(stage: Stage, damage: Callable[[Path], None]) -> None:
    """What is in it comes from the clauses, so it is made anew."""
    damage(stage.folder / "chroma")
    with Conversation(stage.thread()) as talk:
        check_in_use(stage, talk)
        assert state_of_knowledge(talk) == "ready"


def locked(stage: Stage, talk: Conversation) -> None:
    with closing(sqlite3.connect(stage.folder / "chroma" / "chroma.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        check_in_use(stage, talk)


def gone_and_back(stage: Stage, talk: Conversation) -> None:
    chroma = stage.folder / "chroma"
    chroma.rename(stage.folder / "elsewhere")
    hear(talk, QUESTION)
    (stage.folder / "elsewhere").rename(chroma)
    check_in_use(stage, talk)


@cases(
    row="Chroma is locked or gone",
    injections={"locked by another process": locked, "gone and back": gone_and_back},
    backends=SQLITE,
)
def locked_or_gone(stage: Stage, harm: Callable[[Stage, Conversation], None]) -> None:
    with Conversation(stage.thread()) as talk:
        assert ANSWER in check_answered(hear(talk, QUESTION))["content"]
        harm(stage, talk)


@cases(row="a Chroma server is away", injections={"refuses": refusing, "is silent": silent}, backends=SQLITE)
def server_away(stage: Stage, server: Callable[[], "Callable[[], str]"]) -> None:
    with server() as url:  # type: ignore[attr-defined]
        started = time.monotonic()
        with Conversation(stage.thread(chroma_url=url)) as talk:
            assert time.monotonic() - started < 60
            check_in_use(stage, talk)
            assert state_of_knowledge(talk) == "degraded"
