"""Doubled messages by the thousand: the same one sent several times at once, alone or beside another one.

In rooms of this process, on Postgres in two of them over one database, as two replicas have it.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.checker import Evidence, History, Json, Sent, violations
from tests.faults.injecting import Injector
from tests.faults.room import Room, light_parts, open_room, settings_of
from tests.faults.stage import Ground, Stage

RACES_A_SESSION = 10
SESSIONS_AT_ONCE = 6
MOST_COPIES = 4


@dataclass
class RaceTally:
    """How many doubled messages there were, how many sends in all, and what did not hold."""

    races: int = 0
    sends: int = 0
    broken: list[str] = field(default_factory=list)


def races(ground: Ground, backend: str, number: int, *, seed: int = 2026) -> RaceTally:
    tally = RaceTally()
    with light_parts(), Stage(ground, backend, seed, knowledge=False) as stage:
        asyncio.run(_run(stage, number, tally))
    return tally


async def _run(stage: Stage, number: int, tally: RaceTally) -> None:
    async with contextlib.AsyncExitStack() as opened:
        houses = 2 if stage.backend == "postgres" else 1
        settings = settings_of(stage.folder, stage.database_url)
        rooms = [await opened.enter_async_context(open_room(settings, Injector())) for _ in range(houses)]
        histories: list[History] = []
        left = iter(range(-(-number // RACES_A_SESSION)))
        draw = random.Random(stage.random.random())

        async def keep_racing() -> None:
            for _ in left:
                history = await _session(rooms, draw, tally)
                histories.append(history)

        await asyncio.gather(*(keep_racing() for _ in range(SESSIONS_AT_ONCE)))
        turns: dict[str, list[Json]] = defaultdict(list)
        for turn in stage.table("turns"):
            turns[turn["session_id"]].append(turn)
        for history in histories:
            transcript = await rooms[0].house.sessions.transcript(history.session_id)
            evidence = Evidence(turns=turns[history.session_id], transcript=transcript)
            tally.broken += violations(history, evidence)


async def _session(rooms: Sequence[Room], draw: random.Random, tally: RaceTally) -> History:
    history = History((await rooms[0].house.open_session())[0])
    for number in range(RACES_A_SESSION):
        doubled = history.add(f"m-{number}", f"I need {100 + draw.randrange(300)} thousand")
        copies = [doubled] * draw.randint(2, MOST_COPIES)
        if draw.random() < 0.3:
            copies.insert(1, history.add(f"m-{number}-other", f"{draw.randint(12, 48)} months"))
        await asyncio.gather(*(_send(draw.choice(rooms), history, sent, tally) for sent in copies))
        tally.races += 1
        tally.sends += len(copies)
    return history


async def _send(room: Room, history: History, sent: Sent, tally: RaceTally) -> None:
    if await room.say(history, sent.text, sent) is None:
        tally.broken.append(f"{sent.message_id}: no answer")
