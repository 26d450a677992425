"""The arithmetic of a loan from the textbook and nothing else; what the service computes is compared to it."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext


def emi(amount: int, rate_pct: str | Decimal, months: int) -> int:
    """P·r·(1+r)^n / ((1+r)^n − 1), rounded half-up to the rupee."""
    with localcontext(Context(prec=60)):
        r = Decimal(rate_pct) / 1200
        grown = (1 + r) ** months
        exact = amount * r * grown / (grown - 1) if r else Decimal(amount) / months
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def total_interest(amount: int, rate_pct: str | Decimal, months: int) -> Decimal:
    """Month by month to the paisa; the last instalment pays what is left."""
    instalment, owed, interest = emi(amount, rate_pct, months), Decimal(amount), Decimal(0)
    with localcontext(Context(prec=60)):
        for month in range(1, months + 1):
            of_month = (owed * Decimal(rate_pct) / 1200).quantize(Decimal("0.01"), ROUND_HALF_UP)
            interest += of_month
            owed = Decimal(0) if month == months else owed + of_month - instalment
    return interest
