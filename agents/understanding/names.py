"""The customer's name."""

import re
from collections.abc import Mapping, Sequence

from agents.understanding.message import Findings, Message
from tools.numbers import Token
from tools.numbers.words import CARDINALS, ENGLISH_TENS, SCALES, keys

WordSets = Mapping[str, frozenset[str]]

_NAME_PART = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0963'’])*")
_MOST_PARTS = 5
_BETWEEN_LEAD_AND_NAME = frozenset({"is", "hai", ":", "-", "to", "है"})
_SPEAKING = frozenset({"bol", "बोल"})
_ANSWERS = ("yes", "yes_or_filler", "no", "thanks", "greet", "unsure")
_SHORT_FORMS = keys("md mohd mohmd kr kmr st sk smt dr jr sr")
_JOINTS = frozenset({".", "-", "'"})


def read_name(message: Message, found: Findings, words: WordSets) -> None:
    """Set ``applicant_name``: after "my name is" and its like, or bare where the name was asked."""
    for cue in message.tagged("name_lead"):
        at = cue.last
        while message.key(at) in _BETWEEN_LEAD_AND_NAME:
            at += 1
        parts = _parts(message, at, words)
        if not _are_all_of(message, parts, "no") and _put(message, found, parts):
            return
    asks = message.has("asks", "may_i")
    for cue in message.tagged("weak_lead", "self_lead"):
        parts = _parts(message, cue.last, words)
        looks_so = _looks_like_a_name(message, parts, words, is_self=cue.tag == "self_lead")
        if (looks_so or (message.asked == "applicant_name" and not asks)) and _put(message, found, parts):
            return
    if message.asked == "applicant_name" and not asks:
        _bare(message, found, words)


def _looks_like_a_name(message: Message, parts: Sequence[Token], words: WordSets, *, is_self: bool) -> bool:
    """ "I am Priya", not "I am looking"; "main Vikram hoon", not "main TCS mein ..."."""
    if not parts:
        return False
    capitals = all(part.text[0].isupper() for part in parts)
    after = message.key(message.tokens.index(parts[-1]) + 1)
    if is_self:
        return after in _SPEAKING or (capitals and after in words["says_who"])
    return capitals


def _bare(message: Message, found: Findings, words: WordSets) -> None:
    """A name by itself, or with what introduces it ("Priya here", "Priya hai mera naam")."""
    start = 0
    while start < len(message.tokens) and (
        message.key(start) in words["polite"] or message.tokens[start].kind == "sign"
    ):
        start += 1
    parts = _parts(message, start, words)
    if not parts or _are_all_of(message, parts, *_ANSWERS):
        return
    rest = message.tokens[message.tokens.index(parts[-1]) + 1 :]
    follows = words["polite"] | words["says_who"] | words["after_a_bare_name"]
    if all(token.kind == "sign" or token.key in follows for token in rest) or rest[0].key == ",":
        _put(message, found, parts)


def _are_all_of(message: Message, parts: Sequence[Token], *tags: str) -> bool:
    """ "name is wrong", or "manzoor hai" and "dhanyavaad" by themselves, name nobody; Manzoor Ahmed does."""
    spoken = {at for cue in message.tagged(*tags) for at in range(cue.first, cue.last)}
    return all(message.tokens.index(part) in spoken for part in parts)


def _parts(message: Message, at: int, words: WordSets) -> list[Token]:
    """The tokens of a name that starts at ``at``; initials and hyphens belong to it. One too many says it is none."""
    parts: list[Token] = []
    while at < len(message.tokens) and len(parts) <= _MOST_PARTS:
        token = message.tokens[at]
        if token.key in _JOINTS and parts and token.glued and not _ends_the_sentence(message, at):
            at += 1
            continue
        if token.kind != "word" or at in message.taken or not _NAME_PART.fullmatch(token.text):
            break
        initial = len(token.text) == 1 and token.text.isupper() and token.key != "i"
        if token.key in words["not_a_name"] and not initial:
            break
        if token.key in words["polite"]:
            if parts:
                break
            at += 1
            continue
        if parts and "\n" in message.text[parts[-1].end : token.start]:
            break
        parts.append(token)
        at += 1
    return parts


def _ends_the_sentence(message: Message, at: int) -> bool:
    """ "Jaspreet Gill. Let me ...", not "A. K. Rao" or "Mohd. Irfan"."""
    glued_on = at + 1 < len(message.tokens) and message.tokens[at + 1].glued
    before = message.tokens[at - 1]
    return message.key(at) == "." and not glued_on and len(before.text) > 1 and before.key not in _SHORT_FORMS


def _put(message: Message, found: Findings, parts: Sequence[Token]) -> bool:
    if not 1 <= len(parts) <= _MOST_PARTS or all(len(part.text) == 1 for part in parts):
        return False
    # Das and Nau are names as well as numbers: with a capital, where the name was asked, a name.
    asked = message.asked == "applicant_name"
    if all(_is_number_word(part.key) and not (asked and part.text.istitle()) for part in parts):
        return False
    if any(part.key in SCALES and len(part.key) > 1 for part in parts):
        return False
    start, end = parts[0].start, parts[-1].end
    found.put("applicant_name", _written(message.text[start:end]), start, end)
    if message.has("correction") and not asked:
        found.corrects.append("applicant_name")
    message.take(start, end)
    return True


def _is_number_word(key: str) -> bool:
    return key in CARDINALS or key in ENGLISH_TENS


def _written(name: str) -> str:
    """Names typed in one case get capitals; a customer's own mixed case stays."""
    words = name.split()
    one_case = name.islower() or (name.isupper() and any(len(word.strip(".")) > 2 for word in words))
    if not one_case:
        return " ".join(word.capitalize() if word.islower() and word.isascii() else word for word in words)
    return " ".join(re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word.lower()) for word in words)
