"""Quantities in a text: a value with its unit, and ranges of two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from tools.numbers import words
from tools.numbers.tokens import Token, tokenise
from tools.numbers.values import Value, key_at, parse_value

Kind = Literal["money", "months", "percent", "plain", "duration"]
Unit = Literal["rupees", "scale", "years", "months", "instalments", "percent", "short"]

_ORDINAL_ENDINGS = words.keys("st nd rd th va vi ve wa wi waan vaan waa")
_FOR = words.keys("for")
_BETWEEN = words.keys("between beech bich ke बीच")
_LEKAR = words.keys("lekar leke लेकर")
_MOST_YEARS, _MOST_MONTHS = 100, 600


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, at ``start:end`` of the text and tokens ``first:last`` (last exclusive).

    ``low`` is whole rupees for money, months for months, the bare figure otherwise; ``high`` is ``None`` unless a
    range was written, and ``falling`` tells that its larger end came first. ``unit`` is ``None`` for a bare number.
    Kind ``duration`` (days, hours) is never a tenure.
    """

    kind: Kind
    low: Fraction
    high: Fraction | None
    start: int
    end: int
    unit: Unit | None
    first: int
    last: int
    factor: int = 1
    in_words: bool = False
    leading: Fraction = Fraction(0)
    falling: bool = False

    @property
    def explicit(self) -> bool:
        return self.unit is not None


def find_quantities(
    text: str, tokens: Sequence[Token] | None = None, *, taken: frozenset[int] = frozenset()
) -> list[Quantity]:
    """Find every quantity, left to right; ``taken`` are indices of tokens that already mean something else."""
    tokens = tokenise(text) if tokens is None else tokens
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        quantity = None if at in taken else _quantity(tokens, at, taken, found[-1].last if found else 0)
        if quantity is None:
            at += 1
        else:
            found.append(quantity)
            at = quantity.last
    return _join_ranges(tokens, found)


def _quantity(tokens: Sequence[Token], at: int, taken: frozenset[int], since: int) -> Quantity | None:
    """`since`: the first token that belongs to no quantity before, as the currency of "300000 rs 36 months" does."""
    if _is_part_of_a_name(tokens, at) or _is_ordinal(tokens, at):
        return None
    value = parse_value(tokens, at) or _one_year(tokens, at)
    if value is None or any(index in taken for index in range(at, value.end)):
        return None
    first = _with_currency_before(tokens, at)
    first = at if first < since else first
    if key_at(tokens, at - 1) in words.CURRENCY_ABROAD or key_at(tokens, value.end) in words.CURRENCY_ABROAD:
        return None
    quantity = _with_unit(tokens, first, at, value)
    return _months_too(tokens, quantity)


def _one_year(tokens: Sequence[Token], at: int) -> Value | None:
    """ "for a year", "a year and a half"; elsewhere "a year" is a rate of pay."""
    if key_at(tokens, at) not in words.ARTICLES or key_at(tokens, at + 1) not in words.YEARS:
        return None
    half_follows = key_at(tokens, at + 2) in words.AND and (
        key_at(tokens, at + 3) in words.HALF or key_at(tokens, at + 4) in words.HALF
    )
    if half_follows or key_at(tokens, at - 1) in _FOR:
        return Value(Fraction(1), at + 1, 1, Fraction(1), True)
    return None


def _is_part_of_a_name(tokens: Sequence[Token], at: int) -> bool:
    """i20, B12, covid-19: digits glued to letters that are not a currency."""
    token = tokens[at]
    if token.kind != "numeral" or not token.glued or at == 0:
        return False
    before = tokens[at - 1]
    if before.kind == "word":
        return before.key not in words.RUPEE_BEFORE
    if before.key == "-" and before.glued and at >= 2 and tokens[at - 2].kind == "word":
        key = tokens[at - 2].key
        return not (key in words.SCALES or key in words.CARDINALS or key in words.YEARS or key in words.MONTHS)
    return before.key in {"#", "/"} and before.glued and at >= 2 and tokens[at - 2].kind == "word"


def _is_ordinal(tokens: Sequence[Token], at: int) -> bool:
    return (
        tokens[at].kind == "numeral"
        and at + 1 < len(tokens)
        and tokens[at + 1].glued
        and tokens[at + 1].key in _ORDINAL_ENDINGS
    )


def _with_currency_before(tokens: Sequence[Token], at: int) -> int:
    before = at - 1
    if key_at(tokens, before) in {".", ":"} and key_at(tokens, before - 1) in words.RUPEE_BEFORE:
        return before - 1
    return before if key_at(tokens, before) in words.RUPEE_BEFORE else at


def _with_unit(tokens: Sequence[Token], first: int, at: int, value: Value) -> Quantity:
    amount, end = value.amount, value.end
    after = end + 1 if key_at(tokens, end) == "-" and _is_time(key_at(tokens, end + 1)) else end
    key = key_at(tokens, after)
    # A one-letter unit belongs to the figure before it: 3y, 24m.
    spaced_letter = len(key) == 1 and key.isalpha() and not tokens[after].glued
    if value.scale < 1000 and first == at and not spaced_letter:
        if key in words.YEARS and amount <= _MOST_YEARS:
            half = Fraction(1, 2) if _and_a_half_after(tokens, after + 1) else Fraction(0)
            last = after + 1 if not half else _half_end(tokens, after + 1)
            return _made(tokens, first, last, "months", "years", (amount + half) * 12, 12, value)
        if key in words.MONTHS and amount <= _MOST_MONTHS:
            return _made(tokens, first, after + 1, "months", "months", amount, 1, value)
        if key in words.INSTALMENTS and amount <= _MOST_MONTHS:
            return _made(tokens, first, after + 1, "plain", "instalments", amount, 1, value)
        if key in words.SHORT_SPANS:
            return _made(tokens, first, after + 1, "duration", "short", amount, 1, value)
        if key == "%" or key in words.PERCENT:
            return _made(tokens, first, after + 1, "percent", "percent", amount, 1, value)
        if key == "per" and key_at(tokens, after + 1) in {"cent", "sent"}:
            return _made(tokens, first, after + 2, "percent", "percent", amount, 1, value)
    last, rupees = _currency_after(tokens, end)
    if first < at or rupees:
        return _made(tokens, first, last, "money", "rupees", amount, value.scale, value)
    if value.scale >= 1000:
        return _made(tokens, first, last, "money", "scale", amount, value.scale, value)
    return _made(tokens, first, end, "plain", None, amount, value.scale, value)


def _made(
    tokens: Sequence[Token],
    first: int,
    last: int,
    kind: Kind,
    unit: Unit | None,
    amount: Fraction,
    factor: int,
    value: Value,
) -> Quantity:
    if kind == "money" or (kind == "months" and amount.denominator != 1 and unit == "years"):
        amount = Fraction((amount * 2 + 1) // 2)
    return Quantity(
        kind,
        amount,
        None,
        tokens[first].start,
        tokens[last - 1].end,
        unit,
        first,
        last,
        factor,
        value.in_words,
        value.coefficient,
    )


def _currency_after(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    rupees = False
    if key_at(tokens, at) == "/" and key_at(tokens, at + 1) in {"-", "="}:
        at, rupees = at + 2, True
    while key_at(tokens, at) in words.RUPEE_AFTER or _is_sign_behind(tokens, at):
        at, rupees = at + 1, True
    return at, rupees


def _is_sign_behind(tokens: Sequence[Token], at: int) -> bool:
    """ "300000₹", but not "300000 ₹5000" """
    if key_at(tokens, at) != "₹" or not tokens[at].glued:
        return False
    return at + 1 >= len(tokens) or not tokens[at + 1].glued


def _is_time(key: str) -> bool:
    return key in words.YEARS or key in words.MONTHS


def _and_a_half_after(tokens: Sequence[Token], at: int) -> bool:
    return _half_end(tokens, at) > at


def _half_end(tokens: Sequence[Token], at: int) -> int:
    if key_at(tokens, at) not in words.AND:
        return at
    half = at + 2 if key_at(tokens, at + 1) in words.ARTICLES else at + 1
    if key_at(tokens, half) in words.HALF and key_at(tokens, half + 1) not in words.SCALES:
        return half + 1
    return at


def _months_too(tokens: Sequence[Token], quantity: Quantity) -> Quantity:
    """2 years and 6 months are one tenure."""
    if quantity.unit != "years":
        return quantity
    at = quantity.last
    if key_at(tokens, at) in words.AND or key_at(tokens, at) == ",":
        at += 1
    value = parse_value(tokens, at)
    if value is None or value.amount >= 12 or key_at(tokens, value.end) not in words.MONTHS:
        return quantity
    last = value.end + 1
    return replace(quantity, low=quantity.low + value.amount, last=last, end=tokens[last - 1].end)


def _join_ranges(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    joined: list[Quantity] = []
    for quantity in found:
        previous = joined[-1] if joined else None
        merged = None if previous is None or previous.high is not None else _range(tokens, previous, quantity)
        if merged is None:
            joined.append(quantity)
        else:
            joined[-1] = merged
    return joined


def _range(tokens: Sequence[Token], left: Quantity, right: Quantity) -> Quantity | None:
    if right.high is not None or not _linked(tokens, left, right):
        return None
    ends = _same_unit(left, right)
    if ends is None:
        return None
    low, high, template = ends
    if low == high:
        return replace(template, low=low, start=left.start, first=left.first, end=right.end, last=right.last)
    return replace(
        template,
        low=min(low, high),
        high=max(low, high),
        start=left.start,
        first=left.first,
        end=right.end,
        last=right.last,
        falling=low > high,
    )


def _linked(tokens: Sequence[Token], left: Quantity, right: Quantity) -> bool:
    between = [token.key for token in tokens[left.last : right.first]]
    if not between:
        # "do teen lakh", "bees pachees hazaar": two counting words in rising order.
        return (
            left.unit is None
            and left.in_words
            and right.in_words
            and left.low < right.leading <= left.low * 2
            and left.low < 100
        )
    if len(between) == 1:
        if between[0] in words.RANGE_WORDS:
            return True
        if between[0] == ",":  # "2,3 saal"
            return left.unit is None and left.low < 10 and left.end + 1 == right.start
        after = key_at(tokens, right.last), key_at(tokens, right.last + 1)
        bounded = key_at(tokens, left.first - 1) in _BETWEEN or (after[0] in _BETWEEN and after[1] in _BETWEEN)
        return between[0] in words.AND and bounded
    return len(between) == 2 and between[0] in words.RANGE_WORDS and between[1] in _LEKAR


def _same_unit(left: Quantity, right: Quantity) -> tuple[Fraction, Fraction, Quantity] | None:
    if left.kind == right.kind and (left.kind != "plain" or left.unit == right.unit):
        low = left.low
        # "₹2 - 3 lakh": the sign stands before both, the scale behind the second.
        if left.kind == "money" and left.unit == "rupees" and left.factor == 1 and left.low < 100 <= right.factor:
            low = left.low * right.factor
        return low, right.low, right
    if left.unit is None and right.unit is not None and right.unit != "instalments":
        return _spread_back(left.low, right), right.low, right
    if left.unit is None and right.unit == "instalments":
        return left.low, right.low, right
    if right.unit is None and left.kind in {"money", "months"} and left.factor > 1 and right.low < 100:
        return left.low, right.low * left.factor, left
    return None


def _spread_back(figure: Fraction, unit_from: Quantity) -> Fraction:
    """The unit of a range's second end also holds for the first: 3 to 5 lakh; 50 to 1 lakh means 50 thousand."""
    if unit_from.kind == "money" and figure >= 1000:
        return figure
    spread = figure * unit_from.factor
    if (
        unit_from.kind == "money"
        and unit_from.factor > 1000
        and figure >= 10
        and spread > unit_from.low >= figure * 1000
    ):
        return figure * 1000
    return spread
