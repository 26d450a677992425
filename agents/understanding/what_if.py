"""Figures a customer tries out: "EMI for 5 lakh over 3 years?", "agar 4 lakh loon to kitni EMI banegi"."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

from agents.understanding.corrections import is_rejected
from agents.understanding.message import Clause, Findings, Message
from agents.understanding.placing import LEAST_SUM
from agents.understanding.reading import WhatIf
from agents.understanding.tenure import exact_percent
from tools.numbers import Quantity
from tools.numbers.words import keys

# "if possible" and "agar ho sake" only soften; a supposition with these needs a question in the sentence.
_SOFT = keys("if agar yadi अगर यदि")
_ROUNDS_OFF = keys("lets let")  # "let's say 48 months" is an answer; only with a question it supposes
_FIGURE_OF_ASKED = {
    "desired_amount": "amount",
    "loan_term_months": "months",
    "existing_emi": "amount",
    "monthly_income": "amount",
}
_ONE_MONTH = WhatIf(months=1)  # "what if I cannot pay one month?": no tenure, and no fact either
_OWN_FACTS = ("income", "package", "running", "afford", "household", "age", "work", "kin", "at_most", "score", "said")


def read_what_if(message: Message, found: Findings) -> list[Quantity]:
    """Set ``what_if`` and return the quantities it used, which are no facts of the application."""
    used: list[Quantity] = []
    figures: WhatIf = {}
    for _sentence, clauses in groupby(message.clauses, key=_sentence_of):
        for quantity in _tried_out(message, list(clauses)):
            used.append(quantity)
            if not is_rejected(message, quantity):
                _note(message, figures, quantity)
    if figures and figures != _ONE_MONTH:
        start, end = min(q.start for q in used), max(q.end for q in used)
        found.put("what_if", figures, start, end)
    return used


def _tried_out(message: Message, clauses: Sequence[Clause]) -> list[Quantity]:
    first, last = clauses[0].first, clauses[-1].last
    start, end = (bisect_left(message.quantities, at, key=_first_token) for at in (first, last))
    inside = [q for q in message.quantities[start:end] if q.high is None and _kind(q)]
    if not inside:
        return []
    asks = bool(message.inside(first, last, "how_much")) or any(message.key(at) == "?" for at in range(first, last))
    supposed = _supposed_from(message, first, last, asks)
    costs = message.inside(first, last, "monthly_cost") if asks else []
    if supposed is None and not costs and not _asks_capacity(message, first, last):
        return []
    if supposed is None and all(q.kind == "percent" for q in inside):
        return []  # "10% pe milega?" asks for a rate, it computes nothing
    asked_at = min((cue.first for cue in message.inside(first, last, "how_much")), default=last)
    return [
        q
        for q in inside
        if _is_tried(message, q, message.clause_of(q.first), supposed, asked_at, single=len(clauses) == 1)
    ]


def _sentence_of(clause: Clause) -> int:
    return clause.sentence


def _first_token(quantity: Quantity) -> int:
    return quantity.first


def _supposed_from(message: Message, first: int, last: int, asks: bool) -> int | None:
    for cue in message.inside(first, last, "suppose"):
        soft = message.key(cue.first) in _ROUNDS_OFF or (cue.last - cue.first == 1 and message.key(cue.first) in _SOFT)
        if not soft or asks:
            return cue.first
    return None


def _asks_capacity(message: Message, first: int, last: int) -> bool:
    """ "10,000 EMI mein kitna loan milega" """
    return bool(message.inside(first, last, "capacity") and message.inside(first, last, "emi"))


def _is_tried(
    message: Message, quantity: Quantity, clause: Clause, supposed: int | None, asked_at: int, *, single: bool
) -> bool:
    if message.inside(clause.first, clause.last, *_OWN_FACTS) and supposed is None:
        return False
    if supposed is not None and quantity.first > supposed:
        return not message.inside(clause.first, clause.last, "income", "package", "running")
    needs = [cue for cue in message.inside(clause.first, clause.last, "need") if not _is_only_lunga(message, cue.first)]
    if needs and (quantity.first < asked_at or needs[0].first < quantity.first < asked_at):
        return False
    if not single and _FIGURE_OF_ASKED.get(message.asked or "") == _kind(quantity):
        return bool(message.inside(clause.first, clause.last, "monthly_cost"))
    return True


def _is_only_lunga(message: Message, at: int) -> bool:
    return message.key(at) in {"lunga", "lungi", "milega"}


def _kind(quantity: Quantity) -> str | None:
    if quantity.kind == "money" or (quantity.kind == "plain" and not quantity.explicit and quantity.low >= LEAST_SUM):
        return "amount"
    if quantity.kind == "months" or quantity.unit == "instalments":
        return "months"
    return "rate" if quantity.kind == "percent" else None


def _note(message: Message, figures: WhatIf, quantity: Quantity) -> None:
    kind = _kind(quantity)
    if kind == "rate":
        figures["rate_pct"] = str(exact_percent(quantity.low))
    elif kind == "months":
        figures["months"] = int(quantity.low)
    elif _is_instalment(message, quantity):
        figures["emi"] = int(quantity.low)
    else:
        figures["amount"] = int(quantity.low)


def _is_instalment(message: Message, quantity: Quantity) -> bool:
    """A sum next to the word EMI, where the loan is what is asked for."""
    clause = message.clause_of(quantity.first)
    if not message.inside(clause.first, clause.last, "capacity") and not message.inside(
        clause.first, clause.last, "at_most"
    ):
        return False
    near = message.inside(max(clause.first, quantity.first - 3), min(quantity.last + 2, clause.last), "emi")
    return bool(near)
