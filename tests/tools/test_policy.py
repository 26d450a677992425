"""Laws of the credit policy engine that no single case shows."""

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.policy import Policy, PolicyError, load_policy
from tools.loan_maths import instalment
from tools.policy import (
    Alternative,
    Applicant,
    BureauRecord,
    Decision,
    KycRecord,
    Offer,
    Request,
    SalarySlip,
    customer_reasons,
    decide,
    decide_before_bureau,
    officer_label,
)
from tools.policy.dry_run import dry_run
from tools.policy.rules import TESTS

TODAY = date(2026, 12, 1)
DEFAULT = load_policy("default", on=TODAY)
STRICT = load_policy("challenge_strict", on=TODAY)
NAME = "PL-SALARIED-IN-2026.12.1.toml"
DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8")
)
CUSTOMERS = {customer["customer_id"]: customer for customer in DATA["customers"]}
GOOD = Applicant.from_dict(CUSTOMERS["C01"])
WALK_IN = replace(GOOD, offer=None)


def asked(amount: int, months: int, net_pay: int | None = None, age_days: int = 20) -> Request:
    slip = None if net_pay is None else SalarySlip(net_pay, "match", age_days)
    return Request(amount, months, slip, consent=True)


def decided(applicant: Applicant, request: Request, policy: Policy = DEFAULT) -> Decision:
    return decide(applicant, request, policy, TODAY)


incomes = st.integers(25_000, 150_000)
applicants = st.builds(
    lambda dob, income, emi, score, offer: replace(
        GOOD, dob=dob, declared_income=income, net_income_on_file=income, existing_emi=emi, score=score, offer=offer
    ),
    dob=st.dates(date(1966, 12, 2), date(2005, 12, 1)),
    income=incomes,
    emi=st.integers(0, 60_000),
    score=st.integers(650, 900),
    offer=st.none() | st.builds(Offer, st.integers(20_000, 450_000), st.just(TODAY)),
)
requests = st.builds(asked, st.integers(50_000, 900_000), st.integers(12, 60), st.none() | incomes)
thorough = settings(max_examples=150, deadline=None)


@thorough
@given(applicants, requests)
def test_counter_offers_are_inside_the_limits_and_their_next_step_is_not(
    applicant: Applicant, request: Request
) -> None:
    applicant = replace(applicant, declared_income=0)  # no income gap, so that the slip decides
    decision = decided(applicant, request)
    for option in decision.alternatives:
        taken = decided(applicant, replace(request, amount=option.amount, months=option.months))
        assert (taken.decision, taken.emi, taken.rate_pct) == ("APPROVE", option.emi, decision.rate_pct)
        assert option.amount <= request.amount
        assert option.emi == instalment(option.amount, decision.rate_pct or Decimal(0), option.months)
        for amount, months in next_steps(option, request):
            bolder = decided(applicant, replace(request, amount=amount, months=months))
            assert bolder.decision != "APPROVE", (option, amount, months)
    if decision.alternatives:
        best = decision.alternatives[0]
        assert (decision.amount, decision.months, decision.emi) == (best.amount, best.months, best.emi)
        assert len({(option.amount, option.months) for option in decision.alternatives}) == len(decision.alternatives)
    assert (decision.decision == "COUNTER_OFFER") is bool(decision.alternatives)


def next_steps(option: Alternative, request: Request) -> list[tuple[int, int]]:
    """Loans closer to what was asked, by one step of amount or one month."""
    steps = []
    if option.amount < request.amount:
        steps.append((min(option.amount + 1000, request.amount), option.months))
    if option.months > request.months:
        steps.append((option.amount, option.months - 1))
    if option.months < request.months:
        steps.append((option.amount, option.months + 1))
    return steps


@thorough
@given(applicants, requests)
def test_approvals_respect_every_limit(applicant: Applicant, request: Request) -> None:
    decision = decided(applicant, request)
    if decision.decision != "APPROVE":
        assert decision.kfs is None
        return
    product = DEFAULT.product
    assert product.min_amount <= request.amount <= product.max_amount
    assert decision.rate_pct is not None
    assert decision.emi is not None
    assert decision.emi_room is not None
    assert decision.foir_pct is not None
    assert decision.foir_cap_pct is not None
    assert decision.kfs is not None
    assert decision.emi <= decision.emi_room
    assert decision.foir_pct <= decision.foir_cap_pct
    assert product.min_rate_pct <= decision.rate_pct <= product.max_rate_pct
    assert Decimal(decision.kfs["apr_pct_incl_gst"]) > Decimal(decision.kfs["apr_pct_excl_gst"]) > decision.rate_pct
    assert decision.kfs["instalments"] == request.months
    assert len(decision.reasons) == 1


@thorough
@given(applicants, requests, st.sampled_from([DEFAULT, STRICT]))
def test_decisions_are_deterministic_and_survive_json(applicant: Applicant, request: Request, policy: Policy) -> None:
    first = decided(applicant, request, policy)
    again = decide(Applicant.from_dict(applicant.as_dict()), Request.from_dict(request.as_dict()), policy, TODAY)
    assert first == again
    assert json.dumps(first.as_dict()) == json.dumps(again.as_dict())


@thorough
@given(applicants, requests)
def test_more_income_and_less_debt_never_hurt(applicant: Applicant, request: Request) -> None:
    if decided(applicant, request).decision == "APPROVE":
        richer = replace(applicant, net_income_on_file=(applicant.net_income_on_file or 0) + 5_000, existing_emi=0)
        assert decided(richer, request).decision == "APPROVE"


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["id"])
def test_who_someone_is_changes_nothing(case: dict[str, Any]) -> None:
    customer = CUSTOMERS[case["customer"]]
    other = {
        "name": "Someone Else",
        "city": "Elsewhere",
        "pincode": "999999",
        "phone": "+919999999999",
        "email": "other@example.com",
        "sex": "F",
        "language": "hi",
        "customer_id": "X",
        "branch": "",
        "employer": "Another",
    }
    for profile in ("default", "challenge_strict"):
        document = {"override": case["override"], "request": case["request"], "profile": profile}
        plain = dry_run({**document, "customer": customer}, default_as_of=TODAY)
        assert plain == dry_run({**document, "customer": {**customer, **other}}, default_as_of=TODAY)


def test_protected_traits_are_no_inputs() -> None:
    names = {field.name for kind in (Applicant, Request, KycRecord, BureauRecord, Offer) for field in fields(kind)}
    assert not names & {"name", "city", "pincode", "address", "phone", "email", "sex", "language", "religion", "caste"}


def aged(**changes: Any) -> Applicant:
    return replace(GOOD, **changes)


@pytest.mark.parametrize(
    ("applicant", "decision", "reason"),
    [
        (aged(dob=date(2005, 12, 1)), "APPROVE", "R-OFFER-OK"),
        (aged(dob=date(2005, 12, 2)), "DECLINE", "R-AGE-MIN"),
        (aged(dob=date(1965, 12, 1)), "DECLINE", "R-AGE-MAX"),
        (aged(citizenship="NP"), "DECLINE", "R-CITIZEN"),
        (aged(net_income_on_file=25_000, existing_emi=0), "APPROVE", "R-OFFER-OK"),
        (aged(net_income_on_file=24_999), "DECLINE", "R-INCOME-MIN"),
        (aged(bureau=BureauRecord(months_since_60dpd=12)), "DECLINE", "R-DPD60"),
        (aged(bureau=BureauRecord(months_since_60dpd=13)), "APPROVE", "R-OFFER-OK"),
        (aged(bureau=BureauRecord(months_since_writeoff_or_settled=24)), "DECLINE", "R-WRITEOFF"),
        (aged(bureau=BureauRecord(months_since_writeoff_or_settled=25)), "APPROVE", "R-OFFER-OK"),
        (aged(bureau=BureauRecord(months_since_30dpd=12)), "MANUAL_REVIEW", "R-DPD30"),
        (aged(bureau=BureauRecord(months_since_30dpd=13)), "APPROVE", "R-OFFER-OK"),
        (aged(bureau=BureauRecord(enquiries_90d=5)), "APPROVE", "R-OFFER-OK"),
        (aged(bureau=BureauRecord(enquiries_90d=6)), "MANUAL_REVIEW", "R-ENQUIRIES"),
        (aged(applications_30d=2), "APPROVE", "R-OFFER-OK"),
        (aged(months_current_employer=6, months_total_employment=12), "APPROVE", "R-OFFER-OK"),
        (aged(months_current_employer=5), "MANUAL_REVIEW", "R-VINTAGE"),
        (aged(months_total_employment=11), "MANUAL_REVIEW", "R-VINTAGE"),
        (aged(months_total_employment=None), "MANUAL_REVIEW", "R-VINTAGE"),
        (aged(household_annual_income=300_001), "APPROVE", "R-OFFER-OK"),
        (aged(household_annual_income=None), "MANUAL_REVIEW", "R-MICROFINANCE"),
        (aged(kyc=KycRecord("vcip", True, False)), "INCOMPLETE", "R-KYC-PENDING"),
        (aged(kyc=KycRecord("otp_ekyc", True, True)), "APPROVE", "R-OFFER-OK"),
        (aged(kyc=KycRecord("otp_ekyc", True, True, 1)), "INCOMPLETE", "R-KYC-LEVEL"),
        (aged(net_income_on_file=None), "NEEDS_DOCUMENT", "R-SLIP"),
        (aged(score=649), "MANUAL_REVIEW", "R-SCORE-REVIEW"),
    ],
)
def test_boundaries(applicant: Applicant, decision: str, reason: str) -> None:
    result = decided(applicant, asked(60_000, 24))
    assert (result.decision, result.reasons) == (decision, (reason,))


@pytest.mark.parametrize(
    ("request_", "decision", "reasons"),
    [
        (asked(49_999, 24), "INCOMPLETE", ("R-AMT-MIN",)),
        (asked(50_000, 11), "INCOMPLETE", ("R-TENURE-RANGE",)),
        (asked(0, 0), "INCOMPLETE", ("R-AMT-MIN", "R-TENURE-RANGE")),
        (asked(400_000, 60), "APPROVE", ("R-OFFER-OK",)),
        (asked(400_001, 60), "NEEDS_DOCUMENT", ("R-SLIP",)),
        (asked(500_000, 60, 85_000), "APPROVE", ("R-SLIP-OK",)),
        (asked(500_001, 60, 85_000), "COUNTER_OFFER", ("R-AMT-MAX",)),
        (asked(800_001, 60, 85_000), "COUNTER_OFFER", ("R-AMT-MAX", "R-AMT-2X")),
        (asked(450_000, 60, 85_000, age_days=62), "APPROVE", ("R-SLIP-OK",)),
        (asked(450_000, 60, 85_000, age_days=63), "NEEDS_DOCUMENT", ("R-SLIP",)),
        (asked(450_000, 60, 85_000, age_days=0), "APPROVE", ("R-SLIP-OK",)),
        (asked(450_000, 60, 85_000, age_days=-1), "NEEDS_DOCUMENT", ("R-SLIP",)),
        (asked(450_000, 60, 63_750), "APPROVE", ("R-SLIP-OK",)),
        (asked(450_000, 60, 63_749), "MANUAL_REVIEW", ("R-INCOME-GAP",)),
        (asked(10**12, 60), "COUNTER_OFFER", ("R-AMT-MAX", "R-AMT-2X", "R-SLIP")),
    ],
)
def test_request_boundaries(request_: Request, decision: str, reasons: tuple[str, ...]) -> None:
    result = decided(GOOD, request_)
    assert (result.decision, result.reasons) == (decision, reasons)


def test_a_stale_slip_in_another_name_counts_as_no_slip() -> None:
    request = Request(450_000, 60, SalarySlip(85_000, "mismatch", 63), consent=True)
    assert decided(GOOD, request).reasons == ("R-SLIP",)
    assert decided(GOOD, replace(request, salary_slip=SalarySlip(85_000, "mismatch", 62))).reasons == ("R-NAME-REVIEW",)


def test_without_an_offer_the_band_caps_and_a_slip_is_needed() -> None:
    applicant = replace(WALK_IN, score=664)
    missing = decided(applicant, asked(151_000, 24))
    assert (missing.decision, missing.reasons) == ("NEEDS_DOCUMENT", ("R-AMT-BAND", "R-SLIP"))
    assert (missing.track, missing.emi_room) == ("C", None)
    given_slip = decided(applicant, asked(151_000, 24, 85_000))
    assert (given_slip.reasons, given_slip.amount) == (("R-AMT-BAND",), 150_000)


def test_a_score_below_700_has_no_offer_track() -> None:
    decision = decided(replace(GOOD, score=699), asked(200_000, 24))
    assert (decision.decision, decision.track, decision.reasons) == ("NEEDS_DOCUMENT", "C", ("R-SLIP",))


def test_age_at_maturity_shortens_the_loan() -> None:
    applicant = Applicant.from_dict(CUSTOMERS["C10"])
    shorter = decided(applicant, asked(300_000, 36))
    assert shorter.reasons == ("R-MATURITY-AGE",)
    assert [(o.kind, o.amount, o.months) for o in shorter.alternatives] == [("SHORTEN_TENURE", 300_000, 20)]
    assert decided(applicant, asked(300_000, 21)).decision == "COUNTER_OFFER"
    # The last instalment may fall on the birthday itself.
    on_birthday = replace(applicant, dob=date(1968, 8, 1))
    assert decided(on_birthday, asked(300_000, 20)).decision == "APPROVE"
    assert decided(replace(on_birthday, dob=date(1968, 7, 31)), asked(300_000, 20)).max_months_by_age == 19
    few_left = replace(applicant, dob=date(1967, 11, 1))
    assert decided(few_left, asked(300_000, 12)).decision == "MANUAL_REVIEW"


def test_nothing_affordable_is_a_decline_but_a_slip_may_change_that() -> None:
    burdened = replace(GOOD, existing_emi=60_000)
    assert decided(burdened, asked(300_000, 36)).decision == "DECLINE"
    assert decided(burdened, asked(300_000, 36)).emi_room == 0
    no_slip = decided(burdened, asked(450_000, 36, None))
    assert (no_slip.decision, no_slip.reasons) == ("NEEDS_DOCUMENT", ("R-SLIP",))
    over_twice = decided(burdened, asked(900_000, 36))
    assert (over_twice.decision, over_twice.reasons) == ("NEEDS_DOCUMENT", ("R-AMT-MAX", "R-AMT-2X", "R-SLIP"))


def test_reduced_capped_loan_names_what_stands_in_the_way() -> None:
    tight = replace(Applicant.from_dict(CUSTOMERS["C04"]), existing_emi=20_000)
    decision = decided(tight, asked(350_000, 36, 58_000))
    assert decision.reasons == ("R-AMT-2X", "R-FOIR")
    assert [(o.kind, o.amount, o.months) for o in decision.alternatives] == [
        ("REDUCE_AMOUNT", 270_000, 36),
        ("REDUCE_AND_EXTEND", 300_000, 41),
    ]
    assert decision.alternatives[0].total_interest < decision.alternatives[1].total_interest


def test_a_tiny_limit_offers_nothing() -> None:
    decision = decided(replace(GOOD, offer=Offer(500, TODAY)), asked(100_000, 24, 85_000))
    assert (decision.decision, decision.reasons) == ("DECLINE", ("R-AMT-2X",))


def test_strict_profile_declines_before_it_asks_for_papers() -> None:
    decision = decided(WALK_IN, asked(100_000, 24), STRICT)
    assert (decision.decision, decision.reasons) == ("DECLINE", ("R-AMT-2X",))
    large = decided(GOOD, asked(900_000, 60), STRICT)
    assert (large.decision, large.reasons) == ("DECLINE", ("R-AMT-MAX", "R-AMT-2X"))


def test_strict_profile_approves_inside_the_limit_without_looking_at_income(tmp_path: Path) -> None:
    tight = replace(GOOD, net_income_on_file=25_000, existing_emi=24_000)
    unknown = replace(GOOD, net_income_on_file=None)
    old_age = replace(GOOD, dob=date(1966, 12, 1))
    for applicant in (tight, unknown, old_age):
        assert decided(applicant, asked(400_000, 12), STRICT).decision == "APPROVE"
        assert decided(applicant, asked(400_000, 12)).decision != "APPROVE"
    assert decided(unknown, asked(400_000, 12), STRICT).foir_pct is None
    lenient = with_change(tmp_path, "within_offer = { value = true", "within_offer = { value = false")
    for applicant in (tight, unknown):
        assert decided(applicant, asked(400_000, 12), lenient).decision == "APPROVE"


def test_strict_profile_offers_the_limit_whatever_the_income_and_age() -> None:
    for applicant in (replace(GOOD, existing_emi=80_000), replace(GOOD, dob=date(1966, 12, 1))):
        decision = decided(applicant, asked(800_000, 36), STRICT)
        assert (decision.decision, decision.reasons) == ("COUNTER_OFFER", ("R-AMT-MAX", "R-SLIP"))
        assert [(o.kind, o.amount, o.months) for o in decision.alternatives] == [("AT_LIMIT_NO_SLIP", 400_000, 36)]
    # Above the limit the half-of-pay rule stands, and declines.
    poor = replace(GOOD, declared_income=40_000, existing_emi=80_000)
    assert decided(poor, asked(500_000, 24, 46_143), STRICT).reasons == ("R-EMI-50",)
    assert decided(poor, asked(500_000, 24, 46_144), STRICT).decision == "APPROVE"
    assert decided(poor, asked(700_000, 24, 46_143), STRICT).reasons == ("R-AMT-MAX", "R-EMI-50")


def test_counter_offers_reach_down_to_the_smallest_loan_and_the_last_months() -> None:
    room = instalment(50_000, Decimal(10), 24)
    at_edge = replace(GOOD, net_income_on_file=85_000, existing_emi=46_750 - room)
    assert decided(at_edge, asked(100_000, 24)).alternatives[-1].amount == 50_000
    beyond = decided(replace(at_edge, existing_emi=at_edge.existing_emi + 1), asked(100_000, 24))
    assert [o.kind for o in beyond.alternatives] == ["EXTEND_TENURE"]
    small_limit = replace(GOOD, offer=Offer(50_000, TODAY))
    assert decided(small_limit, asked(600_000, 24)).amount == 50_000
    assert decided(replace(GOOD, offer=Offer(49_999, TODAY)), asked(600_000, 24)).decision == "NEEDS_DOCUMENT"
    one_year_left = replace(GOOD, dob=date(1967, 12, 1))
    assert decided(one_year_left, asked(100_000, 24)).months == 12
    # Months enough are left, only money is not: no person would find a loan either.
    assert decided(replace(one_year_left, existing_emi=46_000), asked(100_000, 24)).decision == "DECLINE"


def test_an_offer_of_nothing_is_no_offer() -> None:
    assert decided(replace(GOOD, offer=Offer(0, TODAY)), asked(100_000, 24)).track == "C"


def test_half_of_net_pay_exactly_is_allowed() -> None:
    rich = replace(GOOD, existing_emi=0)
    emi = instalment(500_000, Decimal(10), 12)
    assert decided(rich, asked(500_000, 12, 2 * emi)).decision == "APPROVE"
    assert decided(rich, asked(500_000, 12, 2 * emi - 1)).reasons == ("R-EMI-50",)


def test_the_bureau_is_not_asked_in_vain() -> None:
    young = replace(GOOD, dob=TODAY - timedelta(days=365 * 20), score=None)
    early = decide_before_bureau(young, asked(300_000, 36), DEFAULT, TODAY)
    assert early is not None
    assert early.reasons == ("R-AGE-MIN",)
    assert early == decided(young, asked(300_000, 36))
    assert decide_before_bureau(replace(GOOD, score=None), asked(300_000, 36), DEFAULT, TODAY) is None


def test_trace_tells_every_rule_looked_at_and_stops_where_the_decision_fell() -> None:
    decision = decided(Applicant.from_dict(CUSTOMERS["C15"]), asked(100_000, 24))
    entries = {entry.rule: entry for entry in decision.trace}
    assert [entry.rule for entry in decision.trace] == [rule.id for rule in DEFAULT.rules if rule.stage <= 9]
    assert (entries["A-01"].value, entries["A-01"].threshold, entries["A-01"].result) == ("57.5133", "45", "hit")
    assert entries["B-04"].result == "off"
    assert entries["L-04"].result == "pass"
    assert {e.rule for e in decided(replace(GOOD, citizenship="NP"), asked(1, 1)).trace} == {
        rule.id for rule in DEFAULT.rules if rule.stage <= 4
    }


def test_digest_follows_the_inputs() -> None:
    base = decided(GOOD, asked(300_000, 36))
    assert base.inputs_digest == decided(GOOD, asked(300_000, 36)).inputs_digest
    others = [
        decided(replace(GOOD, existing_emi=1), asked(300_000, 36)),
        decided(GOOD, asked(300_000, 37)),
        decided(GOOD, asked(300_000, 36), STRICT),
        decide(GOOD, asked(300_000, 36), DEFAULT, TODAY + timedelta(days=1)),
    ]
    assert len({base.inputs_digest, *(other.inputs_digest for other in others)}) == 5


def test_every_rule_has_a_test_and_every_test_a_rule() -> None:
    assert [rule.id for rule in DEFAULT.rules] == list(TESTS)


def with_change(directory: Path, old: str, new: str) -> Policy:
    text = (resources.files("kb.policy") / NAME).read_text(encoding="utf-8")
    assert old in text
    (directory / NAME).write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_policy("default", directory=directory)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("min_age = { value = 21", "min_age = { value = 35", "R-AGE-MIN"),
        ("value = 25000", "value = 90000", "R-INCOME-MIN"),
        ("enquiries_90d = { value = 6", "enquiries_90d = { value = 0", "R-ENQUIRIES"),
        ("min_amount = { value = 50000", "min_amount = { value = 400000", "R-AMT-MIN"),
        ('cap_pct = "55"', 'cap_pct = "20"', "R-FOIR"),
        ('new_emi_cap_pct = { value = "50"', 'new_emi_cap_pct = { value = "5"', "R-EMI-50"),
        ('outcome = "APPROVE"\ncap', 'outcome = "MANUAL_REVIEW"\ncap', "R-SCORE-REVIEW"),
        ('source = "challenge"\nenabled = false', 'source = "challenge"', "R-OFFER-OK"),
    ],
)
def test_a_threshold_is_changed_in_the_file_alone(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert decided(GOOD, asked(300_000, 36)).reasons == ("R-OFFER-OK",)
    assert decided(GOOD, asked(300_000, 36), with_change(tmp_path, old, new)).reasons == (reason,)


def test_a_rule_the_engine_does_not_know_is_refused(tmp_path: Path) -> None:
    policy = with_change(tmp_path, "[rules.G-01]", "[rules.G-99]")
    for decider in (decide, decide_before_bureau):
        with pytest.raises(PolicyError, match="G-99"):
            decider(GOOD, asked(300_000, 36), policy, TODAY)


def test_a_policy_that_approves_nothing_leaves_it_to_a_person(tmp_path: Path) -> None:
    policy = with_change(tmp_path, "[rules.OK-1]\n", "[rules.OK-1]\nenabled = false\n")
    decision = decided(GOOD, asked(300_000, 36), policy)
    assert (decision.decision, decision.reasons) == ("MANUAL_REVIEW", ())


def test_reasons_in_words() -> None:
    small, income = customer_reasons(DEFAULT, ["R-AMT-MIN", "R-INCOME-MIN"])
    assert small.text == "Our smallest loan is ₹50,000."
    assert income.text == "Your verified take-home pay is below ₹25,000 a month."
    assert customer_reasons(DEFAULT, ["R-AMT-MAX"], "hi")[0].text == "हमारा सबसे बड़ा लोन ₹5,00,000 का है।"
    assert officer_label(DEFAULT, "R-LIST-HIT") == "Possible match on a screening list"


def test_screening_and_fraud_signals_are_not_told_apart() -> None:
    lines = customer_reasons(DEFAULT, ["R-LIST-HIT", "R-VELOCITY", "R-PHONE-SHARED", "R-INCOME-GAP"])
    assert [line.code for line in lines] == [None]
    assert not any(word in lines[0].text.lower() for word in ("list", "fraud", "screen", "phone"))


@pytest.mark.parametrize("language", ["en", "hi"])
def test_at_most_four_reasons_and_no_placeholder_is_left(language: Any) -> None:
    assert len(customer_reasons(DEFAULT, DEFAULT.reasons, language)) == 4
    for code in DEFAULT.reasons:
        (line,) = customer_reasons(DEFAULT, [code], language)
        assert not set("{}") & set(line.text + (line.helps or ""))
