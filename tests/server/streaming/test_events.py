"""The event log: numbered without gaps, read by many at their own pace, and forgetful in bounds."""

import asyncio

import pytest

from server.streaming.events import KEPT_EVENTS, Event, EventLog, NotKept
from tests.server.streaming.reading import follow

PATIENCE = 20.0


async def read(log: EventLog, after: int, count: int) -> list[Event]:
    events = []
    async for event in follow(log, after):
        events.append(event)
        if len(events) == count:
            break
    return events


async def test_readers_see_everything_in_order() -> None:
    log = EventLog(7)
    readers = [asyncio.create_task(read(log, 7, 50)) for _ in range(5)]
    for number in range(50):
        log.append("t", "message", str(number))
        if number % 7 == 0:
            await asyncio.sleep(0)
    for events in await asyncio.gather(*readers):
        assert [event.id for event in events] == list(range(8, 58))
        assert [event.content for event in events] == [str(number) for number in range(50)]


async def test_a_late_reader_starts_where_it_left() -> None:
    log = EventLog(0)
    for number in range(10):
        log.append("t", "message", str(number))
    assert [event.id for event in await read(log, 6, 4)] == [7, 8, 9, 10]


async def test_a_reader_too_far_behind_is_told() -> None:
    log = EventLog(0)
    for _ in range(KEPT_EVENTS + 1):
        log.append("t", "message", "")
    with pytest.raises(NotKept):
        await read(log, 0, 1)
    assert (await read(log, 1, 1))[0].id == 2


async def test_what_waits_together_comes_together() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    for text in ("a", "b"):
        log.append("turn", "message", text)
    assert [event.content for event in await anext(batches)] == ["a", "b"]
    later = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    log.append("turn", "end", "ab")
    log.append("next", "message", "c")
    assert [(event.id, event.content) for event in await later] == [(3, "ab"), (4, "c")]


async def test_what_nodes_do_travels_with_the_next_words() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    first = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    log.append("turn", "node", "understand", status="started")
    await asyncio.sleep(0)
    assert not first.done()
    log.append("turn", "message", "Hello")
    assert [event.type for event in await asyncio.wait_for(first, PATIENCE)] == ["node", "message"]


async def test_a_node_that_takes_its_time_is_told_without_words() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    for name in ("understand", "underwriting"):
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0)
        log.append("turn", "node", name, status="started")
        assert [event.content for event in await asyncio.wait_for(waiting, PATIENCE)] == [name]


async def test_silence_is_told_and_misses_nothing() -> None:
    log = EventLog(0)
    batches = log.batches(0, quiet=0.01)
    assert await asyncio.wait_for(anext(batches), PATIENCE) == []
    log.append("turn", "message", "Hello")
    assert [event.id for event in await asyncio.wait_for(anext(batches), PATIENCE)] == [1]


async def test_a_reader_that_leaves_is_forgotten() -> None:
    log = EventLog(0)
    reader = asyncio.create_task(read(log, 0, 1))
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert log._waiting == set()


@pytest.mark.parametrize(
    ("kind", "more", "last"),
    [("end", {}, True), ("error", {"final": True}, True), ("error", {}, False), ("message", {}, False)],
)
def test_what_ends_a_turn(kind: str, more: dict[str, bool], last: bool) -> None:
    assert Event(1, "t", kind, "", more).is_last is last  # type: ignore[arg-type]
