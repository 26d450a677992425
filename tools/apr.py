"""Annual percentage rate of a loan: twelve times the monthly internal rate of return.

This is the convention that reproduces the RBI Key Facts Statement illustration (17.07% on a 15% loan of 20,000
over 24 months with fees of 400), although its template calls the figure effective.
"""

from collections.abc import Sequence
from decimal import Decimal

from tools.loan_maths import exact_arithmetic, flat_instalment

_TOLERANCE = Decimal("1e-20")
_ROUND_OFF = Decimal("1e-30")
_MAX_STEPS = 300


def monthly_irr(net_received: int | Decimal, payments: Sequence[int | Decimal]) -> Decimal:
    """Rate per month (a fraction) at which equal-spaced payments are worth the money received.

    Raises ValueError when nothing was received, or when less is paid back than was received.
    """
    if net_received <= 0:
        raise ValueError("money received must be positive")
    if not payments or any(payment < 0 for payment in payments):
        raise ValueError("payments must not be empty or negative")
    with exact_arithmetic():
        excess = sum((Decimal(payment) for payment in payments), Decimal(0)) - net_received
        # Unrounded instalments of an interest-free loan may miss the sum in their last digit.
        if abs(excess) <= net_received * _ROUND_OFF:
            return Decimal(0)
        if excess < 0:
            raise ValueError("payments must add up to the money received")
        low, high = Decimal(0), Decimal(1)
        while _present_value(payments, high)[0] > net_received:
            low, high = high, high * 2
        rate = low
        # The value falls and is convex in the rate, so Newton converges from below; the bracket catches round-off.
        for _ in range(_MAX_STEPS):
            value, slope = _present_value(payments, rate)
            if value > net_received:
                low = rate
            else:
                high = rate
            step = (value - net_received) / slope
            guess = rate - step
            following = guess if low < guess < high else (low + high) / 2
            if abs(following - rate) < _TOLERANCE:
                return following
            rate = following
    raise ValueError("the rate of return could not be found")


def apr_pct(net_received: int | Decimal, payments: Sequence[int | Decimal]) -> Decimal:
    """Nominal annual rate in percent, unrounded: 12 x monthly IRR of the money the borrower really received."""
    with exact_arithmetic():
        return monthly_irr(net_received, payments) * 1200


def effective_pct(nominal_pct: Decimal) -> Decimal:
    """Effective annual rate in percent of a nominal rate compounded monthly."""
    with exact_arithmetic():
        return ((1 + nominal_pct / 1200) ** 12 - 1) * 100


def reducing_rate_of_flat(principal: int | Decimal, flat_rate_pct: Decimal, months: int) -> Decimal:
    """Reducing-balance rate in percent that costs the same as a flat-rate quote."""
    return apr_pct(principal, [flat_instalment(principal, flat_rate_pct, months)] * months)


def _present_value(payments: Sequence[int | Decimal], rate: Decimal) -> tuple[Decimal, Decimal]:
    """Value of the payments one, two, ... months away, and its derivative by the rate."""
    factor = 1 / (1 + rate)
    value = slope = Decimal(0)
    # Horner from the far end: value = factor * (p1 + factor * (p2 + ...)); the derivative follows the product rule.
    for payment in reversed(payments):
        slope = factor * (slope - factor * (payment + value))
        value = factor * (payment + value)
    return value, slope
