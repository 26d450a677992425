"""The load bench: this service on its embedded default beside a bare FastAPI + LangGraph graph, in one run.

    python -m tests.load.bench [--quick] [--profile]

Prints turns per second, p50 and p95 of a turn, time to first token and the server's processor time per turn at 1 and 32
sessions over REST, SSE and WebSocket, and the ratios; latency and stored bytes at turn 1, 50 and 200 of one
conversation; start time and memory. A turn of ours is one of a whole loan application with its real work, from the
greeting to the signed letter; a turn of the baseline is four empty nodes and 40 tokens of a stub that waits for nothing
(`baseline_app.py`). Rounds of the two alternate; figures are medians over rounds. Only loopback is used.

On a busy machine believe the processor time: one worker makes at most 1000 / (CPU ms per turn) turns a second. It is
shown for the process that answers and, behind the plus sign, for its helpers, which have a core of their own if there
is one (the press of our letters).
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path

import uvloop

from tests.load.client import Answer
from tests.load.figures import Cell, Growth, Round, growth_table, kinds_table, main_table, ratios
from tests.load.people import Person, people, write_customers
from tests.load.processes import Server, start_baseline, start_service
from tests.load.profiling import BEGIN, report
from tests.load.script import application, talk
from tests.load.talkers import TRANSPORTS, BaselineTalker, Outbox, ServiceTalker, Talker, Transport

SESSIONS = (1, 32)
PEOPLE = 3000
LONG_TALK = 200
MEMORY_TURNS = 500

Open = Callable[[Transport], Awaitable[Talker]]
Turns = AsyncGenerator[tuple[str, Answer], None]


async def bench(*, rounds: int, profile: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="esoteric-load-") as name, contextlib.ExitStack() as cleanup:
        home = Path(name)
        persons, records = people(PEOPLE)
        write_customers(home / "customers.json", records)
        crowd = iter(persons)
        await _report_start(_directory(home, "start"))

        service = await start_service(_directory(home, "service"), home / "customers.json")
        cleanup.callback(service.stop)
        baseline = await start_baseline(_directory(home, "baseline"))
        cleanup.callback(baseline.stop)
        systems = {"esoteric": (service, _to_service(service)), "baseline": (baseline, _to_baseline(baseline))}
        await _report_memory(systems, crowd)

        cells: dict[Cell, list[Round]] = {}
        for number in range(rounds):
            for sessions in SESSIONS:
                for transport in TRANSPORTS:
                    pair = list(systems) if number % 2 == 0 else list(reversed(systems))
                    for system in pair:
                        server, opener = systems[system]
                        measured = await run_round(server, opener, transport, sessions, crowd)
                        cells.setdefault(Cell(system, transport, sessions), []).append(measured)
        print(f"\nTurns, medians of {rounds} rounds\n\n{main_table(cells)}\n\n{ratios(cells)}")
        print(f"\nOur turns by kind, one session over SSE\n\n{kinds_table(cells[Cell('esoteric', 'sse', 1)])}")

        growths = {name: await run_talk(server, opener, LONG_TALK) for name, (server, opener) in systems.items()}
        print(f"\nOne conversation of {LONG_TALK} turns\n\n{growth_table(growths)}")
    if profile:
        await _profile(records, persons)


async def run_round(
    server: Server, opener: Open, transport: Transport, sessions: int, crowd: Iterator[Person]
) -> Round:
    """Every session makes as many turns as a whole application has, one after the other; a lone session three times.

    Sessions are led to different places of the road first, so that they are not all at the same step at once.
    """
    steps = len(application(next(crowd)))
    each = steps * (3 if sessions == 1 else 1)
    lines = [turns_of(opener, transport, crowd) for _ in range(sessions)]
    measured = Round()

    async def advance(line: Turns, turns: int, into: Round) -> None:
        for _ in range(turns):
            into.add(*await anext(line))

    await asyncio.gather(*(advance(line, number % steps, Round()) for number, line in enumerate(lines)))
    cpu, started = server.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(advance(line, each, measured) for line in lines))
    measured.wall, measured.cpu = time.perf_counter() - started, server.cpu_seconds().since(cpu)
    for line in lines:
        await line.aclose()
    return measured


async def turns_of(opener: Open, transport: Transport, crowd: Iterator[Person]) -> Turns:
    """The turns of one customer after the other, without end."""
    for person in crowd:
        talker = await opener(transport)
        try:
            for step in application(person):
                yield step.kind, await talker.say(step)
        finally:
            await talker.close()


async def run_talk(server: Server, opener: Open, turns: int) -> Growth:
    """One long conversation over SSE."""
    growth, before = Growth(), server.stored_bytes()
    talker = await opener("sse")
    for number, step in zip(range(1, turns + 1), talk(), strict=False):
        growth.seconds.append((await talker.say(step)).total)
        growth.stored[number] = server.stored_bytes() - before if number in Growth.MARKS else 0
    await talker.close()
    return growth


async def _report_start(directory: Path) -> None:
    """Start to ready, first in an empty directory, then again in the same one."""
    seconds = []
    for _ in range(2):
        server = await start_service(directory)
        seconds.append(server.ready_after)
        idle = server.resident_mb()
        server.stop()
    print(f"Start to ready: {seconds[0]:.1f} s the first time, {seconds[1]:.1f} s again; resident then {idle:.0f} MB")


async def _report_memory(systems: dict[str, tuple[Server, Open]], crowd: Iterator[Person]) -> None:
    """Doubles as the warm-up."""
    for name, (server, opener) in systems.items():
        idle, turns = server.resident_mb(), 0
        while turns < MEMORY_TURNS:
            for transport in TRANSPORTS:
                turns += (await run_round(server, opener, transport, 8, crowd)).turns
        print(f"Resident, {name}: {idle:.0f} MB idle, {server.resident_mb():.0f} MB after {turns} turns")


async def _profile(records: list[dict[str, object]], persons: list[Person]) -> None:
    with tempfile.TemporaryDirectory(prefix="esoteric-load-") as name:
        home, crowd = Path(name), iter(persons)
        write_customers(home / "customers.json", records)
        server = await start_service(home, home / "customers.json", profile_to=home / "profile.json")
        try:
            await run_round(server, _to_service(server), "sse", 8, crowd)
            server.process.send_signal(BEGIN)
            for _ in range(2):
                await run_round(server, _to_service(server), "sse", 32, crowd)
        finally:
            server.stop()
        title = "Where a turn's processor time goes, in the process that answers (32 sessions over SSE)"
        print(f"\n{title}\n\n{report(home / 'profile.json')}")


def _to_service(server: Server) -> Open:
    outbox = Outbox(server.directory / "outbox")
    return lambda transport: ServiceTalker.open(transport, server.port, outbox)


def _to_baseline(server: Server) -> Open:
    return lambda transport: BaselineTalker.open(transport, server.port)


def _directory(home: Path, name: str) -> Path:
    directory = home / name
    directory.mkdir()
    return directory


def main() -> None:
    parser = argparse.ArgumentParser(description="Load bench; loopback only, under four minutes.")
    parser.add_argument("--quick", action="store_true", help="one round instead of three")
    parser.add_argument("--profile", action="store_true", help="then show where a turn's processor time goes")
    arguments = parser.parse_args()
    uvloop.run(bench(rounds=1 if arguments.quick else 3, profile=arguments.profile))


if __name__ == "__main__":
    main()
