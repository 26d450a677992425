"""Spans of time and counts: the tenure, years of work, how many loans run; percentages."""

from collections.abc import Sequence
from fractions import Fraction

from agents.understanding.corrections import given_anew, moved_to, standing
from agents.understanding.message import Clause, Findings, Message
from tools.numbers import Quantity

# A bare figure for the tenure is months from here up; below, it may be years: ask.
_LEAST_BARE_MONTHS = 6
_LONGEST_TENURE = 360
_MOST_LOANS = 20
_HURRY_MONTHS = 6
_HIGHEST_RATE = 60


def read_spans(message: Message, found: Findings, *, skip: Sequence[Quantity] = ()) -> None:
    """Place every span of time, count of loans and percentage; ``skip`` belong to a what-if."""
    quantities = [q for q in message.quantities if q not in skip]
    tenures: list[Quantity] = []
    for quantity in quantities:
        clause = message.clause_of(quantity.first)
        if quantity.kind == "percent":
            _rate(message, found, clause, quantity)
        elif quantity.unit == "instalments" and quantity.high is None:
            if _is_count_of_running(message, clause, quantity):
                _count(found, quantity)
            else:
                tenures.append(quantity)
        elif quantity.kind == "months":
            if _is_work(message, clause, quantity):
                _work(found, quantity)
            elif not _is_other_time(message, clause, quantity):
                tenures.append(moved_to(message, quantity))
        elif quantity.kind == "plain" and not quantity.explicit:
            if _counts_loans(message, clause, quantity):
                _count(found, quantity)
            elif message.asked == "loan_term_months" and _is_bare_tenure(message, clause, quantity):
                tenures.append(quantity)
            elif _names_rate(message, clause, quantity):
                _rate(message, found, clause, quantity)
    _tenure(message, found, standing(message, tenures))
    _no_loans(message, found)


def _tenure(message: Message, found: Findings, kept: Sequence[Quantity]) -> None:
    if not kept:
        return
    low = min(q.low for q in kept)
    high = max(q.high if q.high is not None else q.low for q in kept)
    if low.denominator != 1 or high.denominator != 1 or low < 1 or high > _LONGEST_TENURE:
        return
    first, last = min(kept, key=lambda q: q.first), max(kept, key=lambda q: q.last)
    slot = "loan_term_months" if low == high else "loan_term_months_range"
    value = int(low) if low == high else [int(low), int(high)]
    found.put(slot, value, *((kept[-1].start, kept[-1].end) if low == high else (first.start, last.end)))
    if given_anew(message, first.first):
        found.corrects.append(slot)


def _is_bare_tenure(message: Message, clause: Clause, quantity: Quantity) -> bool:
    if quantity.low.denominator != 1 or not _LEAST_BARE_MONTHS <= quantity.low <= _LONGEST_TENURE:
        return False
    return not message.inside(clause.first, clause.last, "income", "score", "age", "kin", "address")


def _is_count_of_running(message: Message, clause: Clause, quantity: Quantity) -> bool:
    if message.asked == "loan_term_months":
        return False
    if message.inside(clause.first, clause.last, "running", "pay") or message.asked == "existing_emi":
        return not message.inside(clause.first, clause.last, "need")
    return quantity.low < _LEAST_BARE_MONTHS


def _counts_loans(message: Message, clause: Clause, quantity: Quantity) -> bool:
    """ "I have 2 loans already", "do loan chal rahe hain", "2 home loans"; not "option 2 loan"."""
    if quantity.low.denominator != 1 or not 0 <= quantity.low <= _MOST_LOANS or quantity.high is not None:
        return False
    following = [message.key(i) for i in range(quantity.last, min(quantity.last + 3, clause.last))]
    named = any(key in {"loan", "loans", "लोन", "ऋण", "karj"} for key in following)
    if not named or message.inside(max(clause.first, quantity.first - 1), quantity.first, "option"):
        return False
    plural = "loans" in following
    return (
        plural
        or bool(message.inside(clause.first, clause.last, "running"))
        or not message.inside(clause.first, clause.last, "need")
    )


def _no_loans(message: Message, found: Findings) -> None:
    """ "I have no loans", "koi loan nahi chal raha" """
    for cue in message.tagged("none"):
        clause = message.clause_of(cue.first)
        named = message.inside(clause.first, clause.last, "loan_count")
        beside = [
            c for c in named if -4 <= c.first - cue.last <= 3 and message.key(c.first).startswith(("loan", "लोन"))
        ]
        has_some = message.inside(clause.first, clause.last, "running") or any(
            message.key(c.first) == "loans" for c in beside
        )
        any_at_all = message.inside(clause.first, clause.last, "none_at_all")
        if (
            beside
            and (has_some or any_at_all)
            and not message.inside(clause.first, clause.last, "need", "asks", "may_i")
        ):
            found.put(
                "existing_loan_count", 0, *message.span(min(cue.first, beside[0].first), max(cue.last, beside[0].last))
            )
            return


def _count(found: Findings, quantity: Quantity) -> None:
    if quantity.low.denominator == 1 and quantity.low <= _MOST_LOANS:
        found.put("existing_loan_count", int(quantity.low), quantity.start, quantity.end)


def _is_work(message: Message, clause: Clause, quantity: Quantity) -> bool:
    work = message.inside(clause.first, clause.last, "work") or _work_named_before(message, clause)
    wants = message.inside(clause.first, clause.last, "need", "tenure")
    about_loan = message.inside(quantity.last, min(quantity.last + 3, clause.last), "loan", "need")
    return bool(work) and not about_loan and not (wants and not _has_lasted(message, clause, quantity))


def _work_named_before(message: Message, clause: Clause) -> bool:
    """ "job hai, 3 saal ho gaye" """
    before = [c for c in message.clauses if c.last <= clause.first][-1:]
    lasted = message.inside(clause.first, clause.last, "span_not_tenure")
    return bool(lasted) and any(message.inside(c.first, c.last, "work") for c in before)


def _has_lasted(message: Message, clause: Clause, quantity: Quantity) -> bool:
    after_se = message.key(quantity.last) in {"se", "से"}
    return after_se or bool(message.inside(clause.first, clause.last, "span_not_tenure"))


def _work(found: Findings, quantity: Quantity) -> None:
    # Under a year is not "0 years": the month count is asked of the slip.
    if quantity.high is None and quantity.low >= 12:
        found.put("employment_years", int(quantity.low // 12), quantity.start, quantity.end)


def _is_other_time(message: Message, clause: Clause, quantity: Quantity) -> bool:
    first, last = clause.first, clause.last
    if message.asked == "loan_term_months" and len(message.clauses) == 1 and not message.inside(first, last, "hurry"):
        lasting = message.inside(quantity.last, last, "span_not_tenure")
        return bool(lasting) and not message.inside(first, last, "loan")
    if message.inside(max(first, quantity.first - 2), min(quantity.last + 4, last), "span_not_tenure", "kin"):
        return True
    if message.key(quantity.last) in {"se", "से"}:
        return True
    if message.inside(first, last, "age"):
        return message.inside(first, quantity.first, "kin") != [] or "old" in {message.key(quantity.last)}
    paid = message.inside(first, last, "income", "package") and any(True for _ in _sums_in(message, clause))
    if paid and quantity.low in {1, 12} and not message.inside(first, last, "need"):
        return True
    hurried = message.inside(max(first, quantity.first - 1), quantity.first, "hurry")
    repaid = message.inside(first, last, "tenure", "emi") or message.asked == "loan_term_months"
    return bool(hurried) and quantity.low < _HURRY_MONTHS and not repaid


def _sums_in(message: Message, clause: Clause) -> list[Quantity]:
    return [
        q
        for q in message.quantities
        if clause.first <= q.first < clause.last and q.kind in {"money", "plain"} and q.low >= 1000
    ]


def _names_rate(message: Message, clause: Clause, quantity: Quantity) -> bool:
    """ "rate 10 se kam": a plain figure next to the word."""
    if not 1 <= quantity.low <= _HIGHEST_RATE or quantity.high is not None:
        return False
    return bool(message.inside(max(clause.first, quantity.first - 3), quantity.first, "rate"))


def _rate(message: Message, found: Findings, clause: Clause, quantity: Quantity) -> None:
    if not 0 < quantity.low <= _HIGHEST_RATE:
        return
    near = message.inside(clause.first, clause.last, "rate", "loan", "need")
    at_a_rate = message.key(quantity.last) in {"pe", "par", "p", "pa", "me", "mein", "पर"} or message.key(
        quantity.first - 1
    ) in {"at", "@"}
    if near or at_a_rate or message.has("rate"):
        top = quantity.high if quantity.high is not None else quantity.low
        found.put("requested_rate_pct", exact_percent(top), quantity.start, quantity.end)


def exact_percent(value: Fraction) -> int | str:
    """10 as 10, 10.5 as "10.5": never a float."""
    if value.denominator == 1:
        return int(value)
    scaled = round(value * 10_000)
    whole, decimals = divmod(scaled, 10_000)
    return f"{whole}.{decimals:04d}".rstrip("0")
