"""Pseudonyms: what identifies a person stays here, a placeholder such as `[PAN_1]` goes to the model in its place.

Found by shape (PAN, e-mail, long numbers, dates, what is spelled out), by what it is called (an account, a day of
birth), by the rules' reading (names, address, employer, codes, incomes), and
by what is left: a word that this house does not use leaves as `[NAME_1]` or `[WORD_1]`, whatever it is. Rather one word
too many than one too few: the rules have read the whole message, the model only adds to that. What is not found is a
name that is an everyday word as well, in small letters and in the middle of a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile

from agents.model.spelled import find_spelled
from agents.model.vocabulary import WORD, KnownWords, begins_a_sentence
from agents.understanding.dates import find_dates
from tools.numbers import Quantity, find_quantities

PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")

INCOME = "SUM"
# Slots whose words identify a person, with the kind of placeholder.
PERSONAL: dict[str, str] = {
    "email": "EMAIL",
    "pan": "PAN",
    "pan_invalid": "PAN",
    "aadhaar_last4": "NUMBER",
    "phone": "PHONE",
    "phone_invalid": "PHONE",
    "date_of_birth": "DATE",
    "otp": "CODE",
    "address": "ADDRESS",
    "pincode": "ADDRESS",
    "applicant_name": "NAME",
    "employer": "EMPLOYER",
    "monthly_income": INCOME,
    "annual_income": INCOME,
    "household_annual_income": INCOME,
}
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"\S+@\S+")),
    ("PAN", re.compile(r"(?<!\w)[A-Za-z]{5}-?\d{4}-?[A-Za-z](?!\w)")),
    ("PAN", re.compile(r"(?<!\w)[A-Z]{3}[\s-]?[A-Z]{2}[\s-]{0,2}\d{4}[\s-]{0,2}[A-Z](?!\w)")),
    ("NUMBER", re.compile(r"\+?\d(?:[\s().\-‐-―]{0,3}\d){8,}")),
    # Letters and digits mixed: a mistyped PAN, an account, a reference. "3lakh", "40k" and "24months" are short of it.
    ("NUMBER", re.compile(r"(?<!\w)(?=\w*\d\w*\d\w*\d)(?=\w*[A-Za-z]\w*[A-Za-z])\w{8,}(?!\w)")),
    ("NUMBER", re.compile(r"(?<!\w)[A-Za-z][\s-]?\d{7}(?!\w)")),  # a passport
)
# Short numbers that only their name tells from an amount.
_NUMBER_OF = re.compile(
    r"(?<!\w)(?:pin|pin ?code|aadh?aa?r|account|acct|a/c|ac|khaa?ta|passport|licen[cs]e|policy|card|पिन|आधार|खाता|खाते)"
    r"(?!\w)(?:[\s:#.,\-]|\b(?:no|numbers?|code|ends?|ending|in|with|is|last|four|digits?|are|hai|ka|ki)\b|नंबर|है)*"
    r"(\d[\d\s.\-]{2,}\d)",
    re.IGNORECASE,
)
_MONTH = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_BORN = re.compile(
    r"(?<!\w)(?:born|birthday|birth ?date|date of birth|dob|d\.o\.b|janm\w*|paida|जन्म\S*|पैदा)(?!\w)"
    rf"((?=[^.?!;\n]*(?:\d|nineteen|twenty|unn?ees|उन्नीस|\b(?:{_MONTH})[a-z]*\b))[^?!;\n]{{0,60}})",
    re.IGNORECASE,
)
_CODE_DIGITS = re.compile(r"\d(?:[\s.\-]?\d){2,}")
_AMOUNT_WITH_UNIT = re.compile(
    r"(?:rs|inr)?\d+(?:lakhs?|lacs?|crores?|thousand|hazaa?r|rupees|months?|years?|mahine|saal)?", re.IGNORECASE
)
# Up to three words behind these that none of our texts uses may be a name in small letters.
_SAYS_WHO = re.compile(
    r"(?<!\w)(?:i am|i'm|im|this is|myself|call me|name is|name|naam|main|mai|regards|thanks|नाम|मैं)[\s,:]+"
    r"((?:[^\W\d_]|[\u0900-\u097f])+(?:\s+(?:[^\W\d_]|[\u0900-\u097f])+){0,2})",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"[A-Z]")


@dataclass(slots=True)
class Pseudonyms:
    """The placeholders of one text; the same value gets the same one."""

    _by_value: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def hide(self, kind: str, value: str) -> str:
        key = " ".join(value.casefold().split())
        if key not in self._by_value:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._by_value[key] = f"[{kind}_{self._counts[kind]}]"
        return self._by_value[key]


@dataclass(frozen=True, slots=True)
class Masked:
    """`text` as it may leave, and what stands behind its placeholders."""

    text: str
    behind: Mapping[str, str]


def pseudonymise(
    text: str, spans: Mapping[str, str], *, otp_asked: bool, known_words: KnownWords, hidden: Sequence[Quantity] = ()
) -> Masked:
    """`text` with placeholders; `spans` are the rules' reading, slot to words, `hidden` figures that are personal."""
    names = Pseudonyms()
    behind: dict[str, str] = {}
    pieces: list[str] = []
    done = 0
    finds = chain(
        _finds(text, spans, otp_asked=otp_asked, known_words=known_words),
        ((figure.start, figure.end, INCOME) for figure in hidden),
        _unknown_words(text, spans, known_words),
    )
    for start, end, kind in _merged(finds):
        placeholder = names.hide(kind, text[start:end])
        behind.setdefault(placeholder, text[start:end])
        pieces += [text[done:start], placeholder]
        done = end
    return Masked("".join([*pieces, text[done:]]), behind)


def _finds(
    text: str, spans: Mapping[str, str], *, otp_asked: bool, known_words: KnownWords
) -> Iterator[tuple[int, int, str]]:
    for slot, kind in PERSONAL.items():
        for word in _words_of(spans.get(slot, ""), whole=slot != "applicant_name"):
            yield from _everywhere(word, text, kind)
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            if kind != "NUMBER" or not _AMOUNT_WITH_UNIT.fullmatch(match.group()) or match.group().isdecimal():
                yield match.start(), match.end(), kind
    for start, end, _ in find_dates(text, expected=True):
        yield start, end, "DATE"
    for match in _NUMBER_OF.finditer(text):
        yield *match.span(1), "NUMBER"
    for match in _BORN.finditer(text):
        yield *match.span(1), "DATE"
    for start, end in find_spelled(text):
        yield start, end, "CODE"
    if otp_asked or "otp" in spans:
        for match in _CODE_DIGITS.finditer(text):
            yield match.start(), match.end(), "CODE"
        for quantity in find_quantities(text):
            yield quantity.start, quantity.end, "CODE"
    for match in _SAYS_WHO.finditer(text):
        for name in takewhile(lambda name: not known_words.knows(name), match[1].split()):
            yield from _everywhere(name, text, "NAME")


def _unknown_words(text: str, spans: Mapping[str, str], known_words: KnownWords) -> Iterator[tuple[int, int, str]]:
    """Words nobody here uses. What the rules read as something else than personal, and number words, are understood."""
    understood = [(figure.start, figure.end) for figure in find_quantities(text)]
    for slot, span in spans.items():
        if span and slot not in PERSONAL and slot != "purpose":  # which names people, too
            understood += [match.span() for match in re.finditer(re.escape(span), text)]
    for match in WORD.finditer(text):
        word, (start, end) = match.group(), match.span()
        if (len(word) == 1 and word.isascii()) or any(first <= start and end <= last for first, last in understood):
            continue
        if _CAPITALISED.match(word):
            known = known_words.knows_capital(word) or (begins_a_sentence(text, start) and known_words.knows(word))
            if not known:
                yield start, end, "NAME"
        elif not known_words.knows(word):
            yield start, end, "WORD"


def _everywhere(word: str, text: str, kind: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
        yield match.start(), match.end(), kind


def _words_of(span: str, *, whole: bool) -> list[str]:
    """A name is hidden wherever one of its parts stands, anything else as it was said."""
    parts = [part for part in span.split() if len(part) > 2]
    return [span] if span and (whole or not parts) else [span, *parts] if span else []


def _merged(finds: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Left to right without overlap; the longer find swallows what it touches."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(finds, key=lambda find: (find[0], -find[1])):
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, kind))
    return merged
