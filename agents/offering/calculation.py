"""What-if questions, answered by calculation: an estimate over the product's rates, never an offer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agents.application import Application
from agents.speaking import Line, line
from kb.policy import Policy
from tools.loan_maths import instalment, largest_loan, schedule, shortest_tenure
from tools.rupees import half_up


def estimate(asked: dict[str, Any], application: Application, policy: Policy) -> list[Line]:
    """Lines for `asked` (any of amount, months, rate_pct, emi); the application fills what the question left open.

    Without a rate of the customer's own, both ends of the product's range are shown.
    """
    product = policy.product
    if (tenure := asked.get("months")) and not product.min_months <= tenure <= product.max_months:
        return [line("sales.tenure_out_of_range", min_months=product.min_months, max_months=product.max_months)]
    amount = asked.get("amount") or application.get("desired_amount")
    months = asked.get("months") or application.get("loan_term_months")
    low, high = _rates(asked, application, policy)
    if emi := asked.get("emi"):
        if amount and not asked.get("months"):
            tenure = shortest_tenure(amount, high, Decimal(emi), product.min_months, product.max_months)
            if tenure is None:
                affordable = largest_loan(Decimal(emi), high, product.max_months, step=product.amount_step)
                return [line("estimate.no_tenure", emi=emi, amount=amount, months=product.max_months, most=affordable)]
            return [line("estimate.tenure", emi=emi, amount=amount, months=tenure, rate=high)]
        months = months or product.max_months
        most = largest_loan(Decimal(emi), high, months, step=product.amount_step)
        return [line("estimate.amount", emi=emi, months=months, most=most, rate=high)]
    if not amount:
        return [line("estimate.need_amount")]
    months = months or 36
    if low == high:
        return [line("estimate.emi", amount=amount, months=months, rate=low, emi=instalment(amount, low, months))]
    return [
        line(
            "estimate.emi_range",
            amount=amount,
            months=months,
            low_rate=low,
            high_rate=high,
            low_emi=instalment(amount, low, months),
            high_emi=instalment(amount, high, months),
        )
    ]


def compare(amount: int, tenures: Sequence[int], application: Application, policy: Policy) -> list[Line]:
    """Lines that set tenures, in months, beside each other: what a month and the whole costs by each."""
    low, high = _rates({}, application, policy)
    costs = [(months, _cost(amount, low, months), _cost(amount, high, months)) for months in sorted(tenures)]
    if low == high:
        said = [line("estimate.several", amount=amount, rate=low)]
        said += [
            line("estimate.each", months=months, emi=emi, interest=interest) for months, (emi, interest), _ in costs
        ]
    else:
        said = [line("estimate.several_range", amount=amount, low_rate=low, high_rate=high)]
        for months, (low_emi, low_interest), (high_emi, high_interest) in costs:
            emis = {"low_emi": low_emi, "high_emi": high_emi}
            interests = {"low_interest": low_interest, "high_interest": high_interest}
            said.append(line("estimate.each_range", months=months, **emis, **interests))
    return [*said, line("estimate.trade_off")]


def _cost(amount: int, rate: Decimal, months: int) -> tuple[int, int]:
    """EMI and total interest, in whole rupees."""
    return instalment(amount, rate, months), int(half_up(schedule(amount, rate, months).total_interest))


def _rates(asked: dict[str, Any], application: Application, policy: Policy) -> tuple[Decimal, Decimal]:
    decision = application.get("decision") or {}
    rate = asked.get("rate_pct") or decision.get("rate_pct")
    if rate is not None:
        return Decimal(str(rate)), Decimal(str(rate))
    return policy.product.min_rate_pct, policy.product.max_rate_pct
