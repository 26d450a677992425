"""Which of two figures was taken back: "not A, B", "A nahi B", "B instead of A", "A ki jagah B", "earlier A, now B"."""

from collections.abc import Sequence

from agents.understanding.message import Message
from tools.numbers import Quantity
from tools.numbers.words import keys

# Words that may stand between a figure and the word that rejects it.
_LIGHT = keys("for a an the of to just only ka ki ke ko loan wala rupaye rupees take taking ab")
_PLAIN_NO = frozenset({"no", "nope", "na", "ना"})
_MORE_OR_LESS = keys("more less above below over under jyada kam than exceding")


def is_rejected(message: Message, quantity: Quantity) -> bool:
    """Whether the words around this figure say that it no longer holds."""
    return _rejected_from_before(message, quantity) or _rejected_from_after(message, quantity)


def _rejected_from_before(message: Message, quantity: Quantity) -> bool:
    at = quantity.first
    for cue in message.tagged("reject_next"):
        if (
            cue.last <= at
            and all(message.key(i) in _LIGHT for i in range(cue.last, at))
            and not _asks_why_not(message, cue.first)
        ):
            # "3 lakh, instead 4 lakh": a bare "instead" brings the new figure.
            return message.key(cue.last - 1) != "instead"
    clause = message.clause_of(at)
    for cue in message.tagged("earlier"):
        if clause.first <= cue.first < at and not message.inside(cue.last, at, "now") and cue.first < quantity.first:
            return not message.inside(clause.first, clause.last, "running", "need")
    return False


def _asks_why_not(message: Message, at: int) -> bool:
    return message.key(at - 1) in {"why", "if"}


def _rejected_from_after(message: Message, quantity: Quantity) -> bool:
    for cue in message.tagged("reject_previous"):
        if cue.first < quantity.last or any(message.key(i) not in _LIGHT for i in range(quantity.last, cue.first)):
            continue
        if message.key(cue.first - 1) in _MORE_OR_LESS or message.key(quantity.last) == "se":
            continue
        return True
    return message.key(quantity.last) == "ko" and any(q.first > quantity.last for q in message.quantities)


def standing(message: Message, candidates: Sequence[Quantity]) -> list[Quantity]:
    """The figures for one slot that still hold, in order of speaking.

    Without words of correction two different figures both stand. With such words between them, the later holds.
    """
    kept = [quantity for quantity in candidates if not is_rejected(message, quantity)]
    for at in range(len(kept) - 1, 0, -1):
        if message.inside(kept[at - 1].last, kept[at].first, "correction", "now"):
            return kept[at:]
    return kept


def moved_to(message: Message, quantity: Quantity) -> Quantity:
    """ "change from 3 lakh to 4 lakh", "3 lakh se 4 lakh kar do" is a move, not a range: the second end is meant."""
    if quantity.high is None or not message.has("move"):
        return quantity
    clause = message.clause_of(quantity.first)
    movers = message.inside(clause.first, clause.last, "move")
    changed = [cue for cue in movers if message.key(cue.first) != "from" and cue.first < clause.last]
    if not changed:
        return quantity
    low, high = quantity.low, quantity.high
    target = low if quantity.falling else high
    return Quantity(
        quantity.kind, target, None, quantity.start, quantity.end, quantity.unit, quantity.first, quantity.last
    )


def given_anew(message: Message, first: int) -> bool:
    """Whether a fact said from the token ``first`` on is put as a correction of something said before."""
    if message.key(0) in _PLAIN_NO and message.key(1) == "," and first > 1:
        return True
    here = message.clause_of(first).sentence
    return any(message.clause_of(cue.first).sentence == here for cue in message.tagged("correction")) or any(
        message.clause_of(cue.first).sentence == here and cue.first < first for cue in message.tagged("earlier")
    )
