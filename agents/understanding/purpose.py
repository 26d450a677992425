"""What the loan is for."""

from agents.understanding.corrections import given_anew
from agents.understanding.message import Clause, Findings, Message
from agents.understanding.phrases import Cue
from agents.understanding.vocabulary import LAST_RESORT, PURPOSE_PREFIX
from tools.numbers.words import keys

_NEAR = 3
_NEGATIONS = keys("not no without bina nahi nahin nhi mat नहीं मत बिना")
_LONGEST_OWN_WORDS = 12
_ASKED_FOR_NAMES = frozenset({"applicant_name", "employer", "address", "email"})


def read_purpose(message: Message, found: Findings, everyday: frozenset[tuple[str, ...]]) -> None:
    """Set ``purpose``; ``everyday`` are phrases that count only where the sentence frames them as a purpose."""
    codes = [tag for tag in message.cues if tag.startswith(PURPOSE_PREFIX)]
    cues = [cue for cue in message.tagged(*codes) if _counts(message, cue, everyday)]
    if not cues:
        return
    cue = min(cues, key=lambda cue: (_code(cue) in LAST_RESORT, _rank(cue), cue.first))
    found.put("purpose", _code(cue), *message.span(cue.first, cue.last))
    if message.asked != "purpose" and given_anew(message, cue.first):
        found.corrects.append("purpose")


def _counts(message: Message, cue: Cue, everyday: frozenset[tuple[str, ...]]) -> bool:
    clause = message.clause_of(cue.first)
    if any(at in message.taken for at in range(cue.first, cue.last)):  # Pooja may be the customer's name
        return False
    if message.key(cue.first - 1) in _NEGATIONS or message.key(cue.last) in _NEGATIONS:
        return False
    if message.asked == "purpose":
        return not message.has("may_i", "asks") or _framed(message, clause, cue)
    at_work = message.inside(clause.first, clause.last, "salaried", "work", "running")
    if (at_work or _code(cue) == "other") and not _ends_in_for(message, clause, cue):
        return False
    if message.asked in _ASKED_FOR_NAMES and not message.has("need") and not _ends_in_for(message, clause, cue):
        return False
    words = tuple(message.key(at) for at in range(cue.first, cue.last) if message.tokens[at].kind == "word")
    return words not in everyday or _framed(message, clause, cue)


def _code(cue: Cue) -> str:
    return cue.tag.removeprefix(PURPOSE_PREFIX)


def own_words(message: Message, found: Findings) -> None:
    """A purpose was asked and something else was said: "other", with the customer's words as its span."""
    words = [token for token in message.tokens if token.kind == "word"]
    if words and len(words) <= _LONGEST_OWN_WORDS:
        found.put("purpose", "other", words[0].start, words[-1].end)


def _rank(cue: Cue) -> int:
    """ "credit card ka bill" says more than "hospital": longer phrases first."""
    return -min(cue.last - cue.first, 2)


def _framed(message: Message, clause: Clause, cue: Cue) -> bool:
    before = message.inside(max(clause.first, cue.first - _NEAR), cue.first, "frame_before")
    after = message.inside(cue.last, min(clause.last, cue.last + _NEAR), "frame_after")
    spoken_of = message.has("need") or any(q.kind == "money" for q in message.quantities)
    return bool(before) or (bool(after) and spoken_of) or _ends_in_for(message, clause, cue)


def _ends_in_for(message: Message, clause: Clause, cue: Cue) -> bool:
    """ "for a car", "car ke liye", "to buy a car" """
    lead = message.inside(max(clause.first, cue.first - _NEAR), cue.first, "frame_before")
    tail = message.inside(cue.last, min(clause.last, cue.last + _NEAR + 1), "frame_ke_liye", "frame_buy")
    return bool(tail) or any(message.key(c.first) in {"for", "to", "buy", "purpose"} for c in lead)
