"""Two quantities that are the ends of a range: "2 to 3 lakh", "do teen lakh", "24-36 mahine"."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from tools.numbers import words
from tools.numbers.quantity import Quantity
from tools.numbers.tokens import Token
from tools.numbers.values import key_at

_BETWEEN = words.keys("between beech bich ke बीच")
_LEKAR = words.keys("lekar leke लेकर")


def join_ranges(tokens: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """The quantities, left to right, with those that make a range as one."""
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
