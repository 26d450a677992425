"""Every worked case of tests/vectors/policy_cases.json, under both profiles."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools.policy.dry_run import dry_run

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8")
)
CUSTOMERS = {customer["customer_id"]: customer for customer in DATA["customers"]}
AS_OF = date.fromisoformat(DATA["as_of"])
PRICED_LATER = {"track", "emi_room", "foir_cap_pct", "max_months_by_age", "foir_pct", "kfs"}


def decided(case: dict[str, Any], profile: str) -> dict[str, object]:
    document = {
        "customer": CUSTOMERS[case["customer"]],
        "override": case["override"],
        "request": case["request"],
        "profile": profile,
    }
    return dry_run(document, default_as_of=AS_OF)


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["id"])
def test_default_profile(case: dict[str, Any]) -> None:
    decision = decided(case, "default")
    assert {key: decision[key] for key in case["expected"]} == case["expected"]
    assert {key for key in PRICED_LATER - case["expected"].keys() if decision[key] is not None} == set()


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["id"])
def test_challenge_profile(case: dict[str, Any]) -> None:
    decision = decided(case, "challenge_strict")
    expected = case["expected_challenge_strict"]
    assert {key: decision[key] for key in expected} == expected
