"""Every threshold of the policy file decides by its value in the file: one step further, the decision is another."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.policy import load_policy
from tests.driver import customers
from tests.properties.policies import AS_OF, changed_policy
from tools.kfs import kfs_numbers
from tools.policy import Applicant, BureauRecord, Decision, KycRecord, Offer, Request, SalarySlip, charges_of, decide

GOOD = Applicant.from_dict(customers()["C01"])  # 34 years, 85,000 a month, score 812, limit 4,00,000
WALK_IN = replace(GOOD, offer=None)
ASKED = Request(300_000, 36, None, consent=True)


def slip(net: int = 85_000, days: int = 10) -> SalarySlip:
    return SalarySlip(net, "match", days)


@dataclass(frozen=True)
class Edge:
    """A case that one value of a threshold lets pass and the next one does not, or the other way round."""

    place: str
    passes: str
    fails: str
    reason: str
    applicant: Applicant = GOOD
    request: Request = ASKED
    profile: str = "default"
    with_it: tuple[tuple[str, str], ...] = ()


def with_bureau(**record: int) -> Applicant:
    return replace(GOOD, bureau=BureauRecord(**record))


OTP = replace(GOOD, kyc=KycRecord("otp_ekyc", True, True, 10_000))
EDGES = [
    Edge("product.min_amount", "300000", "301000", "R-AMT-MIN"),
    Edge("product.max_amount", "300000", "299000", "R-AMT-MAX"),
    Edge("product.min_months", "36", "37", "R-TENURE-RANGE"),
    Edge("product.max_months", "36", "35", "R-TENURE-RANGE"),
    Edge("product.employment", '["salaried", "retired"]', '["retired"]', "R-EMPLOYMENT"),
    Edge("applicant.min_age", "34", "35", "R-AGE-MIN"),
    Edge("applicant.max_age", "34", "33", "R-AGE-MAX"),
    Edge("applicant.max_age_at_maturity", "38", "37", "R-MATURITY-AGE"),
    Edge("applicant.citizenship", '"IN"', '"NP"', "R-CITIZEN"),
    Edge("applicant.min_net_monthly_income", "85000", "85001", "R-INCOME-MIN"),
    Edge("applicant.min_months_current_employer", "20", "21", "R-VINTAGE", replace(GOOD, months_current_employer=20)),
    Edge("applicant.min_months_total_employment", "90", "91", "R-VINTAGE", replace(GOOD, months_total_employment=90)),
    Edge("offer.multiple", "3", "2", "R-AMT-2X", replace(GOOD, offer=Offer(120_000, date(2027, 1, 1))),
         Request(300_000, 36, slip(), consent=True)),
    Edge("offer.no_live_offer_is_zero_limit", "false", "true", "R-AMT-2X", WALK_IN,
         Request(300_000, 36, slip(), consent=True)),
    Edge("affordability.new_emi_cap_pct", '"11.39"', '"11.38"', "R-EMI-50"),
    Edge("affordability.within_offer", "false", "true", "R-FOIR", replace(GOOD, existing_emi=40_000)),
    Edge("challenge.min_score", "812", "813", "R-CHALLENGE-700", profile="challenge_strict"),
    Edge("microfinance.household_income_max", "499999", "500000", "R-MICROFINANCE",
         replace(GOOD, household_annual_income=500_000)),
    Edge("kyc.otp_ekyc_annual_cap", "310000", "309999", "R-KYC-LEVEL", OTP),
    Edge("bureau.dpd60_months", "9", "10", "R-DPD60", with_bureau(months_since_60dpd=10)),
    Edge("bureau.writeoff_months", "9", "10", "R-WRITEOFF", with_bureau(months_since_writeoff_or_settled=10)),
    Edge("bureau.dpd30_months", "9", "10", "R-DPD30", with_bureau(months_since_30dpd=10)),
    Edge("bureau.enquiries_90d", "5", "4", "R-ENQUIRIES", with_bureau(enquiries_90d=4)),
    Edge("fraud.applications_30d", "3", "2", "R-VELOCITY", replace(GOOD, applications_30d=2)),
    Edge("fraud.pans_same_phone", "4", "3", "R-PHONE-SHARED", replace(GOOD, pans_same_phone=3)),
    Edge("fraud.income_gap_pct", '"10"', '"9"', "R-INCOME-GAP", replace(GOOD, declared_income=100_000),
         Request(300_000, 36, slip(90_000), consent=True)),
    Edge("periods.salary_slip_max_age_days", "40", "39", "R-SLIP", WALK_IN,
         Request(300_000, 36, slip(days=40), consent=True)),
    Edge("score_bands.SB-1.cap_without_offer", "300000", "299999", "R-AMT-BAND", WALK_IN,
         Request(300_000, 36, slip(), consent=True)),
    Edge("score_bands.SB-1.offer_track", "true", "false", "R-SLIP"),
    Edge("score_bands.SB-1.outcome", '"APPROVE"', '"DECLINE"', "R-SCORE-LOW"),
    Edge("score_bands.SB-1.outcome", '"APPROVE"', '"MANUAL_REVIEW"', "R-SCORE-REVIEW"),
    Edge("score_bands.SB-NTC.outcome", '"APPROVE"', '"MANUAL_REVIEW"', "R-NO-HISTORY", replace(GOOD, score=None)),
    Edge("score_bands.SB-1.min", "812", "813", "R-SCORE-LOW", with_it=(
        ("score_bands.SB-2.max", "-"), ("score_bands.SB-2.outcome", '"DECLINE"'))),
    Edge("foir_bands.FB-3.cap_pct", '"25.51"', '"25.50"', "R-FOIR"),
    Edge("foir_bands.FB-3.min_income", "85000", "85001", "R-FOIR", with_it=(
        ("foir_bands.FB-2.cap_pct", '"20"'),)),
    Edge("rules.M-05.enabled", "false", "true", "R-VELOCITY", replace(GOOD, applications_30d=9)),
]  # fmt: skip
RULE_OF = {rule.reason: rule.id for rule in load_policy("default").rules}


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.place}-{edge.fails}")
def test_the_decision_turns_exactly_at_the_threshold_of_the_file(tmp_path: Path, edge: Edge) -> None:
    lets, stops = _decided(tmp_path / "lets", edge, edge.passes), _decided(tmp_path / "stops", edge, edge.fails)
    assert edge.reason not in lets.reasons, lets.reasons
    assert edge.reason in stops.reasons, stops.reasons
    traced = {entry.rule: entry.result for entry in stops.trace}
    assert traced[RULE_OF[edge.reason]] == "hit"
    assert {entry.rule: entry.result for entry in lets.trace}.get(RULE_OF[edge.reason]) in {"pass", "off"}


def _decided(folder: Path, edge: Edge, value: str) -> Decision:
    more = {place: (str(int(value) - 1) if told == "-" else told) for place, told in edge.with_it}
    policy = changed_policy(folder, {edge.place: value, **more}, edge.profile)
    return decide(edge.applicant, edge.request, policy, AS_OF)


# What decides nothing, but is charged, shown or waited for. Each must reach a figure or a date of its own.
SHOWN: list[tuple[str, str, Callable[[Decision], Any]]] = [
    ("fees.processing_fee_pct", '"3.00"', lambda d: d.kfs and d.kfs["processing_fee"]),
    ("fees.gst_pct", '"12"', lambda d: d.kfs and d.kfs["gst_on_fee"]),
    ("score_bands.SB-1.rate_pct", '"10.50"', lambda d: (d.rate_pct, d.emi)),
]


@pytest.mark.parametrize(("place", "value", "look"), SHOWN, ids=[place for place, _, _ in SHOWN])
def test_fees_and_rates_come_from_the_file(
    tmp_path: Path, place: str, value: str, look: Callable[[Decision], Any]
) -> None:
    before = decide(GOOD, ASKED, load_policy("default"), AS_OF)
    after = decide(GOOD, ASKED, changed_policy(tmp_path, {place: value}), AS_OF)
    assert (before.decision, after.decision) == ("APPROVE", "APPROVE")
    assert look(before) != look(after)


CHARGED = ("penal_charge_pct_pa", "foreclosure_fee_pct", "bounce_charge")
TERMS = ("cooling_off_days", "kfs_validity_working_days", "sanction_validity_days")


@pytest.mark.parametrize("place", [*(f"fees.{one}" for one in CHARGED), *(f"periods.{one}" for one in TERMS)])
def test_charges_and_periods_come_from_the_file(tmp_path: Path, place: str) -> None:
    name, value = place.split(".")[1], "7" if place.startswith("periods") else '"7"'
    charges = charges_of(changed_policy(tmp_path, {place: value}))
    assert Decimal(str(getattr(charges, name))) == 7
    assert kfs_numbers(300_000, Decimal("10.00"), 36, charges)


def test_no_threshold_is_left_out() -> None:
    """Every `section.key` of the file is in one of the tests here, or read elsewhere than in a decision."""
    policy = load_policy("default")
    tested = {edge.place for edge in EDGES} | {place for place, _, _ in SHOWN}
    tested |= {f"fees.{one}" for one in CHARGED} | {f"periods.{one}" for one in TERMS}
    elsewhere = {
        "product.amount_step",  # what counter-offers are rounded to: test_counter_offers.py
        "product.min_rate_pct",  # bounds of the file itself, checked when it is read
        "product.max_rate_pct",
        "kyc.ckyc_max_age_days",  # of a record, before there is a case to decide
        "periods.bureau_report_max_age_days",  # when a report is asked for anew: tests/dialogues/test_stale_report.py
    }
    assert set(policy.sources) == {place for place in tested if place.split(".")[0] not in _LISTS} | elsewhere


_LISTS = {"score_bands", "foir_bands", "rules"}
