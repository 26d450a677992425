"""What officers may set aside, and what stands whoever sets aside what."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.policy import Policy, load_policy
from tools.policy import Applicant, Request, SalarySlip, Waiver, decide

TODAY = date(2026, 12, 1)
DEFAULT, STRICT = load_policy("default", on=TODAY), load_policy("challenge_strict", on=TODAY)
DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8")
)
CUSTOMERS = {customer["customer_id"]: Applicant.from_dict(customer) for customer in DATA["customers"]}
NEVER = ("G-01", "G-02", "E-01", "E-02", "E-03", "E-04", "E-05", "B-04", "L-03", "L-06", "D-01", "A-01", "A-02")


def asked(amount: int, months: int, net_pay: int | None, *waived: Waiver, name_match: str = "match") -> Request:
    slip = None if net_pay is None else SalarySlip(net_pay, name_match, 20)  # type: ignore[arg-type]
    return Request(amount, months, slip, consent=True, waived=waived)


def outcome(customer: str, request: Request, policy: Policy = DEFAULT) -> tuple[str, tuple[str, ...]]:
    decision = decide(CUSTOMERS[customer], request, policy, TODAY)
    return decision.decision, decision.reasons


def test_a_waived_review_goes_on_to_the_later_stages() -> None:
    waiver = Waiver("M-02", 628)
    assert outcome("C06", asked(100_000, 24, 40_000))[0] == "MANUAL_REVIEW"
    assert outcome("C06", asked(100_000, 24, None, waiver))[0] == "NEEDS_DOCUMENT"
    assert outcome("C06", asked(100_000, 24, 40_000, waiver)) == ("APPROVE", ("R-SLIP-OK",))


def test_no_officer_lends_above_the_cap_of_the_band() -> None:
    decision = decide(CUSTOMERS["C06"], asked(150_000, 24, 40_000, Waiver("M-02", 628)), DEFAULT, TODAY)
    assert (decision.decision, decision.amount, decision.rate_pct) == ("COUNTER_OFFER", 100_000, Decimal("15.00"))


def test_a_waiver_counts_for_its_value_alone() -> None:
    assert outcome("C06", asked(100_000, 24, 40_000, Waiver("M-02", 640)))[0] == "MANUAL_REVIEW"


def test_a_decline_by_score_is_reopened_on_the_terms_of_the_band_above() -> None:
    waiver = Waiver("B-01", 582)
    assert outcome("C05", asked(100_000, 24, 46_000, waiver)) == ("APPROVE", ("R-SLIP-OK",))
    above = decide(CUSTOMERS["C05"], asked(200_000, 24, 46_000, waiver), DEFAULT, TODAY)
    assert (above.amount, above.rate_pct) == (100_000, Decimal("15.00"))


def test_the_strict_profile_declines_a_reopened_score_all_the_same() -> None:
    assert outcome("C05", asked(100_000, 24, 46_000, Waiver("B-01", 582)), STRICT) == ("DECLINE", ("R-CHALLENGE-700",))


def test_a_loan_past_the_birthday_may_be_waived_by_a_person() -> None:
    """Under twelve months are left before 60, so that a person decides."""
    old = replace(CUSTOMERS["C10"], dob=date(1967, 6, 1))
    request = asked(100_000, 24, 55_000)
    before = decide(old, request, DEFAULT, TODAY)
    assert (before.decision, before.reasons) == ("MANUAL_REVIEW", ("R-MATURITY-AGE",))
    after = decide(old, replace(request, waived=(Waiver("A-03", 24),)), DEFAULT, TODAY)
    assert (after.decision, after.amount, after.months) == ("APPROVE", 100_000, 24)
    longer = decide(old, replace(request, months=36, waived=(Waiver("A-03", 24),)), DEFAULT, TODAY)
    assert longer.decision == "MANUAL_REVIEW"


@pytest.mark.parametrize("policy", [DEFAULT, STRICT], ids=["default", "strict"])
def test_what_nobody_may_waive(policy: Policy) -> None:
    allowed = {rule.id: rule.waiver for rule in policy.rules if rule.waiver}
    assert not set(NEVER) & set(allowed)
    assert {allowed[rule] for rule in ("B-01", "B-02", "B-03", "G-03")} == {"two"}


HITS: list[tuple[str, Request]] = [
    ("C09", asked(100_000, 24, 30_000)),
    ("C11", asked(100_000, 24, 22_500)),
    ("C12", asked(200_000, 24, 70_000)),
    ("C15", asked(100_000, 24, 30_000)),
]


@pytest.mark.parametrize(("customer", "request_"), HITS, ids=[customer for customer, _ in HITS])
def test_a_waiver_that_the_policy_does_not_know_changes_nothing(customer: str, request_: Request) -> None:
    before = decide(CUSTOMERS[customer], request_, DEFAULT, TODAY)
    assert before.decision == "DECLINE"
    everything = tuple(Waiver(entry.rule, entry.value) for entry in before.trace)
    after = decide(CUSTOMERS[customer], replace(request_, waived=everything), DEFAULT, TODAY)
    assert (after.decision, after.reasons, after.trace) == (before.decision, before.reasons, before.trace)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(CUSTOMERS)),
    st.integers(50_000, 900_000),
    st.integers(12, 60),
    st.none() | st.integers(25_000, 150_000),
    st.sampled_from(["match", "review", "mismatch"]),
)
def test_whatever_is_waived_the_caps_and_affordability_hold(
    customer: str, amount: int, months: int, net_pay: int | None, name_match: str
) -> None:
    request, applicant = asked(amount, months, net_pay, name_match=name_match), CUSTOMERS[customer]
    for _ in range(4):  # as often as a stage comes up for review
        decision = decide(applicant, request, DEFAULT, TODAY)
        found = {Waiver(entry.rule, entry.value) for entry in decision.trace if entry.result == "hit"}
        request = replace(request, waived=(*request.waived, *found))
    if decision.amount is None:
        return
    band = DEFAULT.band_for(applicant.score)
    band = next((other for other in DEFAULT.score_bands if other.id == band.reopened_as), band)
    limit = applicant.offer.limit * 2 if applicant.offer and band.offer_track else 0
    assert decision.amount <= min(max(band.cap_without_offer, limit), DEFAULT.product.max_amount)
    assert decision.rate_pct == band.rate_pct
    income = net_pay or applicant.net_income_on_file or 0
    assert decision.emi is not None
    assert decision.emi * 2 <= income


def test_the_json_form_is_as_before_without_a_waiver_and_reads_back_with_one() -> None:
    plain = asked(100_000, 24, 40_000)
    assert "waived" not in plain.as_dict()
    waived = replace(plain, waived=(Waiver("M-02", 628), Waiver("M-08", "mismatch"), Waiver("G-03", True)))
    assert Request.from_dict(waived.as_dict()) == waived
