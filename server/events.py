"""What happens in a session, as one numbered stream that any number of readers follow at their own pace."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

EventType = Literal["node", "message", "reset", "end", "error"]

KEPT_EVENTS = 2000
# What a node does is soon followed by something to read; it may wait that long for it and travel along.
LINGER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `id` grows from event to event of a session; `more` rides beside the content."""

    id: int
    turn_id: str
    type: EventType
    content: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_last(self) -> bool:
        """The turn's one final event."""
        return self.type == "end" or (self.type == "error" and bool(self.more.get("final")))


class ReaderTooSlow(Exception):
    """A reader fell so far behind that events it has not read are gone."""


class EventLog:
    """The newest events of one session, in memory; readers wait here for more."""

    def __init__(self, last_id: int) -> None:
        self.last_id = last_id
        self._gone = 0  # the newest event that was here and is no longer kept
        self._events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._waiting: set[asyncio.Future[None]] = set()
        self._lingering: asyncio.TimerHandle | None = None

    def append(self, turn_id: str, event_type: EventType, content: str, **more: Any) -> Event:
        self.last_id += 1
        event = Event(self.last_id, turn_id, event_type, content, more)
        if len(self._events) == KEPT_EVENTS:
            self._gone = self._events[0].id
        self._events.append(event)
        if event_type != "node":
            self._wake()
        elif self._waiting and self._lingering is None:
            self._lingering = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._wake)
        return event

    def _wake(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        for waiting in self._waiting:
            _set(waiting)

    def _above(self, after: int) -> list[Event]:
        if after < self._gone:
            raise ReaderTooSlow
        return list(takewhile(lambda event: event.id > after, reversed(self._events)))[::-1]

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """Events with an id above `after`, as they come, without end. Raises ReaderTooSlow."""
        async for events in self.batches(after):
            for event in events:
                yield event

    async def batches(self, after: int, *, quiet: float | None = None) -> AsyncIterator[list[Event]]:
        """The same, all that wait at once together; after so many `quiet` seconds none."""
        while True:
            if self.last_id > after:
                events, after = self._above(after), self.last_id
                if events:  # none where ids were skipped
                    yield events
                continue
            loop = asyncio.get_running_loop()
            more: asyncio.Future[None] = loop.create_future()
            self._waiting.add(more)
            patience = loop.call_later(quiet, _set, more) if quiet is not None else None
            try:
                await more
            finally:
                self._waiting.discard(more)
                if patience is not None:
                    patience.cancel()
            if self.last_id == after:
                yield []


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
