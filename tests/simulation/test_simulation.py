"""Simulated customers against the running service: a seeded part of `make simulate`, and whether its judge can fail."""

import asyncio
import dataclasses
import random
from pathlib import Path

import pytest

from kb.policy import load_policy
from tests.service import fresh_data_dir, service_in_thread
from tests.simulation.__main__ import LEAST_AGREEMENT
from tests.simulation.campaign import converse, keep_transcripts, simulate
from tests.simulation.people import STRATA, people, write_customers
from tests.simulation.plans import plan_for, plans_for
from tests.simulation.report import figures, markdown

CUSTOMERS, SEED = 270, 1
# G-01: a refused consent ends before a decision. B-04 is the other profile's. M-05 needs three applications on one PAN,
# and nobody here makes more than two. L-01 and L-02 are asked again when they are said.
NEVER_DECIDED_ON = {"G-01", "B-04", "M-05", "L-01", "L-02"}


@pytest.mark.timeout(600)
def test_customers_get_what_the_policy_gives_them(tmp_path: Path, knowledge_dir: Path) -> None:
    run = simulate(fresh_data_dir(tmp_path / "service", knowledge_dir), customers=CUSTOMERS, seed=SEED)
    found = figures(run)
    kept = keep_transcripts(run.outcomes, tmp_path / "transcripts")
    report = markdown(found) + "\n".join(str(path) for path in kept)
    assert found["violations"] == [], report
    assert found["all"]["completion"] >= LEAST_AGREEMENT, report
    assert found["all"]["agreement"] >= LEAST_AGREEMENT, report
    assert found["all"]["sanctioned"] > CUSTOMERS // 5
    every = {rule.id for rule in load_policy("default").rules}
    assert every - found["rules_met"].keys() <= NEVER_DECIDED_ON, report


def test_the_judge_sees_a_decision_that_is_not_the_policy_s(tmp_path: Path, knowledge_dir: Path) -> None:
    """The same customers, of whom the bureau tells another score than the ledger knows."""
    persons = [one for one in people(len(STRATA) * 4, SEED) if one.stratum == "score_low"]
    plans = [
        dataclasses.replace(plan_for(one, 0, random.Random(SEED)), conduct="honest", language="en") for one in persons
    ]
    better = [dataclasses.replace(one, record=one.record | {"score": 850}) for one in persons]
    write_customers(tmp_path / "customers.json", better)
    directory = fresh_data_dir(tmp_path / "service", knowledge_dir)
    victims = [persons[0].record] * len(STRATA) * 4
    with service_in_thread(directory, customers_file=tmp_path / "customers.json") as service:
        outcomes = asyncio.run(converse(service, [[plan] for plan in plans], victims, at_once=2))
    assert outcomes
    assert all(outcome.disagreements and outcome.violations for outcome in outcomes)


def test_a_seed_gives_the_same_customers_and_plans() -> None:
    assert people(60, 5) == people(60, 5)
    assert plans_for(people(60, 5), 5) == plans_for(people(60, 5), 5)
    assert people(60, 5) != people(60, 6)


def test_nobody_applies_more_than_twice() -> None:
    plans = [plan for group in plans_for(people(600, 3), 3) for plan in group]
    pans = [plan.person.record["pan"] for plan in plans]
    assert max(pans.count(pan) for pan in set(pans)) == 2
