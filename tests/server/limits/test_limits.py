"""Each limit exactly at its figure, at the border of its window, and under many at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from server.limits.figures import FIGURES
from server.limits.limits import Limits
from server.limits.refusals import TooMany
from tests.server.limits.parts import Bench, connection_from

HOME = connection_from("198.51.100.4")
MANY = FIGURES._replace(uploads_per_address=FIGURES.uploads_per_address._replace(amount=1000))

Road = Callable[[Limits], Awaitable[object]]
ROADS: list[tuple[str, int, int, Road]] = [
    ("messages_per_session", 60, 60, lambda limits: limits.message("session-1")),
    ("sessions_per_address", 10, 60, lambda limits: limits.new_session(HOME)),
    ("uploads_per_session", 5, 3600, lambda limits: limits.upload("session-1", HOME)),
    ("questions_per_caller", 60, 60, lambda limits: limits.question(None, HOME)),
]


@pytest.mark.parametrize(("name", "amount", "seconds", "road"), ROADS, ids=[road[0] for road in ROADS])
async def test_at_its_figure_and_at_its_border(name: str, amount: int, seconds: int, road: Road) -> None:
    bench = Bench()
    limits = bench.limits()
    for _ in range(amount // 2):
        await road(limits)
    bench.clock.now += seconds / 2
    for _ in range(amount - amount // 2):
        await road(limits)
    with pytest.raises(TooMany) as refused:
        await road(limits)
    wait = refused.value.retry_after
    assert wait is not None
    assert seconds / 2 < wait <= seconds / 2 + 1
    assert bench.refused == [name]

    bench.clock.now += seconds / 2 - 0.001
    with pytest.raises(TooMany) as refused:
        await road(limits)
    assert refused.value.retry_after == 1
    bench.clock.now += 1  # as it was told
    for _ in range(amount // 2):
        await road(limits)
    with pytest.raises(TooMany):
        await road(limits)


@pytest.mark.parametrize(("name", "amount", "seconds", "road"), ROADS, ids=[road[0] for road in ROADS])
async def test_two_hundred_at_once(name: str, amount: int, seconds: int, road: Road) -> None:
    limits = Bench().limits()
    outcomes = await asyncio.gather(*(road(limits) for _ in range(200)), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == amount
    assert sum(isinstance(outcome, TooMany) for outcome in outcomes) == 200 - amount


async def test_sessions_and_addresses_do_not_share() -> None:
    limits = Bench().limits()
    for number in range(200):
        await limits.message(f"session-{number}")
        await limits.new_session(connection_from(f"198.51.100.{number}"))
        await limits.question(f"client-{number}", HOME)


async def test_uploads_from_one_address() -> None:
    bench = Bench()
    limits = bench.limits()
    for number in range(20):
        await limits.upload(f"session-{number}", HOME)
    with pytest.raises(TooMany):
        await limits.upload("session-20", HOME)
    assert bench.refused == ["uploads_per_address"]
    for _ in range(5):  # the refused one is not charged to its session
        await limits.upload("session-20", connection_from("198.51.100.5"))


async def test_a_repeat_is_not_charged_again_and_has_a_bound_of_its_own() -> None:
    bench = Bench()
    limits = bench.limits()
    await limits.message("session-1", "m-1")
    for _ in range(60):
        await limits.message("session-1", "m-1")
    with pytest.raises(TooMany):
        await limits.message("session-1", "m-1")
    assert bench.refused == ["repeats_per_session"]
    for number in range(59):
        await limits.message("session-1", f"other-{number}")
    with pytest.raises(TooMany):
        await limits.message("session-1", "one too many")
    assert bench.refused[-1] == "messages_per_session"
    bench.clock.now += 61
    await limits.message("session-1", "one too many")  # it was refused, so it is no repeat
    await limits.message("session-2", "m-1")  # nor is the same id in another session
    for _ in range(59):
        await limits.message("session-1")
    with pytest.raises(TooMany):
        await limits.message("session-1")


async def test_signing_in() -> None:
    bench = Bench()
    limits = bench.limits(enabled=False)  # which does not lift it
    for _ in range(5):
        await limits.sign_in("asha", "198.51.100.1")
    for number in range(20):
        await limits.sign_in(f"name-{number}", "203.0.113.1")
    tries = [limits.sign_in("asha", "198.51.100.1"), limits.sign_in("another", "203.0.113.1")]
    for refused_try in [*tries, limits.sign_in_elsewhere("203.0.113.1")]:
        with pytest.raises(TooMany) as refused:
            await refused_try
        assert refused.value.retry_after == 901
    assert bench.refused == ["sign_ins_per_name_and_address", "sign_ins_per_address", "sign_ins_per_address"]
    assert not await limits.sign_in("asha", "198.51.100.9")
    await limits.forgive("asha", "198.51.100.1")
    assert not await limits.sign_in("asha", "198.51.100.1")


async def test_a_name_tried_from_everywhere_is_slowed_and_not_closed() -> None:
    bench = Bench()
    limits = bench.limits()
    for number in range(50):
        assert not await limits.sign_in("asha", f"198.51.100.{number // 5}")
    await limits.forgive("asha", "198.51.100.0")  # one of them got in, which frees nobody else
    for address in ("203.0.113.1", "203.0.113.2", "198.51.100.0"):
        assert await limits.sign_in("asha", address)
        with pytest.raises(TooMany):
            await limits.sign_in("asha", address)
    await limits.forgive("asha", "203.0.113.1")
    assert await limits.sign_in("asha", "203.0.113.1")
    assert not await limits.sign_in("meera", "203.0.113.1")
    assert bench.refused == ["sign_ins_beyond"] * 3
    bench.clock.now += 901
    assert not await limits.sign_in("asha", "203.0.113.1")


def test_frames_of_one_socket() -> None:
    bench = Bench()
    limits = bench.limits()
    with limits.socket(HOME) as pace, limits.socket(HOME) as other:
        for _ in range(100):
            pace.check()
        with pytest.raises(TooMany) as refused:
            pace.check()
        assert refused.value.retry_after == 61
        other.check()
    assert bench.refused == ["frames_per_socket"]


async def test_switched_off() -> None:
    limits = Bench().limits(enabled=False)
    for _ in range(200):
        await limits.message("session-1")
        await limits.new_session(HOME)
        await limits.upload("session-1", HOME)
        await limits.question(None, HOME)
    with limits.socket(HOME) as pace:
        for _ in range(200):
            pace.check()


async def test_a_stranger_is_looked_at_every_time_and_the_owner_once_in_a_while() -> None:
    bench = Bench()
    limits, looks = bench.limits(), []

    async def look() -> None:
        looks.append("owner")

    async def strange() -> None:
        looks.append("stranger")
        raise LookupError

    for _ in range(3):
        await limits.of_the_owner("session-1", "owner", look)
        with pytest.raises(LookupError):
            await limits.of_the_owner("session-1", "stranger", strange)
    assert looks.count("owner") == 1
    assert looks.count("stranger") == 3
    bench.clock.now += 600
    await limits.of_the_owner("session-1", "owner", look)
    assert looks.count("owner") == 2
