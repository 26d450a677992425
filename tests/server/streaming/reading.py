"""Readers of sessions whose turns run in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable

from server.store.event_records import EventRecords
from server.streaming.elsewhere import Elsewhere
from server.streaming.events import Event, EventLog
from server.streaming.hub import Hub
from server.streaming.reader import Reader
from server.turns.lanes import Lanes
from tests.server.parts import Parts

SECONDS = 20


def hub_of(parts: Parts) -> Hub:
    return Hub(parts.runner.lanes, parts.sessions, EventRecords(parts.database))


def hub_beside(parts: Parts, look_seconds: float = 0.02) -> tuple[Hub, Elsewhere]:
    """As another replica over the same database has one, which runs no turn itself."""
    lanes, records = Lanes(), EventRecords(parts.database)
    elsewhere = Elsewhere(lanes, records, look_seconds)
    return Hub(lanes, parts.sessions, records, elsewhere), elsewhere


async def told(reader: Reader, enough: Callable[[list[Event]], bool]) -> list[Event]:
    """What the reader is told, up to and with the event at which it is enough."""
    events: list[Event] = []

    async def read() -> None:
        async for batch in reader.batches():
            for event in batch:
                events.append(event)
                if enough(events):
                    return

    await asyncio.wait_for(read(), SECONDS)
    return events


async def told_from(hub: Hub, session_id: str, after: int, enough: Callable[[list[Event]], bool]) -> list[Event]:
    async with hub.following(session_id) as reader:
        return await told(await reader.standing_at(after), enough)


async def follow(log: EventLog, after: int) -> AsyncIterator[Event]:
    """Events with an id above `after`, one by one, without end. Raises NotKept."""
    async for events in log.batches(after):
        for event in events:
            yield event


def ends(count: int) -> Callable[[list[Event]], bool]:
    """Enough when so many turns have ended."""
    return lambda events: sum(event.type == "end" for event in events) == count


def up_to(event_id: int) -> Callable[[list[Event]], bool]:
    return lambda events: events[-1].id >= event_id
