"""What the customer does for a living, and where."""

from collections.abc import Mapping

from agents.understanding.answers import asks_something
from agents.understanding.message import Findings, Message
from tools.numbers.words import keys

WordSets = Mapping[str, frozenset[str]]

# "no job" must be seen before "job", "own business" before "company".
_KINDS = ("unemployed", "self_employed", "retired", "student", "salaried")
_NOT_BEFORE = keys("not nahi नहीं")
_NOT_AFTER = keys("nahi nahin nhi नहीं")
_KE = keys("ke k के")
_LIYE = keys("liye lie liy लिए लिये")
_BETWEEN_LEAD_AND_EMPLOYER = frozenset({"is", "hai", ":", "-", "है"})
_IN_COMPANY_NAMES = frozenset({"&", "-", "'"})
_ARTICLES = keys("a an ek the")
_LONGEST_NAME = 80
_SHORT_ANSWER = 3  # "salaried?" to the question answers it
_ONESELF = keys("i im ive we am my me main mai mera meri mere hoon hun hu humara मैं मेरा मेरी मेरे हूँ हूं हम हमारा")
_OPENS_A_QUESTION = keys("do does is are can could will would kya क्या")


def read_work(message: Message, found: Findings, words: WordSets) -> None:
    if message.asked != "purpose":  # there, "apni dukaan badhani hai" tells what for
        _employment(message, found)
    _employer(message, found, words)


def _employment(message: Message, found: Findings) -> None:
    if _is_asked_about(message):
        return
    for kind in _KINDS:
        for cue in message.tagged(kind):
            clause = message.clause_of(cue.first)
            of_kin = message.inside(clause.first, cue.first, "kin")
            negated = message.key(cue.first - 1) in _NOT_BEFORE or message.key(cue.last) in _NOT_AFTER
            is_purpose = message.key(cue.last) in _KE and message.key(cue.last + 1) in _LIYE
            is_purpose |= message.key(cue.first - 1) == "for" and kind in {"self_employed", "student"}
            supposed = any(supposing.first < cue.first for supposing in message.tagged("suppose"))
            if not (of_kin or negated or is_purpose or supposed):
                found.put("employment", kind, *message.span(cue.first, cue.last))
                if message.has("correction") and message.asked != "employment":
                    found.corrects.append("employment")
                return


def _is_asked_about(message: Message) -> bool:
    """ "Do you lend to self-employed people?": nothing is said of oneself."""
    asks = asks_something(message) or message.key(0) in _OPENS_A_QUESTION
    if not asks or (message.asked == "employment" and len(message.tokens) <= _SHORT_ANSWER):
        return False
    return not any(token.key in _ONESELF for token in message.tokens)


def _employer(message: Message, found: Findings, words: WordSets) -> None:
    span = _named_employer(message, words)
    if span is None and message.asked == "employer" and not message.has("asks", "may_i", "off_topic"):
        only_talk = all(token.kind == "sign" or token.key in words["not_a_name"] for token in message.tokens)
        span = None if only_talk else _trimmed(message, 0, len(message.tokens), words)
    if span is None:
        return
    first, last = span
    start, end = message.span(first, last)
    generic = words["generic_employer"]
    if all(message.key(at) in generic or message.tokens[at].kind == "sign" for at in range(first, last)):
        return
    if any(q.first < last and q.last > first and q.explicit for q in message.quantities):
        return
    # "at a small bank" tells the employment, not who the employer is.
    if message.asked != "employer" and message.key(first) in _ARTICLES:
        return
    if any(character.isalpha() for character in message.text[start:end]) and end - start <= _LONGEST_NAME:
        found.put("employer", message.text[start:end], start, end)


def _named_employer(message: Message, words: WordSets) -> tuple[int, int] | None:
    for cue in message.tagged("employer_lead"):
        if message.inside(message.clause_of(cue.first).first, cue.first + 1, "kin"):
            continue  # "my cousin works at ..."
        first = cue.last
        while message.key(first) in _BETWEEN_LEAD_AND_EMPLOYER:
            first += 1
        last = first
        while last < len(message.tokens) and not _ends(message, last, words):
            last += 1
        return (first, last) if last > first else None
    for cue in message.tagged("employer_tail"):
        return _trimmed(message, message.clause_of(cue.first).first, cue.first, words)
    return None


def _ends(message: Message, at: int, words: WordSets) -> bool:
    token = message.tokens[at]
    if token.key in words["employer_stop"] or at in message.taken:
        return True
    if token.kind != "sign" or token.key in _IN_COMPANY_NAMES:
        return False
    return not (token.key == "." and token.glued and at + 1 < len(message.tokens))


def _trimmed(message: Message, first: int, last: int, words: WordSets) -> tuple[int, int] | None:
    light = words["employer_light"] | words["polite"]
    while first < last and (message.key(first) in light or message.tokens[first].kind == "sign"):
        first += 1
    while last > first and (message.key(last - 1) in light or message.tokens[last - 1].key in {".", ",", "!", "।"}):
        last -= 1
    return (first, last) if last > first else None
