"""The dry run: what a file may leave out, and how a bad one is refused."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.policy.dry_run import DryRunError, dry_run, merged

TODAY = date(2026, 12, 1)
DATA = json.loads((Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8"))
SECRET = "ZZZPM1101A"
Change = Callable[[dict[str, Any]], object]


def document() -> dict[str, Any]:
    customer = next(customer for customer in DATA["customers"] if customer["customer_id"] == "C02")
    request = {
        "amount": 350_000,
        "months": 48,
        "salary_slip": {"net_pay": 62_000, "name_match": "match", "age_days": 20},
        "consent": True,
    }
    copied: dict[str, Any] = json.loads(json.dumps({"customer": customer, "request": request}))
    return copied


def run(changed: dict[str, Any]) -> dict[str, object]:
    return dry_run(changed, default_as_of=TODAY)


def test_the_plain_case() -> None:
    decision = run(document())
    assert (decision["decision"], decision["profile"], decision["as_of"]) == ("APPROVE", "default", "2026-12-01")
    assert decision["policy_version"] == "2026.12.1"
    assert json.loads(json.dumps(decision)) == decision


@pytest.mark.parametrize(
    ("change", "decision", "reason"),
    [
        (lambda d: d.update(as_of="2027-04-01"), "APPROVE", "R-SLIP-OK"),
        (lambda d: d.update(as_of=None, profile=None, override=None), "APPROVE", "R-SLIP-OK"),
        (lambda d: d.update(profile="challenge_strict", override={"offer": None}), "DECLINE", "R-AMT-2X"),
        (lambda d: d["request"].pop("salary_slip"), "NEEDS_DOCUMENT", "R-SLIP"),
        (lambda d: d["customer"].update(applications_30d=3), "MANUAL_REVIEW", "R-VELOCITY"),
        (lambda d: d.update(override={"pans_same_phone": 2}), "MANUAL_REVIEW", "R-PHONE-SHARED"),
        (lambda d: d.update(override={"kyc": {"phone_ok": False}}), "INCOMPLETE", "R-KYC-PENDING"),
        (lambda d: d.update(override={"score": None}), "MANUAL_REVIEW", "R-NO-HISTORY"),
        (lambda d: d["customer"].pop("bureau"), "APPROVE", "R-SLIP-OK"),
        (lambda d: d["request"]["salary_slip"].update(net_pay="61999.50"), "APPROVE", "R-SLIP-OK"),
        (lambda d: d["request"]["salary_slip"].update(net_pay=Decimal("61999.50")), "APPROVE", "R-SLIP-OK"),
        (lambda d: d.update(comment="ignored"), "APPROVE", "R-SLIP-OK"),
    ],
)
def test_what_a_file_may_say(change: Change, decision: str, reason: str) -> None:
    changed = document()
    change(changed)
    result = run(changed)
    assert result["decision"] == decision
    assert reason in cast_list(result["reasons"])


def cast_list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda d: d.pop("customer"), "customer: is missing"),
        (lambda d: d.update(customer=[SECRET]), "customer: must be an object"),
        (lambda d: d.pop("request"), "request: is missing"),
        (lambda d: d.update(request=SECRET), "request: must be an object"),
        (lambda d: d.update(override=SECRET), "override: must be an object"),
        (lambda d: d.update(profile=SECRET), "profile: must be one of"),
        (lambda d: d.update(profile=7), "profile: must be a text"),
        (lambda d: d.update(as_of=SECRET), "as_of: must be a date"),
        (lambda d: d.update(as_of=20261201), "as_of: must be a date"),
        (lambda d: d.update(as_of="0001-01-01"), "as_of: must be a date"),
        (lambda d: d.update(as_of="2020-01-01"), "as_of: no credit policy"),
        (lambda d: d["customer"].pop("dob"), "customer.dob: is missing"),
        (lambda d: d["customer"].update(dob="02-09-1997"), "customer.dob: must be a date"),
        (lambda d: d["customer"].pop("score"), "customer.score: is missing"),
        (lambda d: d["customer"].update(score=901), "customer.score: must be 300 to 900"),
        (lambda d: d["customer"].update(score="768"), "customer.score: must be a whole number"),
        (lambda d: d["customer"].update(existing_emi=5000.0), "customer.existing_emi: must be a whole number"),
        (lambda d: d["customer"].update(existing_emi=True), "customer.existing_emi: must be a whole number"),
        (lambda d: d["customer"].update(existing_emi=-1), "customer.existing_emi: must be a whole number"),
        (lambda d: d["customer"].pop("household_annual_income"), "customer.household_annual_income: is missing"),
        (lambda d: d["customer"].update(kyc=None), "customer.kyc: is missing"),
        (lambda d: d["customer"]["kyc"].update(phone_ok="yes"), "customer.kyc.phone_ok: must be true or false"),
        (lambda d: d["customer"]["offer"].pop("limit"), "customer.offer.limit: is missing"),
        (
            lambda d: d.update(override={"offer": {"valid_until": "never"}}),
            "customer.offer.valid_until: must be a date",
        ),
        (lambda d: d["customer"].update(bureau=[]), "customer.bureau: must be an object"),
        (lambda d: d["request"].update(amount="350000"), "request.amount: must be a whole number"),
        (lambda d: d["request"].update(amount=10**40), "request.amount: must be a whole number"),
        (lambda d: d["request"].pop("consent"), "request.consent: is missing"),
        (lambda d: d["request"].update(consent=1), "request.consent: must be true or false"),
        (lambda d: d["request"]["salary_slip"].update(name_match="yes"), "request.salary_slip.name_match: must be one"),
        (lambda d: d["request"]["salary_slip"].update(age_days=20.5), "request.salary_slip.age_days: must be a whole"),
        (lambda d: d["request"]["salary_slip"].update(net_pay="NaN"), "request.salary_slip.net_pay: must be a whole"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_the_field(change: Change, field: str) -> None:
    changed = document()
    change(changed)
    with pytest.raises(DryRunError) as caught:
        run(changed)
    message = str(caught.value)
    assert message.startswith(field)
    assert "\n" not in message
    assert SECRET not in message


@pytest.mark.parametrize("value", [None, [], "text", 7, {1: 2}])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(DryRunError, match="document: must be an object"):
        dry_run(value, default_as_of=TODAY)


junk: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.text(max_size=5) | st.just({}) | st.just([])
)


@settings(max_examples=150, deadline=None)
@given(st.data(), junk)
def test_any_value_anywhere_is_decided_or_refused(data: st.DataObject, value: object) -> None:
    changed = document()
    table = data.draw(
        st.sampled_from([changed, changed["customer"], changed["customer"]["kyc"], changed["customer"]["offer"]])
        | st.sampled_from([changed["request"], changed["request"]["salary_slip"]])
    )
    table[data.draw(st.sampled_from(sorted(table)))] = value
    try:
        decision = run(changed)
    except DryRunError as error:
        assert "\n" not in str(error)
    else:
        assert json.dumps(decision)


def test_merging_keeps_both_and_prefers_the_override() -> None:
    base = {"a": 1, "t": {"x": 1, "y": 2}}
    assert merged(base, {"t": {"y": 3}, "b": 2}) == {"a": 1, "b": 2, "t": {"x": 1, "y": 3}}
    assert merged(base, {"t": None}) == {"a": 1, "t": None}
    assert base == {"a": 1, "t": {"x": 1, "y": 2}}
