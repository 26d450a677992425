"""EMI, schedule, FOIR, largest loan and shortest tenure of a reducing-balance loan with monthly rest.

Conventions: monthly rate = annual rate / 12, no day count inside the schedule; the EMI is rounded half-up to the
rupee and each month's interest half-up to the paisa; the last instalment is the balance plus its interest, so the
loan closes at exactly 0.00 and every column foots. Comparisons use exact quotients, rounding is for display only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext

from tools.calendar import add_months
from tools.rupees import PAISA, RUPEE, half_up

_MONTHS_IN_YEAR = 12
_DAYS_IN_YEAR = 365


@dataclass(frozen=True, slots=True)
class Instalment:
    number: int
    opening: Decimal
    payment: Decimal
    principal: Decimal
    interest: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    rows: tuple[Instalment, ...]
    instalment: Decimal
    last_instalment: Decimal
    total_interest: Decimal
    total_paid: Decimal


@dataclass(frozen=True, slots=True)
class BrokenPeriod:
    """`days` is negative when the first period is shorter than a month; nothing is charged then."""

    regular_period_starts: date
    days: int
    interest: Decimal


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Decimal arithmetic with 40 digits whatever context the caller's thread has."""
    with localcontext(Context(prec=40)):
        yield


def monthly_rate(annual_rate_pct: Decimal) -> Decimal:
    with exact_arithmetic():
        return annual_rate_pct / (100 * _MONTHS_IN_YEAR)


def emi(principal: int | Decimal, annual_rate_pct: Decimal, months: int) -> Decimal:
    """Exact (unrounded) EMI. Raises ValueError for a principal or tenure below 1 or a negative rate."""
    _check_loan(principal, annual_rate_pct, months)
    with exact_arithmetic():
        return Decimal(principal) / _annuity_factor(annual_rate_pct, months)


def instalment(principal: int | Decimal, annual_rate_pct: Decimal, months: int) -> int:
    """EMI as charged: half-up to the rupee."""
    return int(half_up(emi(principal, annual_rate_pct, months)))


def schedule(
    principal: int | Decimal,
    annual_rate_pct: Decimal,
    months: int,
    *,
    instalment_step: Decimal = RUPEE,
    interest_step: Decimal = PAISA,
) -> Schedule:
    """Repayment schedule of `months` rows that closes at 0.

    Raises ValueError also when the loan is so small that instalments of whole steps would not run it down
    evenly (a few rupees over many months).
    """
    payment = half_up(emi(principal, annual_rate_pct, months), instalment_step)
    return amortise(Decimal(principal), annual_rate_pct, payment, months, interest_step=interest_step)


def amortise(
    opening: Decimal,
    annual_rate_pct: Decimal,
    payment: Decimal,
    months: int,
    *,
    may_end_early: bool = False,
    first_number: int = 1,
    interest_step: Decimal = PAISA,
) -> Schedule:
    """Run a balance down with a fixed payment over `months` rows, or fewer when it may end early.

    Raises ValueError when the payment does not cover the interest, or clears the loan too early.
    """
    yearly = 100 * _MONTHS_IN_YEAR
    rows: list[Instalment] = []
    with exact_arithmetic():
        balance = opening
        while balance or not rows:
            number = len(rows) + 1
            # Divided last: a twelfth of 13% has no end, and cut off it would turn an exact half-paisa into less.
            interest = half_up(balance * annual_rate_pct / yearly, interest_step)
            due = balance + interest
            last = number == months or (may_end_early and due <= payment)
            paid = due if last else payment
            if not last and not interest < paid < due:
                raise ValueError("the instalment does not run this loan down evenly")
            closing = due - paid
            rows.append(Instalment(first_number + number - 1, balance, paid, paid - interest, interest, closing))
            balance = closing
        total_interest = sum((row.interest for row in rows), Decimal(0))
        return Schedule(tuple(rows), payment, rows[-1].payment, total_interest, opening + total_interest)


def present_value(payment: int | Decimal, annual_rate_pct: Decimal, months: int) -> Decimal:
    """Exact principal that `payment` a month repays."""
    _check_loan(1, annual_rate_pct, months)
    with exact_arithmetic():
        return Decimal(payment) * _annuity_factor(annual_rate_pct, months)


def largest_loan(emi_capacity: int | Decimal, annual_rate_pct: Decimal, months: int, *, step: int = 1000) -> int:
    """Largest multiple of `step` whose charged instalment is within the capacity; 0 when there is none."""
    # The charged instalment is half-up to the rupee, so amounts whose exact EMI is below capacity + 0.5 still fit.
    whole = int(Decimal(emi_capacity) // 1)
    if whole < 0:
        return 0
    amount = int(present_value(whole + Decimal("0.5"), annual_rate_pct, months) // step) * step
    while amount and instalment(amount, annual_rate_pct, months) > whole:
        amount -= step
    return amount


def shortest_tenure(
    principal: int | Decimal,
    annual_rate_pct: Decimal,
    emi_capacity: int | Decimal,
    min_months: int,
    max_months: int,
) -> int | None:
    """Fewest months within the range whose charged instalment is within the capacity."""
    tenures = range(min_months, max_months + 1)
    return next((n for n in tenures if instalment(principal, annual_rate_pct, n) <= emi_capacity), None)


def foir_pct(
    existing_obligations: int | Decimal, proposed_emi: int | Decimal, net_monthly_income: int | Decimal
) -> Decimal:
    """Fixed obligations to income ratio in percent, unrounded: compare this, never its display."""
    if net_monthly_income <= 0:
        raise ValueError("net monthly income must be positive")
    with exact_arithmetic():
        return (Decimal(existing_obligations) + proposed_emi) * 100 / net_monthly_income


def simple_interest(
    principal: int | Decimal, annual_rate_pct: Decimal, days: int, *, days_in_year: int = _DAYS_IN_YEAR
) -> Decimal:
    """Interest for actual days over a fixed year length, half-up to the paisa."""
    with exact_arithmetic():
        return half_up(principal * annual_rate_pct * days / (100 * days_in_year), PAISA)


def broken_period(
    principal: int | Decimal,
    annual_rate_pct: Decimal,
    disbursed: date,
    first_due: date,
    *,
    days_in_year: int = _DAYS_IN_YEAR,
) -> BrokenPeriod:
    """Interest for the days from disbursal to one month before the first due date."""
    starts = add_months(first_due, -1)
    days = (starts - disbursed).days
    interest = simple_interest(principal, annual_rate_pct, max(days, 0), days_in_year=days_in_year)
    return BrokenPeriod(starts, days, interest)


def due_dates(first_due: date, months: int) -> tuple[date, ...]:
    """One date a month. Counted from the first, so the 31st comes back after a short month."""
    return tuple(add_months(first_due, index) for index in range(months))


def flat_instalment(principal: int | Decimal, flat_rate_pct: Decimal, months: int) -> Decimal:
    """Exact instalment of a flat-rate quote, where interest is charged on the full principal throughout."""
    _check_loan(principal, flat_rate_pct, months)
    with exact_arithmetic():
        return (principal + principal * monthly_rate(flat_rate_pct) * months) / months


def _annuity_factor(annual_rate_pct: Decimal, months: int) -> Decimal:
    """Principal repaid per rupee of monthly payment."""
    rate = monthly_rate(annual_rate_pct)
    if not rate:
        return Decimal(months)
    return (1 - (1 + rate) ** -months) / rate


def _check_loan(principal: int | Decimal, annual_rate_pct: Decimal, months: int) -> None:
    if not (Decimal(principal).is_finite() and annual_rate_pct.is_finite()):
        raise ValueError("principal and rate must be finite")
    if principal <= 0:
        raise ValueError("principal must be positive")
    if annual_rate_pct < 0:
        raise ValueError("rate must not be negative")
    if months < 1:
        raise ValueError("tenure must be at least one month")
