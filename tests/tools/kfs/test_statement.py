"""The Key Facts Statement against the policy cases, RBI's illustration and itself."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.lender import load_lender
from tests.samples import CHARGES
from tools.kfs import KeyFacts, build_kfs, canonical_digest, kfs_numbers

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "policy_cases.json").read_text(encoding="utf-8"))
WITH_KFS = [case for case in CASES["cases"] if "kfs" in case["expected"]]


def statement(**changes: Any) -> KeyFacts:
    given_: dict[str, Any] = {
        "proposal_number": "EF-2026-000001",
        "applicant_name": "Aarav Mehta",
        "amount": 300_000,
        "annual_rate_pct": Decimal("10.00"),
        "months": 36,
        "charges": CHARGES,
        "sanctioned_on": date(2026, 12, 1),
        "first_due": date(2027, 1, 5),
        "lender": load_lender(),
    }
    return build_kfs(**given_ | changes)


def test_there_are_cases_to_check() -> None:
    assert len(WITH_KFS) >= 15


@pytest.mark.parametrize("case", WITH_KFS, ids=lambda case: case["id"])
def test_numbers_equal_the_policy_cases(case: dict[str, Any]) -> None:
    expected = case["expected"]
    rate = Decimal(expected["rate_pct"])
    assert kfs_numbers(expected["amount"], rate, expected["months"], CHARGES) == expected["kfs"]
    whole = statement(amount=expected["amount"], annual_rate_pct=rate, months=expected["months"]).as_dict()
    assert {key: whole[key] for key in expected["kfs"]} == expected["kfs"]


def test_apr_of_the_rbi_illustration() -> None:
    """20,000 at 15% for 24 months with 400 of fees, none of it tax: APR 17.07."""
    charges = replace(CHARGES, processing_fee_pct=Decimal(2), gst_pct=Decimal(0))
    numbers = kfs_numbers(20_000, Decimal(15), 24, charges)
    assert (numbers["net_disbursed"], numbers["apr_pct_incl_gst"], numbers["instalment"]) == (
        "19600.00",
        "17.07",
        "970",
    )


def test_a_free_loan_has_the_rate_as_its_apr() -> None:
    numbers = kfs_numbers(300_000, Decimal(12), 36, replace(CHARGES, processing_fee_pct=Decimal(0)))
    assert numbers["apr_pct_incl_gst"] == numbers["apr_pct_excl_gst"] == "12.00"


@settings(max_examples=25, deadline=None)
@given(
    amount=st.integers(50, 500).map(lambda thousands: thousands * 1000),
    rate=st.integers(1000, 1500).map(lambda hundredths: Decimal(hundredths) / 100),
    months=st.integers(12, 60),
)
def test_the_statement_agrees_with_itself(amount: int, rate: Decimal, months: int) -> None:
    document: dict[str, Any] = statement(amount=amount, annual_rate_pct=rate, months=months).as_dict()
    rows = document["repayment_schedule"]
    assert len(rows) == document["instalments"] == months
    assert sum(Decimal(row["principal"]) for row in rows) == amount
    assert sum(Decimal(row["interest"]) for row in rows) == Decimal(document["total_interest"])
    assert sum(Decimal(row["instalment"]) for row in rows) == Decimal(document["total_to_be_paid"])
    assert all(Decimal(row["principal"]) + Decimal(row["interest"]) == Decimal(row["instalment"]) for row in rows)
    fees = Decimal(document["processing_fee"]) + Decimal(document["gst_on_fee"])
    assert Decimal(document["net_disbursed"]) + fees == amount
    assert rate < Decimal(document["apr_pct_excl_gst"]) < Decimal(document["apr_pct_incl_gst"])
    sheet = {line["item"]: line["value"] for line in document["computation_sheet"]}
    assert Decimal(sheet["net_disbursed"]) == sheet["sanctioned_amount"] - Decimal(sheet["fees"]["total"])
    assert Decimal(sheet["total_to_be_paid"]) == sheet["sanctioned_amount"] + Decimal(sheet["total_interest"])


def test_every_part_of_the_form_is_there() -> None:
    document: dict[str, Any] = statement().as_dict()
    assert [line["line"] for line in document["computation_sheet"]] == list(range(1, 12))
    assert document["part_1"]["contingent_charges"]["penal_charge"]["capitalised"] is False
    assert document["part_2"]["cooling_off_days"] == 3
    assert {"recovery_agents", "grievance_officer", "nodal_officer", "co_lending"} <= document["part_2"].keys()
    assert document["repayment_schedule"][0]["due"] == "2027-01-05"
    assert document["repayment_schedule"][-1]["due"] == "2029-12-05"


def test_no_money_is_a_binary_fraction() -> None:
    def floats(value: object) -> list[float]:
        if isinstance(value, dict):
            return [found for part in value.values() for found in floats(part)]
        if isinstance(value, list):
            return [found for part in value for found in floats(part)]
        return [value] if isinstance(value, float) else []

    document = statement(months=13, annual_rate_pct=Decimal("13.37")).as_dict()
    assert floats(document) == []
    assert json.loads(json.dumps(document)) == document


def test_validity_counts_working_days() -> None:
    assert statement(sanctioned_on=date(2026, 12, 1)).valid_until == date(2026, 12, 4)
    assert statement(sanctioned_on=date(2026, 12, 3)).valid_until == date(2026, 12, 8)


def test_the_first_instalment_follows_the_sanction() -> None:
    with pytest.raises(ValueError, match="after the sanction"):
        statement(first_due=date(2026, 12, 1))


def test_digest_follows_the_content_alone() -> None:
    digest = statement().digest
    assert digest == statement().digest == canonical_digest(statement().as_dict())
    others = [
        statement(amount=301_000),
        statement(language="hi"),
        statement(applicant_name="Diya Nair"),
        statement(first_due=date(2027, 1, 6)),
        statement(charges=replace(CHARGES, bounce_charge=Decimal(501))),
    ]
    assert len({digest, *(other.digest for other in others)}) == 6


def test_charges_are_data() -> None:
    document: dict[str, Any] = statement(
        charges=replace(CHARGES, processing_fee_pct=Decimal("1.5"), gst_pct=Decimal(5), cooling_off_days=7)
    ).as_dict()
    assert (document["processing_fee"], document["gst_on_fee"]) == ("4500.00", "225.00")
    assert document["part_2"]["cooling_off_days"] == 7
