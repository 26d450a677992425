"""Laws of identifiers, names, rupees, the calendar, and of the credit policy over any case file."""

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kb.policy import load_policy
from tests.fuzz.law import few, law
from tests.fuzz.strategies import messages, written
from tools.calendar import add_months, age_on
from tools.identifiers import check_aadhaar, check_account, check_ifsc, check_pan, check_pincode, normalise_mobile
from tools.names import match_names, surname_of
from tools.policy.dry_run import DryRunError, dry_run
from tools.rupees import grouped, half_up, in_words, rupees

TODAY = date(2026, 12, 1)
CHECKS = (check_aadhaar, check_pan, normalise_mobile, check_pincode, check_ifsc, check_account)


@law
@given(messages)
def test_a_value_that_was_accepted_is_accepted_again(text: str) -> None:
    for check in CHECKS:
        first = check(text)
        if first.ok:
            assert first.value is not None
            assert check(first.value).value == first.value


@law
@given(st.data(), st.integers(6_000_000_000, 9_999_999_999), st.sampled_from(["", "+91", "0", "91", "+91 ", "0091"]))
def test_a_mobile_number_in_any_dress(data: st.DataObject, number: int, prefix: str) -> None:
    text = prefix + data.draw(written(str(number)))
    found = normalise_mobile(text)
    assert found.value in {f"+91{number}", None}


@law
@given(messages, messages)
def test_names(a: str, b: str) -> None:
    assert match_names(a, b) == match_names(b, a)
    if surname_of(a) is not None:
        assert match_names(a, a) == "match"
        assert match_names(a, f"  {a.upper()}  ") == "match"


@law
@given(st.decimals(-(10**14), 10**14, places=2), st.integers(-(10**15), 10**15))
def test_rupees(amount: Decimal, whole: int) -> None:
    assert Decimal(grouped(amount).replace(",", "")) == amount
    assert int(rupees(whole).replace(",", "").replace("₹", "")) == whole
    assert abs(half_up(amount) - amount) <= Decimal("0.5")
    if amount >= 0:
        assert in_words(amount)


@law
@given(st.dates(date(1920, 1, 1), date(2100, 12, 31)), st.integers(-600, 600), st.integers(0, 600))
def test_the_calendar(day: date, months: int, more: int) -> None:
    there = add_months(day, months)
    assert there.day <= day.day
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert add_months(day, months) <= add_months(day, months + more)
    if more >= 12:
        assert age_on(day, add_months(day, more)) in {more // 12, more // 12 - 1}


@cache
def cases() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "vectors" / "policy_cases.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


MOST = load_policy("default", on=TODAY).product.max_amount
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 10**9, 10**15, 10**400, -(10**15), Decimal("0.5"), Decimal("1E+400"), Decimal("NaN"),
    Decimal("-Infinity"), "", "KANARI-7351", "2026-12-01", "9999-12-31", "0001-01-01", "\ud800", [], {}, [1], {"a": 1},
    "salaried", "match", "indian", 25_000, 750, 300_000, 36,
]  # fmt: skip


@st.composite
def case_files(draw: st.DrawFn) -> Any:
    """A customer of the vectors with a request, and a few values anywhere in it replaced."""
    customer = deepcopy(draw(st.sampled_from(cases()["customers"])))
    request = {
        "amount": draw(st.integers(0, 2_000_000)),
        "months": draw(st.integers(0, 120)),
        "consent": True,
        "salary_slip": draw(
            st.none()
            | st.fixed_dictionaries(
                {"net_pay": st.integers(0, 10**7), "name_match": st.just("match"), "age_days": st.integers(-400, 400)}
            )
        ),
    }
    document: dict[str, Any] = {"customer": customer, "request": request}
    for _ in range(draw(st.integers(0, 3))):
        table: Any = document
        while isinstance(table, dict) and table and draw(st.booleans()):
            inner = [value for value in table.values() if isinstance(value, dict) and value]
            if not inner:
                break
            table = draw(st.sampled_from(inner))
        key = draw(st.sampled_from(sorted(table)) | st.sampled_from(["override", "as_of", "profile", "KANARI-7351"]))
        table[key] = deepcopy(draw(st.sampled_from(ODD) | st.integers(-(10**7), 10**7)))
    return document


@law
@given(case_files() | st.sampled_from(ODD))
def test_a_decision_stays_within_the_policy(document: Any) -> None:
    try:
        decision = dry_run(document, default_as_of=TODAY)
    except DryRunError as error:
        assert "\n" not in str(error)
        assert "KANARI" not in str(error)
        return
    text = json.dumps(decision)
    assert "NaN" not in text and "Infinity" not in text
    request = document["request"]
    amount, months = decision.get("amount"), decision.get("months")
    for said in [decision, *decision["alternatives"]]:  # type: ignore[misc]
        most = said.get("amount")
        assert most is None or 0 < most <= MOST, said
    if decision["decision"] == "APPROVE":
        assert amount == request["amount"] and months == request["months"]
        assert request["consent"] is True


@few
@given(case_files())
def test_a_decision_is_the_same_when_asked_again(document: Any) -> None:
    try:
        first = dry_run(document, default_as_of=TODAY)
    except DryRunError:
        return
    assert dry_run(document, default_as_of=TODAY) == first
