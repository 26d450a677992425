"""Pseudonyms: what identifies a person stays here, a placeholder such as `[PAN_1]` goes to the model in its place.

Found by shape (PAN, e-mail, long numbers, dates), by the rules' reading (names, address, employer, codes) and, for
names the rules did not recognise, by their place ("i am ...") or a capital letter on a word that none of our own texts
uses. Rather one word too many than one too few: the rules have read the whole message, the model only adds to that.
What is not found is a name in small letters in the middle of a sentence; no list of names would be complete.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import takewhile
from typing import Any

from agents.understanding.dates import find_dates
from tools.numbers import find_quantities, fold

PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+\]")

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
}
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"\S+@\S+")),
    ("PAN", re.compile(r"(?<!\w)[A-Za-z]{5}-?\d{4}-?[A-Za-z](?!\w)")),
    ("PAN", re.compile(r"(?<!\w)[A-Z]{3}[\s-]?[A-Z]{2}[\s-]{0,2}\d{4}[\s-]{0,2}[A-Z](?!\w)")),
    ("NUMBER", re.compile(r"\+?\d(?:[\s().\-‐-―]{0,3}\d){8,}")),
    # Letters and digits mixed: a mistyped PAN, an account, a reference. "3lakh", "40k" and "24months" are short of it.
    ("NUMBER", re.compile(r"(?<!\w)(?=\w*\d\w*\d\w*\d)(?=\w*[A-Za-z]\w*[A-Za-z])\w{8,}(?!\w)")),
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
_CAPITALISED = re.compile(r"(?<!\w)[A-Z][\w'’]*(?:\.[A-Z])*")


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


def load_known_words() -> frozenset[str]:
    """Words, folded, of the understanding's tables and the phrasebook: capitals on these mean nothing."""
    tables = [files("agents.understanding") / "words" / f"{name}.toml" for name in ("cues", "purposes", "language")]
    documents = [
        tomllib.loads(file.read_text(encoding="utf-8")) for file in [*tables, files("agents.text") / "en.toml"]
    ]
    return frozenset(
        fold(word) for document in documents for text in _texts(document) for word in re.findall(r"[^\W\d_]+", text)
    )


def pseudonymise(text: str, spans: Mapping[str, str], *, otp_asked: bool, known_words: frozenset[str]) -> str:
    """`text` with placeholders; `spans` are the rules' reading, slot to words."""
    names = Pseudonyms()
    pieces: list[str] = []
    done = 0
    for start, end, kind in _merged(_finds(text, spans, otp_asked=otp_asked, known_words=known_words)):
        pieces += [text[done:start], names.hide(kind, text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def _finds(
    text: str, spans: Mapping[str, str], *, otp_asked: bool, known_words: frozenset[str]
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
    if otp_asked or "otp" in spans:
        for match in _CODE_DIGITS.finditer(text):
            yield match.start(), match.end(), "CODE"
        for quantity in find_quantities(text):
            yield quantity.start, quantity.end, "CODE"
    for match in _SAYS_WHO.finditer(text):
        for name in takewhile(lambda name: fold(name) not in known_words, match[1].split()):
            yield from _everywhere(name, text, "NAME")
    for match in _CAPITALISED.finditer(text):
        if len(match.group()) > 1 and fold(match.group()) not in known_words:
            yield match.start(), match.end(), "NAME"


def _everywhere(word: str, text: str, kind: str) -> Iterator[tuple[int, int, str]]:
    for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
        yield match.start(), match.end(), kind


def _words_of(span: str, *, whole: bool) -> list[str]:
    """A name is hidden wherever one of its parts stands, anything else as it was said."""
    parts = [part for part in span.split() if len(part) > 2]
    return [span] if span and (whole or not parts) else [span, *parts] if span else []


def _merged(finds: Iterator[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Left to right without overlap; the longer find swallows what it touches."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(finds, key=lambda find: (find[0], -find[1])):
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, kind))
    return merged


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
