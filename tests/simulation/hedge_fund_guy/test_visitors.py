"""Simulated visitors of the hedge fund guy against the running service: the short part of a run of hundreds."""

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agents.hedge_fund_guy.reading.reading import FACTS
from tests.driver import Transport
from tests.service import Service, fresh_data_dir, service_in_thread
from tests.simulation.hedge_fund_guy.__main__ import LEAST_READ
from tests.simulation.hedge_fund_guy.campaign import LEADS_EMAIL, hold, keep_transcripts
from tests.simulation.hedge_fund_guy.cast import Income
from tests.simulation.hedge_fund_guy.line import Line
from tests.simulation.hedge_fund_guy.people import KINDS, TRANSPORTS, people
from tests.simulation.hedge_fund_guy.report import figures, markdown
from tests.simulation.hedge_fund_guy.visitor import Outcome, Visitor

PEOPLE, SEED = 20, 3


@pytest.fixture(scope="module")
def guy(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    directory = fresh_data_dir(tmp_path_factory.mktemp("guy") / "var", knowledge_dir)
    with service_in_thread(directory, leads_email=LEADS_EMAIL) as running:
        yield running


def test_visitors_of_every_kind(guy: Service, tmp_path: Path) -> None:
    run = hold(guy, number=PEOPLE, seed=SEED)
    found = figures(run)
    kept = keep_transcripts(run.outcomes, tmp_path / "transcripts")
    report = markdown(found) + "\n".join(str(path) for path in kept)
    assert found["violations"] == [], report
    assert found["all"]["facts_right"] >= LEAST_READ, report
    assert {one.person.kind for one in run.outcomes} == set(KINDS)
    assert {one.person.transport for one in run.outcomes} == set(TRANSPORTS)
    assert found["all"]["complete"] >= PEOPLE // 4, report
    assert found["all"]["off_topic"] and found["all"]["answered"] > 0.9, report


# Everything that a conversation consists of, in an order of its own.
SCRIPT = (
    "evening", "why would momentum keep on going at all?", "how do I make a good carbonara?", "what is a value trap",
    "should I buy tesla?", "who are you anyway?", "I'm Priya Raman by the way", "says who?",
    "priya.night@example.org is where you reach me", "you are a useless piece of junk",
    "why do bonds fall when yields go up", "none of your business", "why do bonds fall when yields go up",
    "ok, I make £38k per year", "thanks man", "good night",
)  # fmt: skip


async def spoken(base_url: str, session_id: str, transport: Transport) -> list[tuple[str, dict[str, bool], bool]]:
    """The script over one road; the session is started over a socket, which takes an id of the client's own."""
    async with httpx.AsyncClient(base_url=base_url, timeout=60, trust_env=False) as http:
        opened = Line(http, "websocket", session_id)
        await opened.open()
        line = opened if transport == "websocket" else Line(http, transport, session_id)
        answers = [await line.say(text) for text in SCRIPT]
        await opened.close()
        return [(opened.greeting, {}, False), *((one.text, one.collected, one.complete) for one in answers)]


def test_every_road_carries_the_same_words(guy: Service) -> None:
    """The same id and the same messages, each road after the session of the one before was erased."""
    told = {}
    for road in TRANSPORTS:
        told[road] = asyncio.run(spoken(guy.base_url, "the-same-session", road))
        guy.client().delete("/api/sessions/the-same-session").raise_for_status()
    assert told["rest"] == told["sse"] == told["websocket"]
    assert told["rest"][-1][1:] == (dict.fromkeys(FACTS, True), True)
    assert asyncio.run(spoken(guy.base_url, "another-session", "rest")) != told["rest"]


def test_the_judge_sees_a_fact_that_was_read_as_another(guy: Service) -> None:
    """Somebody who says one income and means another."""
    person = next(one for one in people(len(KINDS), SEED) if one.kind == "all_at_once")
    torn = dataclasses.replace(person, income=Income(person.income.said, person.other_income.means))

    async def talk() -> Outcome:
        async with httpx.AsyncClient(base_url=guy.base_url, timeout=60, trust_env=False) as http:
            return await Visitor(torn, Line(http, "rest")).talk()

    laws = asyncio.run(talk()).laws
    assert laws.reads["income wrong"] == 1 and laws.misread
    laws.mailed([], LEADS_EMAIL)
    assert laws.broken, "a complete lead without a mail"
