"""What the customer's sums say: loan wanted, income, instalments paid or affordable, loans outstanding."""

from collections.abc import Sequence
from typing import Literal

from agents.understanding.corrections import given_anew, moved_to, standing
from agents.understanding.message import Findings, Message
from agents.understanding.placing import LEAST_SUM, PlacedSum, place_sums
from tools.numbers import Quantity

# A monthly pay from here up, said without a period, is as likely a yearly one: ask.
_DOUBTFUL_MONTHLY = 300_000
# A yearly household income below this, said without a period, is as likely a monthly one: ask.
_DOUBTFUL_YEARLY = 100_000


def read_money(message: Message, found: Findings, *, skip: Sequence[Quantity] = ()) -> None:
    """Set the slots of every sum; ``skip`` are sums that belong to a what-if."""
    placed = place_sums(message, skip=skip)
    _income(message, found, [s for s in placed if s.family == "income"])
    _instalments(message, found, [s for s in placed if s.family == "emi"])
    _loan(message, found, [s for s in placed if s.family == "loan"])
    _no_instalments(message, found)


def _period(message: Message, placed: PlacedSum) -> Literal["month", "year"] | None:
    first, last = placed.clause.first, placed.clause.last
    if message.inside(placed.quantity.first, placed.quantity.last + 1, "lpa"):
        return "year"
    keys = [message.key(i) for i in range(first, last)]
    slashed = [keys[i] for i in range(1, len(keys)) if keys[i - 1] in {"/", "per"}]
    monthly = message.inside(first, last, "monthly") or any(
        key in {"month", "mon", "mo", "mth", "m"} for key in slashed
    )
    annual = message.inside(first, last, "annual") or any(key in {"year", "yr", "y", "annum"} for key in slashed)
    if monthly and not annual:
        return "month"
    if annual and not monthly:
        return "year"
    spans = [q for q in message.quantities if q.kind == "months" and first <= q.first < last]
    if any(span.low == 12 for span in spans):
        return "year"
    if any(span.low == 1 for span in spans):
        return "month"
    if message.inside(first, last, "package", "lpa"):
        return "year"
    return None


def _income(message: Message, found: Findings, sums: Sequence[PlacedSum]) -> None:
    for placed in sorted(_standing(message, sums), key=lambda s: not _is_net(message, s.quantity)):
        quantity = placed.quantity
        if quantity.high is not None:
            continue
        amount, period = int(quantity.low), _period(message, placed)
        named_household = bool(message.inside(placed.clause.first, placed.clause.last, "household"))
        named_own = bool(message.inside(placed.clause.first, placed.clause.last, "income", "package", "lpa"))
        asked_household = message.asked == "household_annual_income" and not (named_own and message.has("need"))
        if named_household or asked_household:
            if period != "month" and (period == "year" or amount >= _DOUBTFUL_YEARLY):
                _put(message, found, "household_annual_income", amount, quantity)
            elif period == "month":
                _put(message, found, "household_annual_income", amount * 12, quantity)
        elif period == "year":
            _put(message, found, "annual_income", amount, quantity)
        elif period == "month" or amount < _DOUBTFUL_MONTHLY or message.asked == "monthly_income":
            _put(message, found, "monthly_income", amount, quantity)


def _is_net(message: Message, quantity: Quantity) -> bool:
    """ "gross 60k net 52k", "52k in hand": the pay that reaches the account counts."""
    if message.inside(max(0, quantity.first - 3), quantity.first, "net_pay"):
        return True
    after = [cue for cue in message.tagged("net_pay") if cue.first == quantity.last]
    return any(all(q.first != cue.last for q in message.quantities) for cue in after)


def _instalments(message: Message, found: Findings, sums: Sequence[PlacedSum]) -> None:
    paid: list[Quantity] = []
    for placed in _standing(message, sums):
        clause, quantity = placed.clause, placed.quantity
        running = message.inside(clause.first, clause.last, "running")
        wanted = not running and (
            message.inside(clause.first, clause.last, "at_most", "afford", "need") or message.asked == "offer_decision"
        )
        if wanted or (message.inside(clause.first, clause.last, "afford")):
            top = quantity.high if quantity.high is not None else quantity.low
            _put(message, found, "max_emi", int(top), quantity)
        elif quantity.high is None:
            paid.append(quantity)
    if not paid:
        return
    total = [q for q in paid if _near(message, q, "total")]
    if total:
        _put(message, found, "existing_emi", int(total[0].low), total[0])
    else:
        found.put("existing_emi", int(sum(q.low for q in paid)), paid[0].start, paid[-1].end)
        _mark(message, found, "existing_emi", paid[0])


def _near(message: Message, quantity: Quantity, tag: str) -> bool:
    return bool(message.inside(max(0, quantity.first - 3), quantity.last + 2, tag))


def _no_instalments(message: Message, found: Findings) -> None:
    """ "no EMI", "koi EMI nahi", and a plain "none" when instalments were asked."""
    if found.has("existing_emi", "max_emi"):
        return
    for cue in message.tagged("none"):
        clause = message.clause_of(cue.first)
        instalments = message.inside(clause.first, clause.last, "emi")
        if message.asked != "existing_emi" and not instalments:
            continue
        near = instalments and min(abs(c.first - cue.last) for c in instalments) <= 4
        if (near or message.asked == "existing_emi") and not message.inside(
            clause.first, clause.last, "at_most", "asks", "need"
        ):
            found.put("existing_emi", 0, *message.span(cue.first, cue.last))
            return
    if message.asked == "existing_emi" and len(message.tokens) == 1:
        only = message.quantities[0] if message.quantities else None
        if only is not None and only.low == 0:
            found.put("existing_emi", 0, only.start, only.end)


def _loan(message: Message, found: Findings, sums: Sequence[PlacedSum]) -> None:
    wanted: list[Quantity] = []
    for placed in sums:
        clause = placed.clause
        if message.inside(clause.first, clause.last, "running") and not message.inside(
            clause.first, clause.last, "need", "said"
        ):
            if placed.quantity.high is None and message.asked != "desired_amount":
                _put(message, found, "existing_loan_outstanding", int(placed.quantity.low), placed.quantity)
                continue
            if message.inside(clause.first, clause.last, "loan", "emi"):
                _put(message, found, "existing_loan_outstanding", int(placed.quantity.low), placed.quantity)
                continue
        if message.inside(clause.first, clause.last, "past") and not message.inside(clause.first, clause.last, "need"):
            continue
        wanted.append(moved_to(message, placed.quantity))
    kept = [q for q in standing(message, wanted) if q.low >= LEAST_SUM]
    if not kept:
        return
    low = min(q.low for q in kept)
    high = max(q.high if q.high is not None else q.low for q in kept)
    first, last = min(kept, key=lambda q: q.first), max(kept, key=lambda q: q.last)
    if low == high:
        _put(message, found, "desired_amount", int(low), kept[-1])
    else:
        found.put("desired_amount_range", [int(low), int(high)], first.start, last.end)
        _mark(message, found, "desired_amount_range", first)


def _standing(message: Message, sums: Sequence[PlacedSum]) -> list[PlacedSum]:
    kept = standing(message, [s.quantity for s in sums])
    return [s for s in sums if s.quantity in kept]


def _put(message: Message, found: Findings, slot: str, value: int, quantity: Quantity) -> None:
    found.put(slot, value, quantity.start, quantity.end)
    _mark(message, found, slot, quantity)


def _mark(message: Message, found: Findings, slot: str, quantity: Quantity) -> None:
    if given_anew(message, quantity.first) and slot not in found.corrects:
        found.corrects.append(slot)
