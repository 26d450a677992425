"""What happens in a session, as one numbered stream that any number of readers follow at their own pace.

The log of a session holds what is new in this process. What it holds no longer, or never did, is on record once its
turn is finished: server/store/event_records.py.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

EventType = Literal["node", "message", "reset", "end", "error"]

# The newest events of a session in memory. A turn that is run again goes on so many ids higher: what the first attempt
# said was numbered and not kept.
KEPT_EVENTS = 2000
KEPT_BEHIND = 200  # of those, once their turns are on record
# What a node does is soon followed by something to read; it may wait that long for it and travel along.
LINGER_SECONDS = 0.05


@dataclass(slots=True)
class Event:
    """One thing that happened. `id` grows from event to event of a session; `more` rides beside the content."""

    id: int
    turn_id: str
    type: EventType
    content: str
    more: dict[str, Any] = field(default_factory=dict)
    encoded: str = field(default="", compare=False, repr=False)  # its frame, once somebody has read it

    @property
    def is_last(self) -> bool:
        """The turn's one final event."""
        return self.type == "end" or (self.type == "error" and bool(self.more.get("final")))


class NotKept(Exception):
    """The log does not hold what follows on the id asked for: it is on record, or gone."""


Listener = Callable[[Event], None]


class EventLog:
    """The newest events of one session, in memory; readers wait here for more.

    `last_id` is the newest id given out, `floor` the newest of those that are not held here.
    """

    def __init__(self, last_id: int, listener: Listener | None = None) -> None:
        self.last_id = self.floor = last_id
        self.writing = False  # while a turn of the session runs in this process
        self.over = False  # the session was erased, and another has its id
        self._listener = listener
        self._events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._waiting: set[asyncio.Future[None]] = set()
        self._lingering: asyncio.TimerHandle | None = None

    @property
    def between_turns(self) -> bool:
        """Nothing has been told of a turn that is not over."""
        return not self._events or self._events[-1].is_last

    def append(self, turn_id: str, event_type: EventType, content: str, **more: Any) -> Event:
        """The next event. A turn's last one is said when the turn is on record."""
        self.last_id += 1
        event = Event(self.last_id, turn_id, event_type, content, more)
        self._take(event)
        if event_type != "node":
            self.wake()
        elif self._waiting and self._lingering is None:
            self._lingering = asyncio.get_running_loop().call_later(LINGER_SECONDS, self.wake)
        if self._listener is not None:
            self._listener(event)
        return event

    def feed(self, events: Sequence[Event]) -> None:
        """What another process says happens now. Taken only where it follows on what is known: the rest is on record
        in the end."""
        for event in events:
            if event.id == self.last_id + 1 and not self.writing:
                self.last_id = event.id
                self._take(event)
        self.wake()

    def skip_to(self, last_id: int) -> None:
        """The ids up to this one were given out elsewhere, and what they named is on record.

        Not while a turn runs here: what it has just written down is read back before it says its end.
        """
        if last_id > self.last_id and not self.writing:
            self.last_id = self.floor = last_id
            self._events.clear()
            self.wake()

    def of_turn(self, turn_id: str) -> list[Event]:
        """What the turn has said last, without another's between."""
        return list(takewhile(lambda event: event.turn_id == turn_id, reversed(self._events)))[::-1]

    def wake(self) -> None:
        """Let readers look whether there is something for them."""
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        for waiting in self._waiting:
            _set(waiting)

    def _take(self, event: Event) -> None:
        events = self._events
        if len(events) == KEPT_EVENTS:
            self.floor = events[0].id
        elif event.is_last and len(events) > KEPT_BEHIND and event.turn_id != events[0].turn_id:
            while len(events) > KEPT_BEHIND and events[0].turn_id != event.turn_id:
                self.floor = events.popleft().id
        events.append(event)

    def _above(self, after: int) -> list[Event]:
        if after < self.floor:
            raise NotKept
        return list(takewhile(lambda event: event.id > after, reversed(self._events)))[::-1]

    async def batches(self, after: int, *, quiet: float | None = None) -> AsyncGenerator[list[Event]]:
        """Events with an id above `after` as they come, those that wait at once together, without end; none after so
        many `quiet` seconds, or when somebody wakes us. Raises NotKept."""
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
            if self.last_id <= after:
                yield []


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
