"""Limits in Redis: shared, and never open nor slow when it is killed, stalled or emptied."""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import AsyncIterator
from multiprocessing.synchronize import Barrier

import pytest
import uvloop

from server.limits.figures import FIGURES, Limit
from server.limits.limits import Limits
from server.limits.refusals import TooMany
from server.limits.shared import LOOK_SECONDS, PAUSE_SECONDS, SharedWindows
from server.limits.windows import Charge, LocalWindows, Refused
from tests.faults.proxy import FaultProxy, Way
from tests.server.limits.parts import Bench, connection_from
from tests.server.limits.redis_server import RedisServer, needs_redis
from tests.service import free_port

pytestmark = needs_redis

TEN = Limit("ten", 10, 60)
KEY = bytes(range(16))


@contextlib.asynccontextmanager
async def windows_on(url: str, look_seconds: float = LOOK_SECONDS) -> AsyncIterator[SharedWindows]:
    windows = SharedWindows.of(url, LocalWindows(), look_seconds)
    try:
        yield windows
    finally:
        await windows.close()


@contextlib.asynccontextmanager
async def two_on(redis: RedisServer) -> AsyncIterator[tuple[SharedWindows, SharedWindows]]:
    """Two that wait for Redis however slow the machine is."""
    async with windows_on(redis.url, 5) as first, windows_on(redis.url, 5) as second:
        yield first, second


async def passed(windows: SharedWindows, tries: int, key: bytes = KEY) -> int:
    outcomes = [await windows.charge(Charge(TEN, key)) for _ in range(tries)]
    return outcomes.count(None)


async def recovered(windows: SharedWindows) -> None:
    """Wait until Redis is asked again, with keys of no interest."""
    deadline = time.monotonic() + 20
    while windows._away:
        assert time.monotonic() < deadline, "Redis was not asked again"
        await asyncio.sleep(PAUSE_SECONDS / 10)
        await windows.charge(Charge(TEN, b"another key"))
        await windows.forget(TEN, b"another key")


async def test_two_share_one_limit(redis: RedisServer) -> None:
    async with two_on(redis) as (first, second):
        assert await passed(first, 6) == 6
        assert await passed(second, 6) == 4
        assert await passed(first, 6) == 0
        refused = await second.charge(Charge(TEN, KEY))
        assert refused is not None
        assert 50 < refused.wait <= 60


async def test_fifty_at_once_through_two(redis: RedisServer) -> None:
    async with two_on(redis) as (first, second):
        tries = [windows.charge(Charge(TEN, KEY)) for windows in (first, second) for _ in range(25)]
        assert (await asyncio.gather(*tries)).count(None) == 10


def _in_a_process(url: str, both_ready: Barrier, results: "multiprocessing.Queue[int]") -> None:
    async def run() -> int:
        async with windows_on(url, 5) as windows:
            await windows.charge(Charge(TEN, b"warm up"))
            both_ready.wait(30)
            return await passed(windows, 20)

    results.put(asyncio.run(run()))


def test_two_processes_share_one_limit(redis: RedisServer) -> None:
    context = multiprocessing.get_context("spawn")
    both_ready, results = context.Barrier(2), context.Queue()
    processes = [context.Process(target=_in_a_process, args=(redis.url, both_ready, results)) for _ in range(2)]
    for process in processes:
        process.start()
    counts = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    assert sum(counts) == 10


async def test_a_window_in_redis_moves(redis: RedisServer) -> None:
    short = Limit("short", 3, 1)
    async with windows_on(redis.url, 5) as windows:
        assert [await windows.charge(Charge(short, KEY)) for _ in range(3)] == [None] * 3
        refused = await windows.charge(Charge(short, KEY))
        assert isinstance(refused, Refused)
        await asyncio.sleep(refused.wait + 0.01)
        assert await windows.charge(Charge(short, KEY)) is None


async def test_what_waiting_as_told_frees_after_another_process_used_it_up(redis: RedisServer) -> None:
    short = Limit("short", 3, 1)
    async with two_on(redis) as (first, second):
        for _ in range(3):
            await first.charge(Charge(short, KEY))
        refused = await second.charge(Charge(short, KEY))
        assert refused is not None
        await asyncio.sleep(int(refused.wait) + 1)  # in whole seconds, as the header says
        assert await second.charge(Charge(short, KEY)) is None


async def test_killed_in_the_middle_it_is_half_of_it_and_whole_again_later(redis: RedisServer) -> None:
    async with windows_on(redis.url) as windows:
        assert await passed(windows, 3) == 3
        redis.kill()
        assert await passed(windows, 20) == 2  # five in all
        assert await passed(windows, 20, b"a new caller") == 5
        redis.start()
        await recovered(windows)
        assert await passed(windows, 20) == 5  # ten in all, though Redis forgot


async def test_stalled_it_costs_little_and_is_half_of_it(redis: RedisServer) -> None:
    async with windows_on(redis.url) as windows:
        assert await passed(windows, 1) == 1
        redis.stall()
        slow = 0
        for _ in range(200):
            started = time.monotonic()
            await windows.charge(Charge(TEN, KEY))
            slow += time.monotonic() - started > 0.02
        assert slow <= 10  # the others were not kept waiting
        assert await passed(windows, 20, b"a new caller") == 5
        redis.go_on()
        await recovered(windows)
        assert await passed(windows, 20, b"one more caller") == 10


async def test_many_at_once_while_it_stalls_wait_once(redis: RedisServer) -> None:
    async with windows_on(redis.url) as windows:
        await passed(windows, 1)
        redis.stall()
        started = time.monotonic()
        outcomes = await asyncio.gather(*(windows.charge(Charge(TEN, b"new")) for _ in range(300)))
        assert outcomes.count(None) == 5
        assert time.monotonic() - started < 5
        redis.go_on()
        await recovered(windows)
        assert await passed(windows, 20, b"one more caller") == 10


async def test_a_busy_loop_is_not_taken_for_a_slow_redis(redis: RedisServer) -> None:
    many = Limit("many", 1000, 60)

    async def turns(windows: SharedWindows) -> None:
        for _ in range(4):
            started = time.monotonic()
            while time.monotonic() - started < 0.005:
                pass
            await windows.charge(Charge(many, KEY))

    async with windows_on(redis.url) as windows:
        await windows.greet()
        await asyncio.gather(*(turns(windows) for _ in range(16)))
        assert redis.tell("LLEN LIMITS:esoteric/many/" + KEY.hex() + "/1000/60/second") == b":64\r\n"
        assert not windows._breaker._failures


async def test_emptied_it_opens_nothing(redis: RedisServer) -> None:
    async with windows_on(redis.url) as windows:
        assert await passed(windows, 20) == 10
        redis.flush()
        assert await passed(windows, 20) == 0
        assert await passed(windows, 7, b"a new caller") == 7
        redis.flush()
        assert await passed(windows, 7, b"a new caller") == 3


async def test_away_from_the_start(caplog: pytest.LogCaptureFixture) -> None:
    async with windows_on(f"redis://127.0.0.1:{free_port()}/0") as windows:
        await windows.greet()
        assert [record.message for record in caplog.records] == ["limits.store_lost"]
        assert await passed(windows, 20) == 5


async def test_a_server_that_speaks_something_else() -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 50)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, windows_on(f"redis://127.0.0.1:{port}/0") as windows:
        assert await passed(windows, 20) == 5


def test_a_line_that_is_reset_between_two_questions(redis: RedisServer) -> None:
    """On the loop that serves: it raises something of its own for writing to such a line."""

    async def ask() -> None:
        with FaultProxy("127.0.0.1", redis.port) as proxy:
            async with windows_on(f"redis://127.0.0.1:{proxy.port}/0", 5) as windows:
                assert await passed(windows, 3) == 3
                for _ in range(5):
                    proxy.cut()
                    await asyncio.sleep(0.05)
                    await passed(windows, 1)
                assert await passed(windows, 20) <= 7

    uvloop.run(ask())


async def test_a_line_that_garbles(redis: RedisServer) -> None:
    with FaultProxy("127.0.0.1", redis.port) as proxy:
        async with windows_on(f"redis://127.0.0.1:{proxy.port}/0", 5) as windows:
            assert await passed(windows, 3) == 3
            proxy.way = Way(garble=True)
            assert await passed(windows, 20) <= 7


async def test_a_caller_that_leaves_while_redis_stalls_leaves_nothing_behind(redis: RedisServer) -> None:
    async with windows_on(redis.url) as windows:
        await passed(windows, 1)
        redis.stall()
        for _ in range(2):  # fewer than it takes to give Redis up
            asking = asyncio.create_task(windows.charge(Charge(TEN, KEY)))
            await asyncio.sleep(0.005)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        redis.go_on()
        await asyncio.sleep(0.1)
        assert await passed(windows, 20, b"one more caller") == 10
        assert len(asyncio.all_tasks()) == 1


async def test_several_limits_are_charged_together_or_not_at_all(redis: RedisServer) -> None:
    one = Limit("one", 1, 60)
    async with two_on(redis) as (first, second):
        await first.charge(Charge(one, KEY))
        refused = await second.charge(Charge(TEN, KEY), Charge(one, KEY))
        assert refused is not None
        assert refused.limit == one
        assert await passed(second, 20) == 10


async def test_forgetting_is_shared(redis: RedisServer) -> None:
    async with two_on(redis) as (first, second):
        assert await passed(first, 10) == 10
        await first.forget(TEN, KEY)
        assert await passed(second, 20) == 10


async def test_redis_holds_hashes_and_forgets_them(redis: RedisServer) -> None:
    bench = Bench()
    async with windows_on(redis.url) as windows:
        limits: Limits = bench.limits(windows=windows)
        home = connection_from("198.51.100.4")
        await limits.message("session-canary", "message-canary")
        await limits.new_session(home)
        await limits.upload("session-canary", home)
        await limits.question("client-canary", home)
        await limits.sign_in("officer-canary", "198.51.100.4")
        keys = redis.tell("KEYS *")
    assert keys.count(b"esoteric/") == 8
    for canary in (b"canary", b"198.51", b"session-", b"officer-c"):
        assert canary not in keys
    for name in {line for line in keys.split(b"\r\n") if b"esoteric/" in line}:
        assert int(redis.tell(f"TTL {name.decode()}").strip(b":\r\n")) in range(1, 3601)


async def test_the_limit_is_the_same_through_the_whole(redis: RedisServer) -> None:
    async with two_on(redis) as (first, second):
        doors = [Bench().limits(windows=windows) for windows in (first, second)]
        let_through = 0
        for number in range(FIGURES.messages_per_session.amount + 20):
            with contextlib.suppress(TooMany):
                await doors[number % 2].message("session-1")
                let_through += 1
    assert let_through == 60
