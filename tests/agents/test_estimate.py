"""What a tenure costs is told of tenures that there are."""

import pytest

from agents.application import new_application
from agents.offering.calculation import estimate
from kb.policy import load_policy
from tests.agents.model_parts import shared_rules


@pytest.mark.parametrize("months", [1, 6, 61, 600])
def test_a_tenure_that_there_is_not_has_no_instalment(months: int) -> None:
    application = new_application("A1", "2026-12-01")
    said = estimate({"amount": 300_000, "months": months}, application, load_policy("default"))
    assert [(one["key"], one["facts"]) for one in said] == [
        ("sales.tenure_out_of_range", {"min_months": 12, "max_months": 60})
    ]


@pytest.mark.parametrize("text", ["what happens if I can't pay one month?", "agar main 1 mahina na doon to?"])
def test_a_month_that_is_not_paid_is_no_tenure(text: str) -> None:
    reading, _ = shared_rules().read_by_rules(text, None)
    assert not {"what_if", "loan_term_months"} & reading["facts"].keys()
