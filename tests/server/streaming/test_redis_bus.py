"""Turns under way, told through Redis: seen at once where they do not run, and nothing lost when Redis is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from server.store.event_records import EventRecords
from server.streaming.elsewhere import Elsewhere
from server.streaming.events import Event
from server.streaming.hub import Hub
from server.streaming.redis_bus import RedisBus
from server.turns.lanes import Lanes
from tests.keys import SECRET
from tests.server.limits.redis_server import RedisServer, needs_redis
from tests.server.parts import Parts, open_parts
from tests.server.streaming.reading import SECONDS, ends, hub_of, told, told_from, up_to

pytestmark = needs_redis
NEVER = 3600.0  # the database is not looked at: what is seen came by Redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with open_parts(tmp_path) as opened:
        yield opened


@dataclass
class Replica:
    """One that runs no turn: it hears of them."""

    hub: Hub
    elsewhere: Elsewhere
    bus: RedisBus


@contextlib.asynccontextmanager
async def replica(parts: Parts, redis: RedisServer, look_seconds: float) -> AsyncIterator[Replica]:
    lanes, records = Lanes(), EventRecords(parts.database)
    elsewhere, bus = Elsewhere(lanes, records, look_seconds), RedisBus.of(redis.url, parts.database, SECRET)
    doing = [asyncio.create_task(elsewhere.keep_looking()), asyncio.create_task(bus.keep_listening(elsewhere.logs))]
    try:
        yield Replica(Hub(lanes, parts.sessions, records, elsewhere, bus), elsewhere, bus)
    finally:
        await stop(doing, bus)


@contextlib.asynccontextmanager
async def telling(parts: Parts, redis: RedisServer) -> AsyncIterator[RedisBus]:
    """The replica that runs the turns tells of them."""
    bus = RedisBus.of(redis.url, parts.database, SECRET)
    parts.runner.lanes._listener = bus.tell
    doing = [asyncio.create_task(bus.keep_telling())]
    try:
        yield bus
    finally:
        await stop(doing, bus)


async def stop(doing: list[asyncio.Task[None]], bus: RedisBus) -> None:
    for task in doing:
        task.cancel()
    await asyncio.gather(*doing, return_exceptions=True)
    await bus.close()


async def until_bureau(parts: Parts, session_id: str) -> tuple[str, asyncio.Event, asyncio.Event]:
    """A conversation whose next turn stops at the bureau; the words, when it is there, and what lets it go on."""
    await parts.converse(session_id, "C01", until="otp")
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await go_on.wait()

    parts.bureau.act = wait
    words = await parts.next_words(session_id, "C01")
    assert words is not None
    return words, reached, go_on


async def test_a_turn_is_seen_elsewhere_while_it_runs(parts: Parts, redis: RedisServer) -> None:
    session_id = await parts.open_session()
    words, reached, go_on = await until_bureau(parts, session_id)
    async with telling(parts, redis), replica(parts, redis, NEVER) as there, there.hub.following(session_id) as reader:
        turn = await parts.submit(session_id, words)
        await reached.wait()
        live = await told(reader, up_to(turn.log.last_id))
        assert next(event.content for event in live if event.type == "node") == "understand"
        assert not turn.answer.done()
        go_on.set()
        live += await told(reader, ends(1))
        assert live[-1].content == (await turn.answer)["message"]
    assert live == await told_from(hub_of(parts), session_id, live[0].id - 1, ends(1))


async def test_redis_holds_nothing_that_can_be_read(parts: Parts, redis: RedisServer) -> None:
    session_id = await parts.open_session()
    async with telling(parts, redis) as bus, replica(parts, redis, NEVER) as there:
        async with there.hub.following(session_id) as reader:
            reading = asyncio.create_task(told(reader, ends(1)))
            await parts.say(session_id, "My name is Aarav Mehta and I need 3 lakh")
            assert "Aarav" in str(await reading)
        (name,) = [line for line in redis.tell("KEYS *").split(b"\r\n") if line.startswith(b"esoteric")]
        assert session_id.encode() not in name
        stored = redis.tell(f"XRANGE {name.decode()} - +")
        assert b"Aarav" not in stored and session_id.encode() not in stored and len(stored) > 500
        life = int(redis.tell(f"TTL {name.decode()}")[1:])
        assert 120 <= life <= 300
        await bus.forget(session_id)
        assert redis.tell("DBSIZE").startswith(b":0")


@pytest.mark.parametrize("harm", ["kill", "stall", "flush"])
async def test_losing_redis_loses_nothing(parts: Parts, redis: RedisServer, harm: str) -> None:
    """In the middle of a turn; the readers there have all of it once it is over, and live again when Redis is back."""
    session_id = await parts.open_session()
    words, reached, go_on = await until_bureau(parts, session_id)
    async with telling(parts, redis) as bus, replica(parts, redis, 0.1) as there:
        async with there.hub.following(session_id) as reader:
            start = reader.position
            reading = asyncio.create_task(told(reader, ends(2)))
            turn = await parts.submit(session_id, words)
            await reached.wait()
            await asyncio.sleep(0.2)
            getattr(redis, harm)()
            go_on.set()
            await asyncio.wait_for(turn.answer, SECONDS)
            next_words = await parts.next_words(session_id, "C01")
            assert next_words is not None
            await asyncio.wait_for(parts.say(session_id, next_words), SECONDS)
            seen = await reading
            if harm == "kill":
                redis.start()
            if harm == "stall":
                redis.go_on()
            await live_again(parts, session_id, reader, bus, there.bus)
        assert seen == await told_from(hub_of(parts), session_id, start, ends(2))


async def live_again(parts: Parts, session_id: str, reader: object, *buses: RedisBus) -> None:
    async with asyncio.timeout(20):
        while any(bus._breaker.is_open or bus._away for bus in buses):
            parts.runner.lanes.enter(session_id).log.append("nobody's", "message", "")  # something to tell
            await asyncio.sleep(0.1)


async def test_what_was_not_heard_in_order_waits_for_the_record(parts: Parts, redis: RedisServer) -> None:
    session_id = await parts.open_session()
    async with telling(parts, redis), replica(parts, redis, 0.3) as there, there.hub.following(session_id) as reader:
        reader._log.feed([Event(5, "t", "message", "from the middle")])
        assert reader._log.last_id == 0
        reading = asyncio.create_task(told(reader, ends(1)))
        await parts.say(session_id, "I need 3 lakh")
        assert [event.id for event in await reading][:3] == [1, 2, 3]


async def test_a_forged_entry_is_passed_over(parts: Parts, redis: RedisServer) -> None:
    session_id = await parts.open_session()
    async with telling(parts, redis) as bus, replica(parts, redis, 0.2) as there:
        redis.tell(f"XADD {bus._name(session_id)} * t turn f [{{}}]")
        redis.tell(f"XADD {bus._name(session_id)} * x y")
        async with there.hub.following(session_id) as reader:
            reading = asyncio.create_task(told(reader, ends(1)))
            await parts.say(session_id, "I need 3 lakh")
            assert [event.type for event in await reading][-1] == "end"


async def test_what_waits_for_redis_is_bounded(
    parts: Parts, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.streaming.redis_bus.MOST_WAITING", 10)
    bus = RedisBus.of(redis.url, parts.database, SECRET)
    for number in range(100):
        bus.tell("session", Event(number, "t", "message", ""))
    assert len(bus._waiting) == 10
    await bus.close()
