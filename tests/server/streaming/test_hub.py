"""Readers of a session: what is on record, what is live, and what another process did, as one stream."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from agents.speaking import TemplateSpeaker
from server.problems import Problem
from server.streaming.events import KEPT_EVENTS, Event
from server.streaming.reader import Leaving, ReaderTooSlow
from server.turns.lanes import TurnFailed
from tests.server.parts import Crash, Parts, open_parts
from tests.server.streaming.reading import ends, hub_beside, hub_of, told, told_from, up_to


@pytest_asyncio.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with open_parts(tmp_path) as opened:
        yield opened


def ids(events: list[Event]) -> list[int]:
    return [event.id for event in events]


async def say_all(parts: Parts, session_id: str, *texts: str) -> None:
    for text in texts:
        await parts.say(session_id, text)


async def test_what_is_on_record_and_what_is_live_are_one_stream(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    await say_all(parts, session_id, "I need 3 lakh", "My name is Aarav Mehta")
    async with hub.following(session_id) as reader:
        reading = asyncio.create_task(told(await reader.standing_at(0), ends(4)))
        await say_all(parts, session_id, "36 months", "for a wedding")
        live = await reading
    assert ids(live) == list(range(1, live[-1].id + 1))
    assert await told_from(hub, session_id, 0, ends(4)) == live
    assert parts.runner.lanes.count == hub.readers == 0


async def test_what_an_event_says_is_recorded_as_it_was_said(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    async with hub.following(session_id) as reader:
        reading = asyncio.create_task(told(reader, ends(1)))
        await parts.say(session_id, "I need 3 lakh for 36 months, मुझे लोन चाहिए")
        live = await reading
    assert await told_from(hub, session_id, 0, ends(1)) == live
    assert {event.type for event in live} == {"node", "message", "end"}


async def test_a_turn_in_another_process_is_seen_when_it_is_over(parts: Parts) -> None:
    session_id = await parts.open_session()
    beside, elsewhere = hub_beside(parts)
    looking = asyncio.create_task(elsewhere.keep_looking())
    async with beside.following(session_id) as reader:
        early = asyncio.create_task(told(reader, ends(3)))
        late = asyncio.create_task(told_from(beside, session_id, 0, ends(3)))
        await say_all(parts, session_id, "I need 3 lakh", "My name is Aarav Mehta", "36 months")
        seen = [await early, await late]
    looking.cancel()
    here = await told_from(hub_of(parts), session_id, 0, ends(3))
    assert seen == [here, here]
    assert elsewhere.logs() == {}


async def test_the_database_away_for_a_moment_loses_nothing(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    from server.store.database import StorageUnavailable

    session_id = await parts.open_session()
    beside, elsewhere = hub_beside(parts)
    calls, standing = 0, elsewhere._records.standing

    async def away_at_first(those: dict[str, object]) -> dict[str, int]:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise StorageUnavailable("OperationalError")
        return await standing(those)

    monkeypatch.setattr(elsewhere._records, "standing", away_at_first)
    looking = asyncio.create_task(elsewhere.keep_looking())
    async with beside.following(session_id) as reader:
        reading = asyncio.create_task(told(reader, ends(1)))
        await parts.say(session_id, "I need 3 lakh")
        assert ids(await reading)[0] == 1
    looking.cancel()
    assert calls >= 3


async def test_a_failed_turn_is_told_with_its_apology_and_then_again(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    async with hub.following(session_id) as reader:
        reading = asyncio.create_task(told(reader, ends(2)))
        monkeypatch.setattr(TemplateSpeaker, "speak", None)
        with pytest.raises(TurnFailed):
            await parts.say(session_id, "I need 2 lakh", "m-1")
        monkeypatch.undo()
        await parts.say(session_id, "Hello")
        await parts.say(session_id, "I need 2 lakh", "m-1")
        live = await reading
    assert [event.type for event in live if event.is_last] == ["error", "end", "end"]
    assert await told_from(hub, session_id, 0, ends(2)) == live


async def test_a_cancelled_turn_says_so_on_record_too(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    await parts.converse(session_id, "C01", until="otp")
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await asyncio.sleep(60)

    parts.bureau.act = wait
    async with hub.following(session_id) as reader:
        start = reader.position
        reading = asyncio.create_task(told(reader, ends(1)))
        words = await parts.next_words(session_id, "C01")
        assert words is not None
        turn = await parts.submit(session_id, words)
        await reached.wait()
        assert await parts.runner.cancel(session_id)
        assert (await turn.answer)["cancelled"] is True
        live = await reading
    assert live[-1].more["cancelled"] is True
    assert await told_from(hub, session_id, start, ends(1)) == live


async def test_after_a_crash_the_stream_goes_on_with_a_reset(tmp_path: Path) -> None:
    async with open_parts(tmp_path, ("turns", "finish", "before", 2)) as parts:
        session_id, hub = await parts.open_session(), hub_of(parts)
        await parts.say(session_id, "I need 3 lakh")
        async with hub.following(session_id) as reader:
            stands_at = reader.position
            turn = await parts.submit(session_id, "My name is Aarav Mehta")
            assert turn.task is not None
            with pytest.raises(Crash):
                await turn.task
            seen = await told(reader, up_to(stands_at + 5))
    async with open_parts(tmp_path) as parts:
        assert await parts.runner.resume_unfinished() == 1
        rest = await told_from(hub_of(parts), session_id, seen[-1].id, ends(1))
        await parts.runner.drain(10)
        on_record = await told_from(hub_of(parts), session_id, seen[-1].id, ends(1))
    assert (rest[0].type, rest[0].id) == ("reset", stands_at + KEPT_EVENTS + 1)
    assert rest == on_record
    assert all(earlier < later for earlier, later in pairwise(ids(seen + rest)))


async def test_a_reader_behind_what_memory_holds_reads_on_from_the_record(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.streaming.events.KEPT_BEHIND", 10)
    session_id, hub = await parts.open_session(), hub_of(parts)
    async with hub.following(session_id) as reader:
        await say_all(parts, session_id, "I need 3 lakh", "My name is Aarav Mehta", "36 months", "for a wedding")
        assert reader._log.floor > 0
        events = await told(reader, ends(4))
    assert ids(events) == list(range(1, events[-1].id + 1))


async def test_a_reader_who_has_missed_what_is_nowhere_is_told(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    async with hub.following(session_id) as reader:
        for _ in range(KEPT_EVENTS + 1):
            reader._log.append("a turn without end", "message", "word")
        with pytest.raises(ReaderTooSlow):
            await told(reader, ends(1))


async def test_readers_leave_once_they_have_heard_the_end(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    async with hub.following(session_id) as idle, hub.following(session_id) as busy:
        idling = asyncio.create_task(told(idle, ends(9)))
        await asyncio.sleep(0)
        busy._log.append("turn", "message", "Hello")
        listening = asyncio.create_task(told(busy, ends(9)))
        await asyncio.sleep(0)
        hub.leave()
        await asyncio.sleep(0.01)
        assert not listening.done(), "its turn is under way"
        busy._log.append("turn", "end", "Hello", message_id="m")
        for reading in (idling, listening):
            with pytest.raises(Leaving):
                await reading


async def test_an_id_nobody_gave_out(parts: Parts) -> None:
    session_id, hub = await parts.open_session(), hub_of(parts)
    await parts.say(session_id, "I need 3 lakh")
    async with hub.following(session_id) as reader:
        assert (await reader.standing_at(reader.position)).position == reader.position
        refused: list[Problem] = []
        for _ in range(2):
            with pytest.raises(Problem) as raised:
                await reader.standing_at(reader.position + 1)
            refused.append(raised.value)
    assert {(problem.status, problem.code) for problem in refused} == {(422, "invalid_input")}
    assert refused[0] is not refused[1], "one that is raised for all keeps what each of them held"


async def test_an_id_that_another_replica_may_have_given_out(parts: Parts) -> None:
    """It runs a turn that is not on record yet; who comes from there with its newest id is let in."""
    session_id = await parts.open_session()
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await go_on.wait()

    await parts.converse(session_id, "C01", until="otp")
    parts.bureau.act = wait
    words = await parts.next_words(session_id, "C01")
    assert words is not None
    turn = await parts.submit(session_id, words)
    await reached.wait()
    newest = turn.log.last_id
    beside, elsewhere = hub_beside(parts)
    looking = asyncio.create_task(elsewhere.keep_looking())
    async with beside.following(session_id) as reader:
        assert newest > reader.position
        from_there = await reader.standing_at(newest)
        go_on.set()
        rest = await told(from_there, ends(1))
    looking.cancel()
    assert ids(rest) == list(range(newest + 1, rest[-1].id + 1))
    assert rest[-1].content == (await turn.answer)["message"]
