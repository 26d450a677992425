"""A number as it is written or said, with its scale: 120k, 1.250 million, ninety thousand, half a million, 2万."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from fractions import Fraction

from agents.hedge_fund_guy.reading.said import Said, numeral
from tools.numbers import Token

_HALF = Fraction(1, 2)
_ONES = {
    **dict(
        zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), range(10), strict=True)
    ),
    **dict(zip(("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"), range(10, 17), strict=True)),
    **dict(zip(("seventeen", "eighteen", "nineteen"), range(17, 20), strict=True)),
}
_TENS = {
    **dict(zip(("twenty", "thirty", "forty", "fifty", "sixty", "seventy"), range(20, 80, 10), strict=True)),
    **{"eighty": 80, "ninety": 90, "fourty": 40, "ninty": 90},
}
_SCALES = {
    "hundred": Fraction(100),
    "thousand": Fraction(1_000),
    "lakh": Fraction(1_00_000),
    "million": Fraction(1_000_000),
    "crore": Fraction(1_00_00_000),
    "billion": Fraction(10**9),
    "trillion": Fraction(10**12),
}
_HAN = {"千": 1_000, "천": 1_000, "万": 10_000, "萬": 10_000, "만": 10_000, "億": 10**8, "亿": 10**8, "억": 10**8}
# "a k" and "a large" say nothing, "a grand" does.
_NEVER_WITH_AN_ARTICLE = frozenset(("m", "l", "b", "k", "large", "gs", "mm"))
_ABOUT = frozenset(("ish", "odd", "something"))
_FIRST_WORDS = frozenset((*_ONES, *_TENS, "a", "an", "couple", "half", "quarter"))
_HUNDREDS = re.compile(r"\d")
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """`last` is the token after it; `scale` 1 where none was said."""

    value: Fraction
    scale: Fraction
    last: int


class Figures:
    def __init__(self, scales: Mapping[str, str], codes: Container[str]) -> None:
        """`codes` are those that may hang on a k: 90kusd."""
        self._scales = {word.strip(): name for name, words in scales.items() for word in words.split(",")}
        self._codes = codes

    def read(self, said: Said, at: int, *, after_currency: bool = False) -> Figure | None:
        """The figure that starts at this token."""
        if at >= len(said.tokens) or at in said.taken:
            return None
        token = said.tokens[at]
        if token.kind == "numeral":
            before = said.tokens[at - 1] if at else None
            part_of_a_word = token.glued and before and before.kind == "word" and before.text.isascii()
            if token.number is None or (part_of_a_word and not after_currency):
                return None
            return self._scaled(said, token.number, at + 1)
        return self._in_words(said, at) if token.key in _FIRST_WORDS else None

    def _scaled(self, said: Said, value: Fraction, at: int) -> Figure:
        at += said.key(at) in ("-", "+") and self._scale(said, at + 1) is not None
        at += said.key(at) in _ABOUT and self._scale(said, at + 1) is not None
        scale = Fraction(1)
        while (step := self._scale(said, at)) is not None and scale * step <= 10**12:
            if scale == 1 and step >= 1000:
                value = _with_a_point(said.tokens[at - 1]) or value
            scale *= step
            at += 1
        if scale > 1 and said.keys(at, at + 3) == ["and", "a", "half"]:
            return Figure((value + _HALF) * scale, scale, at + 3)
        if scale == 1000 and _HUNDREDS.fullmatch(said.key(at)) and said.tokens[at].glued:
            return Figure(value * scale + int(said.key(at)) * 100, scale, at + 1)  # 4k5
        at += said.key(at) in _ABOUT
        return Figure(value * scale, scale, at)

    def _scale(self, said: Said, at: int) -> Fraction | None:
        if at >= len(said.tokens) or at in said.taken or said.tokens[at].kind != "word":
            return None
        token = said.tokens[at]
        if token.glued and token.key[0] in _HAN:
            return Fraction(_HAN[token.key[0]])
        name = self._scales.get(token.key)
        if name is None and token.glued and token.key[0] == "k" and token.key[1:] in self._codes:
            name = "thousand"
        if name and name.startswith("glued_"):
            name = name.removeprefix("glued_") if token.glued else None
        return _SCALES[name] if name else None

    def _in_words(self, said: Said, at: int) -> Figure | None:
        if part := self._part_of(said, at):
            return part
        start = at
        total, current, largest = Fraction(0), Fraction(0), Fraction(1)
        seen = False
        if (article := self._article(said, at)) is not None:
            current, at = article
            seen = True
        while at < len(said.tokens) and at not in said.taken and at - start <= _MOST_WORDS:
            key = said.key(at)
            if key in _ONES:
                if seen and 0 < current < 100 and (current % 10 or current == 10):
                    break
                current += _ONES[key]
            elif key in _TENS:
                # "one twenty k" is 120k
                current = current * 100 + _TENS[key] if 0 < current < 10 else current + _TENS[key]
            elif seen and (step := self._scale(said, at)) is not None:
                current = max(current, Fraction(1)) * step
                if step >= 1000:
                    total, current = total + current, Fraction(0)
                largest = max(largest, step)
            elif seen and key == "point" and said.key(at + 1) in _ONES:
                current, at = _decimals(said, current, at + 1)
                continue
            elif seen and said.keys(at, at + 3) == ["and", "a", "half"]:
                total, current = (total, current + _HALF) if current else (total + largest / 2, current)
                at += 2
            elif not (seen and self._links(said, at, largest)):
                break
            seen = True
            at += 1
        return Figure(total + current, largest, at) if seen and at > start else None

    def _article(self, said: Said, at: int) -> tuple[Fraction, int] | None:
        """ "a hundred", "a couple of grand", "a cool million": the figure before the scale, and where the scale is."""
        start = at
        value = Fraction(1)
        at += said.key(at) in ("a", "an")
        if said.key(at) == "couple":
            at, value = at + 1, Fraction(2)
            at += said.key(at) == "of"
        elif at > start:
            at += said.key(at) == "cool"
        scale = self._scale(said, at)
        known = at > start and scale is not None and said.key(at) not in _NEVER_WITH_AN_ARTICLE
        return (value, at) if known else None

    def _links(self, said: Said, at: int, largest: Fraction) -> bool:
        """ "a hundred and twenty", "twenty-five" """
        number_follows = said.key(at + 1) in _ONES or said.key(at + 1) in _TENS
        if said.key(at) == "and":
            return largest > 1 and number_follows
        return said.key(at) == "-" and said.tokens[at].glued and number_follows

    def _part_of(self, said: Said, at: int) -> Figure | None:
        """half a million, a quarter of a million, three quarters of a million, quarter mil"""
        at += said.key(at) == "a"
        part = {"half": _HALF, "quarter": Fraction(1, 4)}.get(said.key(at))
        if said.keys(at, at + 2) == ["three", "quarters"]:
            part, at = Fraction(3, 4), at + 1
        if part is None:
            return None
        at += 1
        at += said.key(at) == "of"
        at += said.key(at) == "a"
        scale = self._scale(said, at)
        return Figure(part * scale, scale, at + 1) if scale and scale >= 1000 else None


def _decimals(said: Said, current: Fraction, at: int) -> tuple[Fraction, int]:
    """ "point two five" """
    tenth = Fraction(1, 10)
    while said.key(at) in _ONES and tenth > Fraction(1, 10_000):
        current += _ONES[said.key(at)] * tenth
        tenth /= 10
        at += 1
    return current, at


def _with_a_point(token: Token) -> Fraction | None:
    """1.250 million: with a scale behind it, the sign before three digits is a decimal point."""
    whole, _, decimals = token.text.replace(",", ".").partition(".")
    if not (whole.isdecimal() and len(decimals) == 3 and decimals.isdecimal() and len(whole) <= 2):
        return None
    value = numeral(whole)
    return None if value is None else value + Fraction(int(decimals), 1000)
