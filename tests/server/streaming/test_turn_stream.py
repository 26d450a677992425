"""A turn as Server-Sent Events: one head, frames in as few writes as may be, comments in silence."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.types import Message

from server.store.acts import ActsWriter
from server.store.database import Database, StorageUnavailable
from server.store.event_records import EventRecords, EventsGone, Told
from server.store.sessions import Sessions, UnknownSession
from server.store.turn_rows import TurnRow
from server.store.vault import Damaged
from server.streaming import turn_stream
from server.streaming.events import EventLog
from server.streaming.hub import Hub
from server.streaming.turn_stream import TurnStream
from server.turns.lanes import Lanes, Turn, TurnLeft
from tests.keys import SECRET, vault

PATIENCE = 20.0


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await database.migrate()
    yield Hub(Lanes(), Sessions(database, ActsWriter(database, [SECRET])), EventRecords(database))
    await database.close()


def a_turn() -> Turn:
    loop = asyncio.get_running_loop()
    row = TurnRow("turn", "session", "message", "hash", "sse", "accepted", None, None)
    running: asyncio.Task[Any] = loop.create_task(asyncio.sleep(0))
    return Turn(row, EventLog(0), 0, loop.create_future(), running)


class Client:
    """Takes what is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.pinged = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if message.get("body") == b": ping\r\n\r\n":
            self.pinged.set()

    async def receive(self) -> Message:
        raise AssertionError("nobody watches the reader")


async def test_the_head_travels_with_the_first_frames_and_what_waits_together_leaves_together(hub: Hub) -> None:
    turn, client = a_turn(), Client()
    turn.log.append("turn", "message", "Hello")
    turn.log.append("another turn", "message", "not ours")
    turn.log.append("turn", "end", "Hello", message_id="message")
    await TurnStream(turn, hub)({"type": "http"}, client.receive, client.send)
    head, frames, last = client.sent
    assert (head["status"], dict(head["headers"])[b"x-session-id"]) == (200, b"session")
    assert dict(head["headers"])[b"cache-control"] == b"no-store"
    assert frames["body"].count(b"event: ") == 2
    assert b"not ours" not in frames["body"]
    assert (last["body"], last["more_body"]) == (b"", False)


async def test_silence_is_filled_with_comments(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_stream, "PING_SECONDS", 0.01)
    turn, client = a_turn(), Client()
    streaming = asyncio.create_task(TurnStream(turn, hub)({"type": "http"}, client.receive, client.send))
    await asyncio.wait_for(client.pinged.wait(), PATIENCE)
    turn.log.append("turn", "error", "sorry", code="turn_failed", final=True)
    await asyncio.wait_for(streaming, PATIENCE)
    assert b"event: error" in client.sent[-2]["body"]


async def test_a_stream_is_told_to_come_back_when_the_service_closes_before_its_turn_is_over(hub: Hub) -> None:
    turn, client = a_turn(), Client()
    turn.log = hub.lanes.enter("session").log
    turn.log.append("turn", "message", "Hello")
    streaming = asyncio.create_task(TurnStream(turn, hub)({"type": "http"}, client.receive, client.send))
    hub.leave()
    await asyncio.sleep(0.05)
    assert not streaming.done(), "the turn is under way"
    await hub.close()
    await asyncio.wait_for(streaming, PATIENCE)
    assert b"server_draining" in client.sent[-2]["body"] and b'"retry_after":2' in client.sent[-2]["body"]
    assert hub.readers == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [(TurnLeft(), "turn_not_finished"), (UnknownSession(), "unknown_session"), (Damaged(), "conversation_unreadable")],
)
async def test_a_turn_that_ends_without_a_word_is_told(hub: Hub, error: Exception, code: str) -> None:
    """It was left for later, its session was erased, or cannot be read."""
    turn, client = a_turn(), Client()
    streaming = asyncio.create_task(TurnStream(turn, hub)({"type": "http"}, client.receive, client.send))
    await asyncio.sleep(0)
    turn.answer.set_exception(error)
    await asyncio.wait_for(streaming, PATIENCE)
    assert f'"code":"{code}"'.encode() in client.sent[-2]["body"]


class Shut(EventRecords):
    """Where nothing can be read now."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def above(self, session_id: str, after: int) -> Told:  # noqa: ARG002  as it is called
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageUnavailable(), "storage_unavailable"),
        (UnknownSession(), "unknown_session"),
        (Damaged(), "conversation_unreadable"),
        (EventsGone(), "turn_not_finished"),
    ],
)
async def test_a_reader_of_what_was_done_elsewhere_is_told_why_it_cannot_be_read(
    hub: Hub, error: Exception, code: str
) -> None:
    hub.records = Shut(error)
    turn, client = a_turn(), Client()
    turn.log = hub.lanes.enter("session").log
    turn.log.append("turn", "message", "Hello")
    streaming = asyncio.create_task(TurnStream(turn, hub)({"type": "http"}, client.receive, client.send))
    await asyncio.sleep(0.05)
    turn.log.skip_to(7)
    await asyncio.wait_for(streaming, PATIENCE)
    assert f'"code":"{code}"'.encode() in client.sent[-2]["body"] and client.sent[-1]["more_body"] is False
    assert hub.readers == 0
