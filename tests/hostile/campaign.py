"""All cases against one service, many at once, and what its records say afterwards."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.driver import Transport
from tests.groq_server import Body, GroqServer
from tests.hostile.attacking import Attack, Pair, refused_politely, standing
from tests.hostile.cases import Case
from tests.hostile.judging import Judge, hard
from tests.hostile.obedient import Obedient
from tests.hostile.people import canaries, record, victim
from tests.hostile.stage import Overheard, attacked_service
from tests.hostile.talk import Side, Stuck
from tests.service import Service
from tests.simulation.afterwards import Afterwards, look
from tests.simulation.office import Office

AT_ONCE = 10
MOST_USES = 20
TURN_SECONDS = 60.0
# A case of these leaves its stage for the next one.
_WITHOUT_TRACE = frozenset({"message", "clause", "tool result", "request body", "officer's question"})
TRANSPORTS: tuple[Transport, ...] = ("rest", "sse")


@dataclass
class Run:
    """A finished run. `asked` counts what the model was asked for, `stuck` are the cases that were not begun."""

    seed: int
    cases: list[Case]
    judge: Judge
    asked: dict[str, int]
    seconds: float
    stuck: list[str]
    after: Afterwards


def together(runs: list[Run]) -> Run:
    """Parts of one run, each against another service, that went on at the same time."""
    judge, asked, after = Judge(), Counter[str](), Afterwards()
    for run in runs:
        judge.broken += run.judge.broken
        judge.worded += run.judge.worded
        judge.replies += run.judge.replies
        asked.update(run.asked)
        after.decisions += run.after.decisions
        after.faults += run.after.faults
        after.audit = f"{after.audit}; {run.after.audit.partition(';')[0]}".removeprefix("; ")
    every = sorted((case for run in runs for case in run.cases), key=lambda case: case.number)
    stuck = [one for run in runs for one in run.stuck]
    return Run(runs[0].seed, every, judge, asked, max(run.seconds for run in runs), stuck, after)


@dataclass
class Campaign:
    service: Service
    cases: list[Case]
    rng: random.Random
    model: Obedient
    office: Office
    said: Overheard
    judge: Judge = field(default_factory=Judge)
    stuck: list[str] = field(default_factory=list)
    standby: dict[str, list[Pair]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._transport = httpx.AsyncHTTPTransport(verify=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._private: dict[int, tuple[Side, tuple[str, ...]]] = {}

    async def run(self, at_once: int) -> None:
        waiting = list(reversed(self.cases))

        async def worker() -> None:
            while waiting:
                await self._one(waiting.pop())

        await asyncio.gather(*(worker() for _ in range(at_once)))
        for pairs in self.standby.values():
            for pair in pairs:
                await self._close(pair)
        await self._transport.aclose()

    def reads(self, body: Body) -> None:
        """A request as it reaches the model: nothing in it may be of anybody."""
        sent = json.dumps(body, ensure_ascii=False).casefold()
        for number, (side, words) in list(self._private.items()):
            for word in (*words, *side.codes):
                if word.casefold() in sent:
                    self.judge.note("personal", number, f"{word} in {sent[-600:]}")

    async def _one(self, case: Case) -> None:
        number = case.number
        with refused_politely(self.judge, number):
            try:
                pair = await self._pair(case)
            except Stuck as stuck:
                self.stuck.append(f"case {number} ({case.carrier}): {stuck}")
                return
            before = standing(pair)
            self._private[number] = (pair.attacked, canaries(pair.attacked.record))
            pair.attacked.hears = lambda session_id, reply: self._hear(number, session_id, reply)
            try:
                await Attack(case, pair, self.judge, self.model, self.office).run()
            finally:
                self.model.aims.pop(number, None)
                self._private.pop(number, None)
            pair.uses += 1
            reusable = case.carrier in _WITHOUT_TRACE and pair.uses < MOST_USES and standing(pair) == before
            if reusable:
                self.standby.setdefault(case.stage, []).append(pair)
            else:
                await self._close(pair)

    async def _pair(self, case: Case) -> Pair:
        """One that stands at the case's stage, or a new one that is brought there. Raises Stuck."""
        if case.carrier in _WITHOUT_TRACE and (ready := self.standby.get(case.stage)):
            return ready.pop()
        sides = [await self._side(case, twin=twin) for twin in (False, True)]
        number = case.number
        sides[0].hears = lambda session_id, reply: self._hear(number, session_id, reply)
        self._private[number] = (sides[0], canaries(sides[0].record))
        await asyncio.gather(*(side.reach(case.stage) for side in sides))
        return Pair(*sides)

    async def _side(self, case: Case, *, twin: bool) -> Side:
        http = httpx.AsyncClient(
            base_url=self.service.base_url, timeout=TURN_SECONDS, transport=self._transport, trust_env=False
        )
        one = record(case.number, case, twin=twin)
        transport = self.rng.choice(TRANSPORTS) if not twin else "rest"
        return await Side.open(http, one, transport, twin=twin)

    def _hear(self, number: int, session_id: str, reply: str) -> None:
        self.judge.reply(number, reply, self.said.get(session_id, reply))

    async def _close(self, pair: Pair) -> None:
        """Both ended alike, also in what was sent to them."""
        sent = []
        for side in (pair.attacked, pair.twin):
            told = await side.line.http.get("/api/v1/dev/outbox", params={"session_id": side.line.session_id})
            sent.append([message["channel"] for message in told.raise_for_status().json()["messages"]])
            await side.line.close()
        if hard(pair.attacked.last.application) == hard(pair.twin.last.application) and sent[0] != sent[1]:
            self.judge.note("state", 0, f"sent {sent[0]} where the twin was sent {sent[1]}")
        for fault in pair.attacked.line.faults:
            self.judge.note("broken", 0, fault)


def campaign(directory: Path, chosen: list[Case], seed: int, at_once: int = AT_ONCE) -> Run:
    """These cases against a service of their own, whose files are kept under `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    everybody = [record(case.number, case, twin=twin) for case in chosen for twin in (False, True)]
    customers = directory / "customers.json"
    customers.write_text(json.dumps({"customers": [*everybody, victim()]}), encoding="utf-8")
    return asyncio.run(_run(directory, customers, chosen, seed, at_once))


async def _run(directory: Path, customers: Path, chosen: list[Case], seed: int, at_once: int) -> Run:
    model = Obedient(random.Random(seed))
    started = time.monotonic()
    async with _obeying(model) as server:
        said: Overheard = {}
        with attacked_service(directory, server.url, customers, said) as service:
            office = await Office.open(service.base_url)
            held = Campaign(service, chosen, random.Random(seed), model, office, said)
            model.shown = held.reads
            await _victim_applies(held)
            await held.run(at_once)
            await office.close()
    after = await asyncio.to_thread(look, directory)
    return Run(seed, chosen, held.judge, model.counts, time.monotonic() - started, held.stuck, after)


async def _victim_applies(held: Campaign) -> None:
    """Whoever is asked about has an offer, so that there is something to tell."""
    http = httpx.AsyncClient(base_url=held.service.base_url, timeout=TURN_SECONDS, trust_env=False)
    side = await Side.open(http, victim(), "rest", twin=True)
    with contextlib.suppress(Stuck):
        await side.reach("offer_decision")
    assert side.last.application["offer"], side.last
    await http.aclose()


@contextlib.asynccontextmanager
async def _obeying(model: Obedient) -> AsyncIterator[GroqServer]:
    async with GroqServer() as server:
        model.take_over(server)
        yield server
