"""A session's road: its turns one at a time and in order, the events they leave, and where the next one starts."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from server.store.sessions import SessionRow
from server.store.turn_rows import TurnRow
from server.store.turns import WhenBusy
from server.streaming.events import Event, EventLog

UNREADABLE = "We cannot read this conversation. Please start a new one, or ask us to look into it."
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
    when_busy: WhenBusy = "queue"  # behind messages that are not answered yet, or refused

    def digest(self) -> str:
        parts: list[Any] = [self.text, self.upload and self.upload["document_id"]]
        if self.act is not None:
            parts.append(self.act)
        content = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


class TurnFailed(Exception):
    """The turn could not be finished; it may be sent again."""


class TurnLeft(TurnFailed):
    """The turn is not over yet: it is gone on with later, here or elsewhere, and its answer is there for who asks."""


@dataclass(slots=True)
class Turn:
    """A turn under way or done. `answer` is what a client is told: message, view, message id, cancelled or not."""

    row: TurnRow
    log: EventLog
    starts_after: int
    answer: asyncio.Future[dict[str, Any]]
    task: asyncio.Task[None] | None = None
    cancelled: bool = False  # by the customer, not by a process that ends
    lost: bool = False  # another replica has taken it over
    over: bool = False  # on record, here or elsewhere
    attempts: int = 0  # the number of the newest that was made here
    called: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Lane:
    """One session's road in this process: its event log, and its turns, the next one in front.

    Which of them may run is decided by the session's lease, which other replicas ask for as well. `running` is the turn
    that a cancel would stop: the one in the graph, none while a turn is written down.
    """

    log: EventLog
    turns: list[Turn] = field(default_factory=list)
    users: int = 0
    running: Turn | None = None
    erased: bool = False  # its session is no more; who follows it has not noticed yet

    def load(self, session: SessionRow) -> None:
        """Stand at least where the session stands; what the lane knows from its own turns is newer than any row."""
        self.log.skip_to(session.last_event_id)

    def queue(self, turn: Turn) -> None:
        self.turns.append(turn)

    def part(self, turn: Turn) -> None:
        """The turn is over, or given up."""
        if turn in self.turns:
            self.turns.remove(turn)
            if self.turns:
                self._front().called.set()

    def cancel_next(self) -> bool:
        """Have the turn in front, which has not begun, end as cancelled once it does. False when there is none."""
        front = self._front() if self.turns and not self.log.writing else None
        if front is None or front.over or (front.row.body or {}).get("act"):
            return False
        front.cancelled = True
        return True

    async def in_front(self, turn: Turn) -> None:
        """Wait until no earlier turn is waiting here."""
        while (front := self._front()) is not turn:
            turn.called.clear()
            front.called.set()  # it may have come later, and belong before us
            await turn.called.wait()

    def _front(self) -> Turn:
        return min(self.turns, key=_place)


def _place(turn: Turn) -> int:
    return turn.row.seq


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
        if lane.users == 0 and self._lanes.get(session_id) is lane:
            del self._lanes[session_id]

    def erased(self, session_id: str) -> None:
        if lane := self.find(session_id):
            lane.erased = True

    def begin_anew(self, session_id: str) -> None:
        """Another session is about to begin under an id that was free: who followed the erased one hears none of it."""
        lane = self.find(session_id)
        if lane is not None and lane.erased:
            del self._lanes[session_id]
            lane.log.over = True
            lane.log.wake()

    @contextlib.contextmanager
    def holding(self, session_id: str) -> Iterator[Lane]:
        """Keep the session's lane from before the session is read until what was read has been used."""
        lane = self.enter(session_id)
        try:
            yield lane
        finally:
            self.leave(session_id, lane)
