"""Rows that were changed, moved or stripped of their seal: an honest error for their session; others go on."""

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.store.checkpoints import strict_serializer
from server.turns.lanes import UNREADABLE
from tests.contract.test_problems import check_problem
from tests.driver import Conversation
from tests.service import Service, service_in_thread

FORGED = "Forged Okapi"
# Rows of `theirs` are given to `mine`, or what is `mine` is put in plainly.
MOVED = {
    "view": "UPDATE sessions SET view = (SELECT view FROM sessions WHERE session_id = :theirs)",
    "key": "UPDATE session_keys SET wrapped = (SELECT wrapped FROM session_keys WHERE session_id = :theirs)",
    "plain view": """UPDATE sessions SET view = CAST('{"loan_application": {}, "awaiting": []}' AS BLOB)""",
    "empty view": "UPDATE sessions SET view = x''",
}


def changed(data_dir: Path, statement: str, **values: Any) -> int:
    with contextlib.closing(sqlite3.connect(data_dir / "esoteric.db", timeout=10)) as database:
        count = database.execute(statement, values).rowcount
        database.commit()
        return count


def two_conversations(service: Service) -> tuple[Conversation, Conversation]:
    both = Conversation(service), Conversation(service)
    for number, conversation in enumerate(both, 2):
        conversation.say(f"I need {number} lakh")
    return both


@pytest.fixture
def restarted(data_dir: Path) -> Iterator[Callable[[], Service]]:
    """A service on the same data, which remembers nothing; started by the test."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(service_in_thread(data_dir))


@pytest.mark.parametrize("which", MOVED)
def test_a_session_that_cannot_be_read(
    data_dir: Path, restarted: Callable[[], Service], which: str, caplog: pytest.LogCaptureFixture
) -> None:
    with service_in_thread(data_dir) as service:
        mine, theirs = (conversation.session_id for conversation in two_conversations(service))
    assert changed(data_dir, f"{MOVED[which]} WHERE session_id = :mine", mine=mine, theirs=theirs) == 1
    service = restarted()
    with caplog.at_level(logging.ERROR), Conversation(service, session_id=mine) as broken:
        body = {"message": FORGED, "session_id": mine}
        for answer in (
            broken.http.get(f"/api/v1/sessions/{mine}"),
            broken.http.post("/api/v1/chat", json=body),
            broken.http.post("/api/v1/chat/stream", json=body),
        ):
            check_problem(answer, 500)
            assert (answer.json()["code"], answer.json()["detail"]) == ("conversation_unreadable", UNREADABLE)
        # Erasing needs no reading.
        assert broken.http.delete(f"/api/v1/sessions/{mine}").status_code == 200
    own = [record.message for record in caplog.records if record.name.startswith("esoteric")]
    assert set(own) == {"storage.damaged"}
    assert FORGED not in caplog.text
    with Conversation(service, session_id=theirs) as other:
        assert other.say("24 months")["loan_application"]["loan_term_months"] == 24


@pytest.mark.parametrize("how", ["moved", "stripped", "plain", "gone"])
def test_a_state_that_cannot_be_read(data_dir: Path, restarted: Callable[[], Service], how: str) -> None:
    with service_in_thread(data_dir) as service:
        mine, theirs = (conversation.session_id for conversation in two_conversations(service))
    statements = {
        "moved": "UPDATE checkpoints SET (type, checkpoint) = "
        "(SELECT type, checkpoint FROM checkpoints WHERE thread_id = :theirs)",
        "stripped": "UPDATE checkpoints SET type = replace(type, '+session1', '')",
        "plain": "UPDATE checkpoints SET type = :kind, checkpoint = :blob",
        "gone": "DELETE FROM checkpoints",
    }
    kind, blob = strict_serializer().dumps_typed({"channel_values": {"application": {"name": FORGED}}})
    values = {"mine": mine, "theirs": theirs, "kind": kind, "blob": blob}
    assert changed(data_dir, f"{statements[how]} WHERE thread_id = :mine", **values) == 1
    service = restarted()
    with Conversation(service, session_id=mine) as broken:
        answer = broken.http.post("/api/v1/chat", json={"message": "24 months", "session_id": mine})
        check_problem(answer, 500)
        assert answer.json()["code"] == "conversation_unreadable"
        assert [entry["role"] for entry in broken.transcript()] == ["assistant", "user", "assistant"]
    with Conversation(service, "sse", session_id=mine) as broken, pytest.raises(AssertionError):
        broken.say("24 months")
    with Conversation(service, session_id=theirs) as other:
        assert other.say("24 months")["loan_application"]["desired_amount"] == 300_000


def test_an_unfinished_turn_that_cannot_be_read_stops_no_start(
    data_dir: Path, restarted: Callable[[], Service]
) -> None:
    with service_in_thread(data_dir) as service:
        mine, theirs = (conversation.session_id for conversation in two_conversations(service))
    reopened = "UPDATE turns SET status = 'accepted', body = x'00', reply = NULL WHERE session_id = :mine"
    assert changed(data_dir, reopened, mine=mine) == 1
    changed(data_dir, "UPDATE sessions SET accepted_seq = accepted_seq + 1 WHERE session_id = :mine", mine=mine)
    service = restarted()
    assert httpx.get(f"{service.base_url}/ready", trust_env=False).status_code == 200
    with Conversation(service, session_id=theirs) as other:
        assert other.say("24 months")["loan_application"]["loan_term_months"] == 24
