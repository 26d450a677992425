"""Many conversations at once with a running service, and what the database says of them afterwards."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from kb.policy import load_policy
from tests.service import Service, index_knowledge, start_process, stop_process
from tests.simulation.afterwards import Afterwards, look
from tests.simulation.customer import Customer, Outcome
from tests.simulation.line import Broken, Line
from tests.simulation.office import Office
from tests.simulation.oracle import Ledger, PhoneBook
from tests.simulation.people import Person, people, write_customers
from tests.simulation.plans import Plan, plans_for

AT_ONCE = 12
TURN_SECONDS = 60.0


@dataclass
class Run:
    """A finished run."""

    seed: int
    outcomes: list[Outcome]
    seconds: float
    after: Afterwards


def simulate(
    directory: Path, *, customers: int, seed: int, at_once: int = AT_ONCE, settings: Mapping[str, str] | None = None
) -> Run:
    """About `customers` conversations with a service of its own, whose files are kept under `directory`.

    `settings` are further ones of the service's, by their names in the environment.
    """
    directory.mkdir(parents=True, exist_ok=True)
    persons = people(customers, seed)
    victims = [victim.record for victim in people(customers, seed + 1)]
    _hide_names(victims)
    everybody = [*persons, *(Person(victim, victim, 0, 0, "victim") for victim in victims)]
    write_customers(directory / "customers.json", everybody)
    if not (directory / "chroma").exists():
        asyncio.run(index_knowledge(directory / "chroma"))
    more = {"LOG_LEVEL": "WARNING", "RATE_LIMIT_ENABLED": "false", **(settings or {})}
    service = start_process(directory, CUSTOMERS_FILE=str(directory / "customers.json"), **more)
    started = time.monotonic()
    try:
        outcomes = asyncio.run(converse(service, plans_for(persons, seed), victims, at_once))
    finally:
        stop_process(service)
    run = Run(seed, outcomes, time.monotonic() - started, look(directory))
    for outcome in outcomes:
        _judge_pulls(outcome, run.after.pulls.get(outcome.session_id, 0))
    return run


def _hide_names(victims: list[dict[str, Any]]) -> None:
    """Names that nobody else has, so that one in a reply tells that it leaked."""
    for number, victim in enumerate(victims):
        victim["name"] = f"Wrongperson Leaked{''.join(chr(97 + int(digit)) for digit in str(number))}"
        victim["phone"] = f"+919000{900_000 + number:06d}"
        victim["pan"] = f"ZZZPL{number % 10_000:04d}I"
        victim["customer_id"] = f"V{number:05d}"
        victim["email"] = f"leaked.{number}@example.com"
        victim["dob"] = "1980-02-29"


async def converse(
    service: Service, groups: list[list[Plan]], victims: list[dict[str, Any]], at_once: int
) -> list[Outcome]:
    """The conversations, `at_once` at a time; those of one group one after the other."""
    waiting = list(reversed(groups))
    policy, phones, outcomes = load_policy("default"), PhoneBook(), list[Outcome]()
    office = await Office.open(service.base_url)
    socket_base = service.base_url.replace("http", "ws", 1)

    async def worker() -> None:
        async with httpx.AsyncClient(base_url=service.base_url, timeout=TURN_SECONDS, trust_env=False) as http:
            while waiting:
                for plan in waiting.pop():
                    http.cookies.clear()
                    ledger = Ledger(plan.person, policy, phones, plan.name)
                    line = Line(http, plan.transport, socket_base)
                    # A PAN of their own to try for everybody: the service counts the tries by PAN.
                    victim = victims[int(plan.person.record["customer_id"][1:])]
                    outcomes.append(await _one(Customer(plan, line, ledger, victim, office)))

    try:
        await asyncio.gather(*(worker() for _ in range(at_once)))
    finally:
        await office.close()
    return outcomes


async def _one(customer: Customer) -> Outcome:
    started = time.monotonic()
    try:
        return await customer.talk()
    except (httpx.HTTPError, OSError, Broken) as error:
        customer.outcome.violations.append(f"the connection broke: {type(error).__name__}")
        customer.outcome.stuck = True
        return customer.outcome
    finally:
        customer.outcome.seconds = time.monotonic() - started


def _judge_pulls(outcome: Outcome, pulls: int) -> None:
    if pulls > 1:
        outcome.violations.append(f"the bureau was asked {pulls} times")
    if pulls and not outcome.bureau_may_be_asked:
        outcome.violations.append("the bureau was asked although the policy ends before it")


def keep_transcripts(outcomes: list[Outcome], directory: Path) -> list[Path]:
    """One file for each conversation that disagreed, broke a law or was misread."""
    directory.mkdir(parents=True, exist_ok=True)
    kept = []
    for outcome in outcomes:
        if outcome.agrees and not outcome.violations and not outcome.misread:
            continue
        path = directory / f"{outcome.plan.name}.txt"
        plan = outcome.plan
        head = [
            f"{plan.name} {plan.person.stratum} {plan.conduct} {plan.temperament} {plan.language} {plan.habit} "
            f"{plan.transport} on_counter={plan.on_counter}",
            f"asks {plan.person.amount} over {plan.person.months}; ended {outcome.status}",
            f"expected {outcome.expected and sorted(outcome.expected.statuses)} "
            f"{outcome.expected and outcome.expected.reasons}",
            *(f"DISAGREES {text}" for text in outcome.disagreements),
            *(f"VIOLATES {text}" for text in outcome.violations),
            *(f"MISREAD {text}" for text in outcome.misread),
            *(f"unread {text}" for text in outcome.unread),
            json.dumps(plan.person.record, ensure_ascii=False),
        ]
        turns = [f"\n> {said}\n< {reply}\n  [{state}]" for said, reply, state in outcome.transcript]
        path.write_text("\n".join([*head, *turns]) + "\n", encoding="utf-8")
        kept.append(path)
    return kept
