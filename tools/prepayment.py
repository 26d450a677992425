"""Ending or shortening a loan early, and paying late: part prepayment, foreclosure, cooling-off, penal charge."""

from dataclasses import dataclass
from decimal import Decimal

from tools.loan_maths import Schedule, amortise, emi, exact_arithmetic, simple_interest
from tools.rupees import PAISA, half_up


@dataclass(frozen=True, slots=True)
class PartPrepayment:
    """What remains after a part prepayment; row numbers of `remaining` go on from the last instalment paid."""

    balance_before: Decimal
    balance_after: Decimal
    remaining: Schedule
    instalments_saved: int


@dataclass(frozen=True, slots=True)
class Foreclosure:
    principal: Decimal
    accrued_interest: Decimal
    fee: Decimal
    gst: Decimal
    payable: Decimal


@dataclass(frozen=True, slots=True)
class CoolingOffExit:
    interest: Decimal
    payable: Decimal


def prepay_keep_instalment(
    loan: Schedule, annual_rate_pct: Decimal, after_instalment: int, amount: int | Decimal
) -> PartPrepayment:
    """Same EMI, earlier end. Raises ValueError as `prepay_keep_tenure` does."""
    before, after = _balances(loan, after_instalment, amount)
    months = len(loan.rows) - after_instalment
    remaining = amortise(
        after, annual_rate_pct, loan.instalment, months, may_end_early=True, first_number=after_instalment + 1
    )
    return PartPrepayment(before, after, remaining, months - len(remaining.rows))


def prepay_keep_tenure(
    loan: Schedule, annual_rate_pct: Decimal, after_instalment: int, amount: int | Decimal
) -> PartPrepayment:
    """Same end date, lower EMI (to the rupee).

    Raises ValueError when the instalment is not one of the loan before its last, or the amount is not between 0
    and the balance (paying the whole balance is a foreclosure).
    """
    before, after = _balances(loan, after_instalment, amount)
    months = len(loan.rows) - after_instalment
    payment = half_up(emi(after, annual_rate_pct, months))
    remaining = amortise(after, annual_rate_pct, payment, months, first_number=after_instalment + 1)
    return PartPrepayment(before, after, remaining, 0)


def foreclosure(
    outstanding: Decimal, annual_rate_pct: Decimal, days_since_last_due: int, *, fee_pct: Decimal, gst_pct: Decimal
) -> Foreclosure:
    """Amount that closes the loan: balance, interest since the last due date (act/365), fee and GST on the fee."""
    interest = simple_interest(outstanding, annual_rate_pct, days_since_last_due)
    fee = percent_of(outstanding, fee_pct)
    gst = percent_of(fee, gst_pct)
    return Foreclosure(outstanding, interest, fee, gst, outstanding + interest + fee + gst)


def cooling_off_exit(principal: int | Decimal, annual_rate_pct: Decimal, days_held: int) -> CoolingOffExit:
    """Leaving within the cooling-off period: principal plus interest for the days, no penalty.

    The Directions speak of principal plus proportionate APR and leave the arithmetic open. This reading charges
    interest at the contract rate on the sanctioned amount; the processing fee already deducted is kept.
    """
    interest = simple_interest(principal, annual_rate_pct, days_held)
    return CoolingOffExit(interest, principal + interest)


def penal_charge(overdue_instalment: int | Decimal, days: int, annual_charge_pct: Decimal) -> Decimal:
    """Charge for a late instalment: on the overdue amount only, never capitalised, no GST (CBIC 245/02/2025)."""
    return simple_interest(overdue_instalment, annual_charge_pct, days)


def percent_of(amount: int | Decimal, pct: Decimal) -> Decimal:
    """`pct` percent of an amount, half-up to the paisa."""
    with exact_arithmetic():
        return half_up(amount * pct / 100, PAISA)


def _balances(loan: Schedule, after_instalment: int, amount: int | Decimal) -> tuple[Decimal, Decimal]:
    if not 1 <= after_instalment < len(loan.rows):
        raise ValueError("part prepayment must follow an instalment before the last")
    before = loan.rows[after_instalment - 1].closing
    if not 0 < amount < before:
        raise ValueError("part prepayment must be positive and below the balance")
    return before, before - amount
