"""Worked figures of tests/vectors/lending_math.json, and the laws every loan obeys."""

import json
import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.apr import apr_pct, effective_pct, monthly_irr, reducing_rate_of_flat
from tools.loan_maths import (
    broken_period,
    due_dates,
    emi,
    flat_instalment,
    foir_pct,
    instalment,
    largest_loan,
    present_value,
    schedule,
    shortest_tenure,
)
from tools.prepayment import (
    cooling_off_exit,
    foreclosure,
    penal_charge,
    percent_of,
    prepay_keep_instalment,
    prepay_keep_tenure,
)
from tools.rupees import PAISA, RUPEE, half_up

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "lending_math.json").read_text(encoding="utf-8")
)["vectors"]
STEPS = {"rupee_half_up": RUPEE, "paise_half_up": PAISA}
AMO_01 = schedule(300_000, Decimal(12), 36)


def vectors(*kinds: str) -> pytest.MarkDecorator:
    rows = [row for row in VECTORS if row["kind"] in kinds]
    assert rows
    return pytest.mark.parametrize(
        "given_, expected", [(row["input"], row["expected"]) for row in rows], ids=[row["id"] for row in rows]
    )


def shown(value: Decimal, places: int) -> str:
    return str(half_up(value, Decimal(1).scaleb(-places)))


def loan_of(given_: dict[str, Any]) -> tuple[int, Decimal, int]:
    return given_["principal"], Decimal(given_["annual_rate_pct"]), given_["months"]


@vectors("emi")
def test_emi(given_: dict[str, Any], expected: dict[str, str]) -> None:
    exact = emi(*loan_of(given_))
    assert shown(exact, 10) == expected["emi_exact"]
    assert shown(exact, 2) == expected["emi_paise_half_up"]
    assert str(instalment(*loan_of(given_))) == expected["emi_rupee_half_up"]
    if "total_paid_unrounded" in expected:
        assert shown(exact * given_["months"], 2) == expected["total_paid_unrounded"]
        assert shown(exact * given_["months"] - given_["principal"], 2) == expected["total_interest_unrounded"]


@vectors("amortisation")
def test_schedule(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    plan = schedule(
        *loan_of(given_),
        instalment_step=STEPS[given_["instalment_rounding"]],
        interest_step=STEPS[given_["interest_rounding"]],
    )
    assert str(plan.instalment) == expected["instalment"]
    assert str(plan.last_instalment) == expected["last_instalment"]
    assert str(plan.total_interest) == expected["total_interest"]
    assert str(plan.total_paid) == expected["total_paid"]
    assert str(plan.rows[-1].closing) == expected["closing_balance"]
    assert sum(row.principal for row in plan.rows) == Decimal(expected["sum_principal"])
    for number, row in expected["rows"].items():
        ours = plan.rows[int(number) - 1]
        assert {name: str(getattr(ours, name)) for name in row} == row


@vectors("rbi_kfs_illustration")
def test_rbi_illustration(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    principal, rate, months = given_["sanctioned"], Decimal(given_["annual_rate_pct"]), given_["months"]
    net = given_["net_disbursed"]
    exact = emi(principal, rate, months)
    apr = apr_pct(net, [exact] * months)
    plan = schedule(principal, rate, months)
    assert shown(exact, 10) == expected["emi_exact"]
    assert shown(apr, 2) == expected["published"]["apr_pct"]
    assert shown(apr, 4) == expected["apr_nominal_pct_unrounded_emi"]
    assert shown(effective_pct(apr), 4) == expected["apr_effective_pct_unrounded_emi"]
    assert shown(apr_pct(net, [970] * months), 4) == expected["apr_nominal_pct_970_every_month"]
    assert (
        shown(apr_pct(net, [row.payment for row in plan.rows]), 4) == expected["apr_nominal_pct_970_then_last_962_56"]
    )


@vectors("rbi_repayment_table")
def test_rbi_table_is_the_unrounded_schedule_rounded_for_display(
    given_: dict[str, Any], expected: dict[str, Any]
) -> None:
    fine = Decimal("1e-25")
    plan = schedule(
        given_["sanctioned"],
        Decimal(given_["annual_rate_pct"]),
        given_["months"],
        instalment_step=fine,
        interest_step=fine,
    )
    ours = [
        [row.number, *(shown(value, 0) for value in (row.opening, row.principal, row.interest, row.payment))]
        for row in plan.rows
    ]
    assert ours == expected["rows"]


@vectors("apr")
def test_apr(given_: dict[str, Any], expected: dict[str, str]) -> None:
    plan = schedule(*loan_of(given_))
    fee = percent_of(given_["principal"], Decimal(given_["processing_fee_pct"]))
    gst = percent_of(fee, Decimal(given_["gst_pct"]))
    before_tax = given_["principal"] - fee - given_["third_party_charges"]
    payments = [row.payment for row in plan.rows]
    with_tax = apr_pct(before_tax - gst, payments)
    assert (str(fee), str(gst)) == (expected["processing_fee"], expected["gst"])
    assert str(before_tax - gst) == expected["net_disbursed_cash"]
    assert str(before_tax) == expected["net_for_apr_excl_gst"]
    assert shown(with_tax, 4) == expected["apr_nominal_pct_incl_gst"]
    assert shown(apr_pct(before_tax, payments), 4) == expected["apr_nominal_pct_excl_gst"]
    assert shown(effective_pct(with_tax), 4) == expected["apr_effective_pct_incl_gst"]
    assert shown(monthly_irr(before_tax - gst, payments) * 100, 6) == expected["monthly_irr_pct_incl_gst"]


@vectors("foir")
def test_foir(given_: dict[str, str], expected: dict[str, Any]) -> None:
    amounts = [Decimal(given_[key]) for key in ("existing_obligations", "proposed_emi", "net_monthly_income")]
    ratio = foir_pct(*amounts)
    assert shown(ratio, 6) == expected["foir_pct_exact"]
    assert shown(ratio, 2) == expected["display"]
    assert (ratio <= Decimal(given_["cap_pct"])) is expected["within_cap"]


@vectors("max_loan")
def test_largest_loan(given_: dict[str, Any], expected: dict[str, str]) -> None:
    capacity, rate, months = int(given_["emi_capacity"]), Decimal(given_["annual_rate_pct"]), given_["months"]
    amount = largest_loan(capacity, rate, months)
    assert shown(present_value(capacity, rate, months), 6) == expected["pv_exact"]
    assert str(amount) == expected["floor_to_1000"]
    assert str(instalment(amount, rate, months)) == expected["emi_at_floor"]
    assert str(instalment(amount + 1000, rate, months)) == expected["emi_at_floor_plus_1000"]


@vectors("min_tenure_for_emi")
def test_shortest_tenure(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    principal, rate = given_["principal"], Decimal(given_["annual_rate_pct"])
    months = shortest_tenure(principal, rate, int(given_["emi_capacity"]), given_["min_months"], given_["max_months"])
    assert months == expected["months"]
    assert str(instalment(principal, rate, 60)) == expected["emi_at_60"]
    if months:
        assert str(instalment(principal, rate, months)) == expected["emi"]
        assert str(instalment(principal, rate, months - 1)) == expected["emi_one_month_shorter"]


@vectors("broken_period_interest")
def test_broken_period(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    dates = date.fromisoformat(given_["disbursed"]), date.fromisoformat(given_["first_due"])
    rate = Decimal(given_["annual_rate_pct"])
    gap = broken_period(given_["principal"], rate, *dates)
    assert gap.days == expected["days"]
    assert gap.regular_period_starts.isoformat() == expected["regular_period_starts"]
    assert str(gap.interest) == expected["interest_act_365"]
    by_360 = broken_period(given_["principal"], rate, *dates, days_in_year=360)
    assert str(by_360.interest) == expected["interest_act_360"]


def test_a_short_first_period_is_not_charged_below_zero() -> None:
    gap = broken_period(300_000, Decimal(12), date(2026, 1, 20), date(2026, 2, 5))
    assert gap.days == -15
    assert gap.interest == 0


@vectors("flat_vs_reducing")
def test_flat_against_reducing(given_: dict[str, Any], expected: dict[str, str]) -> None:
    principal, rate, months = given_["principal"], Decimal(given_["flat_rate_pct"]), given_["months"]
    payment = flat_instalment(principal, rate, months)
    reducing = reducing_rate_of_flat(principal, rate, months)
    assert shown(payment, 10) == expected["instalment_exact"]
    assert shown(payment * months - principal, 2) == expected["total_interest"]
    assert shown(reducing, 4) == expected["equivalent_reducing_rate_pct"]
    assert shown(effective_pct(reducing), 4) == expected["effective_pct"]
    assert shown(emi(principal, rate, months), 2) == expected["emi_if_same_rate_were_reducing"]


@vectors("part_prepayment_keep_emi")
def test_part_prepayment_with_the_same_instalment(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    result = prepay_keep_instalment(AMO_01, Decimal(12), given_["after_instalment"], Decimal(given_["part_prepayment"]))
    assert str(result.balance_before) == expected["balance_before"]
    assert str(result.balance_after) == expected["balance_after"]
    assert len(result.remaining.rows) == expected["remaining_instalments"]
    assert str(result.remaining.last_instalment) == expected["last_instalment"]
    assert result.instalments_saved == expected["instalments_saved"]
    assert result.remaining.rows[0].number == given_["after_instalment"] + 1


@vectors("part_prepayment_keep_tenure")
def test_part_prepayment_with_the_same_end(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    result = prepay_keep_tenure(AMO_01, Decimal(12), given_["after_instalment"], Decimal(given_["part_prepayment"]))
    assert str(result.balance_after) == expected["balance_after"]
    assert str(result.remaining.instalment) == expected["new_instalment"]
    assert str(result.remaining.last_instalment) == expected["last_instalment"]
    assert len(result.remaining.rows) == expected["remaining_instalments"]
    assert result.remaining.rows[-1].number == 36


@pytest.mark.parametrize(("after", "amount"), [(0, 1000), (36, 1000), (12, 0), (12, 300_000)])
def test_part_prepayment_outside_the_loan_is_refused(after: int, amount: int) -> None:
    with pytest.raises(ValueError, match="part prepayment"):
        prepay_keep_tenure(AMO_01, Decimal(12), after, amount)


@vectors("foreclosure")
def test_foreclosure(given_: dict[str, Any], expected: dict[str, str]) -> None:
    result = foreclosure(
        AMO_01.rows[given_["after_instalment"] - 1].closing,
        Decimal(12),
        given_["days_since_last_due"],
        fee_pct=Decimal(given_["foreclosure_fee_pct"]),
        gst_pct=Decimal(given_["gst_pct"]),
    )
    assert {name: str(getattr(result, name)) for name in expected} == expected


@vectors("cooling_off_exit")
def test_cooling_off(given_: dict[str, Any], expected: dict[str, str]) -> None:
    result = cooling_off_exit(given_["principal"], Decimal(given_["annual_rate_pct"]), given_["days_held"])
    assert str(result.interest) == expected["reading_A_interest"]
    assert str(result.payable) == expected["reading_A_principal_plus_interest_fee_retained"]


@vectors("penal_charge")
def test_penal_charge(given_: dict[str, Any], expected: dict[str, Any]) -> None:
    charge = penal_charge(int(given_["overdue_instalment"]), given_["days"], Decimal(given_["annual_charge_pct"]))
    assert str(charge) == expected["charge"]


def test_due_dates_return_to_the_month_end_after_a_short_month() -> None:
    assert due_dates(date(2027, 12, 31), 4) == (
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
    )


@pytest.mark.parametrize(
    ("principal", "rate", "months"),
    [
        (0, "12", 12),
        (-1, "12", 12),
        (1000, "-1", 12),
        (1000, "12", 0),
        (1000, "NaN", 12),
        (Decimal("Infinity"), "12", 12),
    ],
)
def test_an_impossible_loan_is_refused(principal: int | Decimal, rate: str, months: int) -> None:
    with pytest.raises(ValueError, match=r"principal|rate|tenure"):
        emi(principal, Decimal(rate), months)


def test_a_loan_too_small_for_rupee_instalments_is_refused() -> None:
    for principal in (10, 100):  # 10 over 60 months rounds to 0 a month, 100 is paid before its end
        with pytest.raises(ValueError, match="evenly"):
            schedule(principal, Decimal(0), 60)


@pytest.mark.parametrize(("net", "payments"), [(0, [1]), (100, []), (100, [50, -1]), (100, [50, 49])])
def test_apr_refuses_what_has_no_rate(net: int, payments: list[int]) -> None:
    with pytest.raises(ValueError, match=r"money received|payments"):
        apr_pct(net, payments)


def test_apr_of_an_extreme_loan_is_still_found() -> None:
    assert shown(monthly_irr(1, [1000]), 6) == "999.000000"
    assert 0 < monthly_irr(500_000, [100_000] * 4 + [100_001]) < Decimal("0.00001")


amounts = st.integers(10_000, 5_000_000)
rates = st.decimals(Decimal(0), Decimal(48), places=2)
tenures = st.integers(1, 120)
modest = settings(max_examples=40, deadline=None)


@modest
@given(amounts, rates, tenures)
def test_a_schedule_foots_and_closes(amount: int, rate: Decimal, months: int) -> None:
    plan = schedule(amount, rate, months)
    assert len(plan.rows) == months
    assert plan.rows[-1].closing == 0
    assert all(row.closing < row.opening for row in plan.rows)
    assert all(row.payment == row.principal + row.interest for row in plan.rows)
    assert all(later.opening == row.closing for row, later in zip(plan.rows, plan.rows[1:], strict=False))
    assert sum(row.principal for row in plan.rows) == amount
    assert sum(row.interest for row in plan.rows) == plan.total_interest
    assert sum(row.payment for row in plan.rows) == plan.total_paid == amount + plan.total_interest


@modest
@given(amounts, rates, tenures)
def test_emi_rises_with_amount_and_rate_and_falls_with_tenure(amount: int, rate: Decimal, months: int) -> None:
    payment = emi(amount, rate, months)
    assert emi(amount + 1, rate, months) > payment
    assert emi(amount, rate + Decimal("0.01"), months) > payment
    assert emi(amount, rate, months + 1) < payment
    assert instalment(amount, rate, months + 1) <= instalment(amount, rate, months)


@modest
@given(amounts, rates, tenures, st.decimals(Decimal("0.1"), Decimal(5), places=1))
def test_apr_is_the_rate_without_fees_and_above_it_with_them(
    amount: int, rate: Decimal, months: int, fee_pct: Decimal
) -> None:
    payments = [emi(amount, rate, months)] * months
    assert abs(apr_pct(amount, payments) - rate) < Decimal("1e-12")
    assert apr_pct(amount - percent_of(amount, fee_pct), payments) > rate


@modest
@given(amounts, rates.filter(bool), st.integers(2, 60))
def test_a_flat_rate_costs_more_than_it_says(amount: int, rate: Decimal, months: int) -> None:
    assert reducing_rate_of_flat(amount, rate, months) > rate


@modest
@given(st.integers(100, 60_000), rates, st.integers(12, 60))
def test_the_largest_loan_fits_and_the_next_step_does_not(capacity: int, rate: Decimal, months: int) -> None:
    amount = largest_loan(capacity, rate, months)
    assert amount % 1000 == 0
    assert amount == 0 or instalment(amount, rate, months) <= capacity
    assert instalment(amount + 1000, rate, months) > capacity


@modest
@given(amounts, rates, st.integers(500, 60_000))
def test_the_shortest_tenure_fits_and_one_month_less_does_not(amount: int, rate: Decimal, capacity: int) -> None:
    months = shortest_tenure(amount, rate, capacity, 12, 60)
    if months is None:
        assert instalment(amount, rate, 60) > capacity
    else:
        assert instalment(amount, rate, months) <= capacity
        assert months == 12 or instalment(amount, rate, months - 1) > capacity


@modest
@given(st.integers(50_000, 500_000), rates.filter(bool), st.integers(12, 60), st.data())
def test_a_part_prepayment_never_costs_interest(amount: int, rate: Decimal, months: int, data: st.DataObject) -> None:
    plan = schedule(amount, rate, months)
    after = data.draw(st.integers(1, months - 1))
    balance = plan.rows[after - 1].closing
    part = data.draw(st.integers(1, int(balance * 9 / 10)))
    without = sum(row.interest for row in plan.rows[after:])
    # A lower EMI may have been rounded down, which repays up to a rupee a month later.
    slack = 1 + months**2 * rate / 1200
    for result, limit in (
        (prepay_keep_instalment(plan, rate, after, part), without + PAISA * months),
        (prepay_keep_tenure(plan, rate, after, part), without + slack),
    ):
        assert result.remaining.rows[-1].closing == 0
        assert sum(row.principal for row in result.remaining.rows) == balance - part
        assert result.remaining.total_interest <= limit
        assert result.remaining.rows[-1].number == months - result.instalments_saved <= months


def test_an_exact_half_paisa_is_rounded_up_whatever_the_rate() -> None:
    """13% a year is no finite fraction a month; found by comparing with the textbook, tests/properties."""
    plan = schedule(300_000, Decimal("13.00"), 36)
    for row in plan.rows:
        exact = Fraction(row.opening) * 13 / 1200 * 100
        assert int(row.interest * 100) == math.floor(exact + Fraction(1, 2))
    assert plan.total_interest == Decimal("63896.13")
