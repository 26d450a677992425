"""Kill points: the process ends before or after any call of a wrapped part, and once more while it recovers.

Each is tried in a room of its own (`room.py`): the journey goes on in a new house over the same data, and must end as
if nothing had happened.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from tests.faults.checker import Evidence, violations
from tests.faults.injecting import Crash, Fault, Injector, When, wrapped
from tests.faults.journeys import JOURNEYS, Journey, Traveller
from tests.faults.room import Room, light_parts, open_room, settings_of
from tests.faults.stage import Ground, Stage, provider_settings
from tests.providers_server import ProvidersServer, providers_server

MOST_FALLS = 5


@dataclass(frozen=True, slots=True)
class Kill:
    """The first fall, and perhaps a second one `then` calls of the database into the recovery."""

    journey: Journey
    fault: Fault
    retries: bool
    then: int | None = None

    @property
    def name(self) -> str:
        again = f", and {self.then} calls into the recovery" if self.then else ""
        told = "asks again" if self.retries else "waits"
        return f"{self.journey.name}: {self.fault.when} {self.fault.point} {self.fault.nth}{again}, client {told}"


@dataclass
class Tally:
    """How many kills were tried on a back end, and what did not hold."""

    tried: int = 0
    falls: int = 0
    broken: dict[str, list[str]] = field(default_factory=dict)
    points: Counter[str] = field(default_factory=Counter)


class KillGround:
    """One back end's kills: what an undisturbed journey looks like, and every call there is to fall at."""

    def __init__(self, ground: Ground, backend: str, server: ProvidersServer) -> None:
        self._ground, self._backend, self._server = ground, backend, server
        self._undisturbed: dict[str, tuple[Evidence, Counter[str]]] = {}

    def undisturbed(self, journey: Journey) -> tuple[Evidence, Counter[str]]:
        """What is on record after a journey in which nothing broke, and the calls it took."""
        if journey.name not in self._undisturbed:
            with Stage(self._ground, self._backend, knowledge=False) as stage:
                self._undisturbed[journey.name] = asyncio.run(self._walk_undisturbed(stage, journey))
        return self._undisturbed[journey.name]

    def kills(self, journey: Journey) -> list[Kill]:
        """Before and after each call; every second client asks again, the others wait."""
        _, calls = self.undisturbed(journey)
        return [
            Kill(journey, Fault(point, "crash", when, nth), retries=(nth + number) % 2 == 0)
            for point, most in sorted(calls.items())
            for nth in range(1, most + 1)
            for number, when in enumerate(get_args(When))
        ]

    def attempt(self, kill: Kill) -> tuple[list[str], int]:
        """What does not hold, and how often the house fell."""
        undisturbed, _ = self.undisturbed(kill.journey)
        with Stage(self._ground, self._backend, knowledge=False) as stage:
            return asyncio.run(self._walk(stage, kill, undisturbed))

    async def _walk(self, stage: Stage, kill: Kill, undisturbed: Evidence) -> tuple[list[str], int]:
        traveller, before = Traveller(stage, kill.journey, retries=kill.retries), len(self._server.pulls)
        faults = [[kill.fault], *([[Fault("database.run", "crash", "before", kill.then)]] if kill.then else [])]
        for _ in range(MOST_FALLS):
            injector = Injector(faults.pop(0) if faults else [])
            with contextlib.suppress(Crash):
                async with self._room(stage, injector) as room:
                    if await traveller.walk(room):
                        mails = len(undisturbed.mails)
                        evidence = await traveller.evidence(room, self._server.pulls[before:], mails)
                        return violations(traveller.history, evidence, undisturbed), traveller.falls
            traveller.falls += 1
            stage.expire_leases()
        return [f"the house fell {traveller.falls} times"], traveller.falls

    async def _walk_undisturbed(self, stage: Stage, journey: Journey) -> tuple[Evidence, Counter[str]]:
        traveller, injector, before = Traveller(stage, journey), Injector(), len(self._server.pulls)
        async with self._room(stage, injector) as room:
            assert await traveller.walk(room)
            calls = Counter(injector.calls)
            await asyncio.sleep(0.2)  # for mails on their way
            evidence = await traveller.evidence(room, self._server.pulls[before:], 0)
        assert not (broken := violations(traveller.history, evidence)), broken
        return evidence, calls

    def _room(self, stage: Stage, injector: Injector) -> contextlib.AbstractAsyncContextManager[Room]:
        asked = provider_settings(self._server.url)
        more = {"bureau_url": asked["BUREAU_URL"], "providers_token": asked["PROVIDERS_TOKEN"]}
        return open_room(settings_of(stage.folder, stage.database_url, **more), injector)


@contextlib.contextmanager
def kill_ground(ground: Ground, backend: str) -> Iterator[KillGround]:
    with light_parts(), wrapped(), providers_server() as server:
        yield KillGround(ground, backend, server)


def campaign(ground: Ground, backend: str, number: int, *, seed: int = 2026) -> Tally:
    """`number` kills: every one of the first journey, then a draw of the others', some with a second fall."""
    tally, draw = Tally(), random.Random(seed)
    with kill_ground(ground, backend) as kills:
        for kill in _drawn(kills, number, draw):
            broken, falls = kills.attempt(kill)
            tally.tried += 1
            tally.falls += falls
            tally.points[kill.fault.point] += 1
            if broken:
                tally.broken[kill.name] = broken
                print(f"FAILED  {backend:8} {kill.name}: {'; '.join(broken)}", flush=True)
    return tally


def _drawn(kills: KillGround, number: int, draw: random.Random) -> list[Kill]:
    first, *others = JOURNEYS
    pool = [kill for journey in others for kill in kills.kills(journey)]
    draw.shuffle(pool)
    twice = [Kill(one.journey, one.fault, one.retries, draw.randint(1, 6)) for one in pool[::3]]
    single = [one for place, one in enumerate(pool) if place % 3]
    chosen = kills.kills(first) + [kill for pair in zip(twice, single, strict=False) for kill in pair]
    return chosen[:number] if number < len(chosen) else chosen + single[len(twice) : len(twice) + number - len(chosen)]
