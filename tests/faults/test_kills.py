"""Some of the kill points; thousands of them are tried by `make faults`."""

import random

import pytest

from tests.faults.injecting import Crash, Fault, Injector, injected
from tests.faults.journeys import JOURNEYS
from tests.faults.kills import Kill, kill_ground
from tests.faults.stage import Ground, NotHere
from tools.mail import OutboxCarrier

KILLS = 8


# Connections that a killed service leaves behind are nobody's to close.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_kill_points(backend: str, ground: Ground) -> None:
    """A draw of all calls of the longest journey, every fourth followed by a second fall."""
    draw = random.Random(5)
    try:
        with kill_ground(ground, backend) as kills:
            all_kills = kills.kills(JOURNEYS[0])
            assert len(all_kills) > 200
            for number, kill in enumerate(draw.sample(all_kills, KILLS)):
                again = Kill(kill.journey, kill.fault, kill.retries, draw.randint(1, 5) if number % 4 == 0 else None)
                broken, falls = kills.attempt(again)
                assert not broken, f"{again.name}: {broken}"
                assert falls >= 1, f"{again.name}: the point was never reached"
    except NotHere as reason:
        pytest.skip(str(reason))


async def test_after_a_crash_nothing_is_done_any_more(tmp_path: object) -> None:
    carrier = OutboxCarrier.__new__(OutboxCarrier)
    done = []

    async def send(_self: OutboxCarrier, message: str) -> None:
        done.append(message)

    kept = OutboxCarrier.send
    OutboxCarrier.send = send  # type: ignore[method-assign, assignment]
    try:
        injector = Injector([Fault("carrier.send", "crash", "after", nth=2)])
        with injected(injector, ["carrier.send"]):
            await carrier.send("one")  # type: ignore[arg-type]
            for message in ("two", "three"):
                with pytest.raises(Crash):
                    await carrier.send(message)  # type: ignore[arg-type]
        assert done == ["one", "two"]
        assert OutboxCarrier.send is send
    finally:
        OutboxCarrier.send = kept  # type: ignore[method-assign]


async def test_faults_at_a_rate_come_from_their_seed() -> None:
    async def work() -> str:
        return "done"

    async def run(seed: int) -> list[bool]:
        injector, held = Injector([Fault("turns.*", "error", rate=0.3)], seed), []
        for _ in range(50):
            try:
                await injector.call("turns.accept", work, (), {})
            except Exception:  # noqa: BLE001  which one it is, is the part's
                held.append(False)
            else:
                held.append(True)
        return held

    assert await run(1) == await run(1)
    assert 20 < sum(await run(1)) < 48
