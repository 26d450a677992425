"""Loans that would pass when the one asked for does not."""

from collections.abc import Iterator
from decimal import Decimal

from tools.loan_maths import instalment, largest_loan, schedule, shortest_tenure
from tools.policy.decision import Alternative, AlternativeKind
from tools.policy.facts import Facts


def counter_offers(facts: Facts, rate_pct: Decimal) -> tuple[Alternative, ...]:
    """Alternatives, the recommended one first; each is inside every limit, and its next step is not.

    Order: same amount over the shortest tenure that fits; same tenure with the largest amount that fits; and when
    the same amount fits no tenure, the largest amount that any tenure carries, over the shortest that carries it.
    Above an offer's limit with no slip, what can be had at once is the limit itself.
    """
    if facts.needs_income or facts.longest_tenure < facts.policy.product.min_months:
        return ()
    return tuple(_Search(facts, rate_pct).run())


class _Search:
    def __init__(self, facts: Facts, rate_pct: Decimal) -> None:
        self.rate = rate_pct
        self.product = facts.policy.product
        self.asked = facts.request
        self.capped = not facts.within_cap
        self.amount = facts.amount
        self.longest = facts.longest_tenure
        self.months = min(facts.request.months, facts.longest_tenure)
        self.room = facts.emi_room if facts.affordability_counts else None
        self.at_limit = self.capped and facts.slip is None

    def run(self) -> Iterator[Alternative]:
        if self.amount < self.product.min_amount:
            return
        if self._fits(self.amount, self.months):
            yield self._alternative(self.amount, self.months)
            return
        extended = self._shortest(self.amount)
        if extended and not self.capped:
            yield self._alternative(self.amount, extended)
        reduced = self._largest(self.months)
        if reduced >= self.product.min_amount:
            yield self._alternative(reduced, self.months)
        both = self._largest(self.longest)
        if (self.capped or not extended) and both > max(reduced, self.product.min_amount - 1):
            yield self._alternative(both, self._shortest(both) or self.longest)

    def _fits(self, amount: int, months: int) -> bool:
        return self.room is None or instalment(amount, self.rate, months) <= self.room

    def _shortest(self, amount: int) -> int | None:
        """Fewest months, from the asked tenure on, over which the amount fits."""
        if self.room is None:
            return self.months
        return shortest_tenure(amount, self.rate, self.room, self.months, self.longest)

    def _largest(self, months: int) -> int:
        step = self.product.amount_step
        whole_steps = self.amount // step * step
        return (
            whole_steps
            if self.room is None
            else min(whole_steps, largest_loan(self.room, self.rate, months, step=step))
        )

    def _alternative(self, amount: int, months: int) -> Alternative:
        plan = schedule(amount, self.rate, months)
        return Alternative(self._kind(amount, months), amount, months, int(plan.instalment), plan.total_interest)

    def _kind(self, amount: int, months: int) -> AlternativeKind:
        if self.at_limit and amount == self.amount and months == self.months:
            return "AT_LIMIT_NO_SLIP"
        if amount == self.asked.amount:
            return "EXTEND_TENURE" if months > self.asked.months else "SHORTEN_TENURE"
        if months == self.asked.months:
            return "REDUCE_AMOUNT"
        return "REDUCE_AND_EXTEND" if months > self.asked.months else "REDUCE_AND_SHORTEN"
