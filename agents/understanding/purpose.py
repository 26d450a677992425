"""What the loan is for."""

from agents.understanding import purposes
from agents.understanding.message import Clause, Findings, Message
from agents.understanding.phrases import Cue
from tools.numbers import fold

PREFIX = "for:"
_NEAR = 3
_NEGATIONS = frozenset(fold(word) for word in ["not", "nahi", "nahin", "nhi", "नहीं"])
_LONGEST_OWN_WORDS = 12


class PurposeReader:
    """Holds which phrases are everyday words that need a frame around them."""

    def __init__(self) -> None:
        self._everyday = {
            tuple(fold(word) for word in phrase.split()) for phrase in purposes.EVERYDAY.split(",") if phrase.strip()
        }

    def read(self, message: Message, found: Findings) -> None:
        cues = [cue for code in purposes.PURPOSES for cue in message.tagged(PREFIX + code)]
        cues = [cue for cue in cues if self._counts(message, cue)]
        cues.sort(key=lambda cue: (cue.tag.removeprefix(PREFIX) in purposes.LAST_RESORT, _rank(cue), cue.first))
        if cues:
            cue = cues[0]
            found.put("purpose", cue.tag.removeprefix(PREFIX), *message.span(cue.first, cue.last))
            if message.has("correction") and message.asked != "purpose" and _is_corrected(message, cue):
                found.corrects.append("purpose")

    def _counts(self, message: Message, cue: Cue) -> bool:
        clause = message.clause_of(cue.first)
        if message.key(cue.first - 1) in _NEGATIONS or message.key(cue.last) in _NEGATIONS:
            return False
        if message.asked == "purpose":
            return not message.has("may_i") or _framed(message, clause, cue)
        if message.inside(clause.first, clause.last, "salaried", "work", "running") and not _ends_in_for(
            message, clause, cue
        ):
            return False
        if message.asked in {"applicant_name", "employer", "address", "email"} and not message.has("need"):
            return False
        words = tuple(message.key(at) for at in range(cue.first, cue.last) if message.tokens[at].kind == "word")
        if cue.tag == PREFIX + "other":
            return _ends_in_for(message, clause, cue)
        return words not in self._everyday or _framed(message, clause, cue)


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


def _is_corrected(message: Message, cue: Cue) -> bool:
    sentence = message.clause_of(cue.first).sentence
    return any(message.clause_of(c.first).sentence == sentence for c in message.tagged("correction"))
