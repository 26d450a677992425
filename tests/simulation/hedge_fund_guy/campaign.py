"""Many visitors at once with a running service, and the mails that it left behind."""

import asyncio
import shutil
import time
from collections import defaultdict
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import cast

import httpx
from websockets.exceptions import WebSocketException

from tests.service import Service, fresh_data_dir, index_knowledge, start_process, stop_process
from tests.simulation.hedge_fund_guy.line import Line
from tests.simulation.hedge_fund_guy.people import Person, people
from tests.simulation.hedge_fund_guy.visitor import Outcome, Visitor

LEADS_EMAIL = "leads@desk.example.com"
AT_ONCE = 8
TURN_SECONDS = 60.0
MAIL_SECONDS = 30.0


@dataclass
class Run:
    """A finished run."""

    seed: int
    outcomes: list[Outcome]
    seconds: float


def simulate(directory: Path, *, number: int, seed: int, at_once: int = AT_ONCE) -> Run:
    """`number` conversations with a service of its own; it and the index it starts with are kept under `directory`."""
    asyncio.run(index_knowledge(directory / "knowledge"))
    shutil.rmtree(directory / "service", ignore_errors=True)
    service = start_process(
        fresh_data_dir(directory / "service", directory / "knowledge"), LEADS_EMAIL=LEADS_EMAIL, LOG_LEVEL="WARNING"
    )
    try:
        return hold(service, number=number, seed=seed, at_once=at_once)
    finally:
        stop_process(service)


def hold(service: Service, *, number: int, seed: int, at_once: int = AT_ONCE) -> Run:
    """The conversations with a service that runs, and their mails."""
    started = time.monotonic()
    outcomes = asyncio.run(converse(service.base_url, people(number, seed), at_once))
    seconds = time.monotonic() - started
    _judge_mails(service.data_dir, outcomes)
    return Run(seed, outcomes, seconds)


async def converse(base_url: str, persons: list[Person], at_once: int) -> list[Outcome]:
    """`at_once` conversations at a time; the outcomes in the order of the persons."""
    waiting = list(reversed(persons))
    outcomes: list[Outcome] = []

    async def worker() -> None:
        while waiting:
            person = waiting.pop()
            async with httpx.AsyncClient(base_url=base_url, timeout=TURN_SECONDS, trust_env=False) as http:
                # A socket may start a session under an id of its own.
                own_id = f"sim-{person.seed:08x}-{person.number}" if person.transport == "websocket" else ""
                outcomes.append(await _one(Visitor(person, Line(http, person.transport, own_id))))

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return sorted(outcomes, key=lambda outcome: outcome.person.number)


async def _one(visitor: Visitor) -> Outcome:
    try:
        return await visitor.talk()
    except (httpx.HTTPError, OSError, WebSocketException) as error:
        visitor.outcome.laws.broken.append(f"the connection broke: {type(error).__name__}")
        return visitor.outcome


def _judge_mails(data_dir: Path, outcomes: list[Outcome]) -> None:
    """They are sent behind the turn, so the last ones are waited for."""
    expected = sum(outcome.complete and not outcome.erased for outcome in outcomes)
    deadline = time.monotonic() + MAIL_SECONDS
    while sum(map(len, (mails := mails_in(data_dir)).values())) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    for outcome in outcomes:
        sent = mails.get(outcome.session_id, [])
        if outcome.erased:
            if sent:
                outcome.laws.broken.append("a mail is still there after everything was erased")
        else:
            outcome.laws.mailed(sent, LEADS_EMAIL)


def mails_in(data_dir: Path) -> dict[str, list[tuple[str, str]]]:
    """What the outbox holds, by session: (to, subject and body)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((data_dir / "outbox").glob("*.eml")):
        mail = cast(EmailMessage, BytesParser(policy=policy.default).parsebytes(path.read_bytes()))
        body = mail.get_body()
        text = body.get_content() if body is not None else ""
        found[str(mail["X-Session"])].append((str(mail["To"]), f"{mail['Subject']}\n{text}"))
    return found


def keep_transcripts(outcomes: list[Outcome], directory: Path) -> list[Path]:
    """One file for each conversation in which a law was broken or a fact misread."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = []
    for outcome in outcomes:
        laws = outcome.laws
        if not (laws.broken or laws.misread or laws.beside or laws.out_of_place):
            continue
        path = directory / f"{outcome.person.label}.txt"
        head = [f"{outcome.person}", *(f"VIOLATES {text}" for text in laws.broken)]
        head += [*(f"MISREAD {text}" for text in laws.misread), *(f"BESIDE {text}" for text in laws.beside)]
        head += [f"OUT OF PLACE {text}" for text in laws.out_of_place]
        turns = [f"\n[{said.sort}] > {said.text}\n< {reply}" for said, reply in outcome.transcript]
        path.write_text("\n".join([*head, *turns]) + "\n", encoding="utf-8")
        kept.append(path)
    return kept
