"""A session's road: its turns one at a time and in order, the events they leave, and where the next one starts."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from server.events import Event, EventLog
from server.store.sessions import SessionRow
from server.store.turns import TurnRow

APOLOGY = "Something went wrong on our side. Nothing you told us is lost; please send your message again."


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as it came in: text, an uploaded document that was read, or an act.

    An act is what somebody did elsewhere than in the chat, with its `kind`: a consent changed over the API, an
    officer's decision on a case. It reaches the graph as `additional_kwargs["act"]` of the message.
    """

    text: str
    channel: str
    message_id: str | None = None
    upload: dict[str, Any] | None = None
    act: dict[str, Any] | None = None

    def digest(self) -> str:
        parts: list[Any] = [self.text, self.upload and self.upload["document_id"]]
        if self.act is not None:
            parts.append(self.act)
        content = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


class TurnFailed(Exception):
    """The turn could not be finished; it may be sent again."""


@dataclass(slots=True)
class Turn:
    """A turn under way or done. `answer` is what a client is told: message, view, message id, cancelled or not."""

    row: TurnRow
    log: EventLog
    starts_after: int
    answer: asyncio.Future[dict[str, Any]]
    task: asyncio.Task[None] | None = None
    cancelled: bool = False  # by the customer, not by a process that ends
    unheard: bool = False  # it was sent before the assistant had answered the message before it


@dataclass(slots=True)
class Lane:
    """One session's road: its turns one at a time and in order, its event log, where its next turn starts.

    It is held from before the session is read: a session read while a turn ran would start the next one too early.
    `running` is the turn that a cancel would stop: the one in the graph, none while a turn is written down.
    """

    log: EventLog = field(default_factory=lambda: EventLog(0))
    checkpoint_id: str | None = None
    view: dict[str, Any] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    turns: int = 0
    running: Turn | None = None
    loaded: bool = False

    def load(self, session: SessionRow, *, skipped: int = 0) -> None:
        """Start where the session stands, once; what the lane knows from its own turns is newer than any row."""
        if not self.loaded:
            self.move_to(session)
            self.log.last_id += skipped

    def move_to(self, session: SessionRow) -> None:
        """Go on from what another process made of the session."""
        self.loaded = True
        self.log.skip_to(session.last_event_id)
        self.checkpoint_id, self.view = session.checkpoint_id, session.view
        self.turns = session.message_count // 2


class Lanes:
    """The lanes in use; one that nobody uses is forgotten. `listener` hears of every event that a turn here causes."""

    def __init__(self, listener: Callable[[str, Event], None] | None = None) -> None:
        self._lanes: dict[str, Lane] = {}
        self._listener = listener

    @property
    def count(self) -> int:
        return len(self._lanes)

    def find(self, session_id: str) -> Lane | None:
        return self._lanes.get(session_id)

    def enter(self, session_id: str) -> Lane:
        lane = self._lanes.get(session_id)
        if lane is None:
            listener = partial(self._listener, session_id) if self._listener is not None else None
            lane = self._lanes[session_id] = Lane(EventLog(0, listener))
        lane.users += 1
        return lane

    def wake(self) -> None:
        """Let all readers look whether there is something for them."""
        for lane in self._lanes.values():
            lane.log.wake()

    def leave(self, session_id: str, lane: Lane) -> None:
        lane.users -= 1
        if lane.users == 0:
            del self._lanes[session_id]

    @contextlib.contextmanager
    def holding(self, session_id: str) -> Iterator[Lane]:
        """Keep the session's lane from before the session is read until what was read has been used."""
        lane = self.enter(session_id)
        try:
            yield lane
        finally:
            self.leave(session_id, lane)
