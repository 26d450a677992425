"""Quantities in a text."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from tools.numbers import words
from tools.numbers.quantity import Kind, Quantity, Unit
from tools.numbers.ranges import join_ranges
from tools.numbers.tokens import Token, tokenise
from tools.numbers.values import Value, key_at, parse_value

_ORDINAL_ENDINGS = words.keys("st nd rd th va vi ve wa wi waan vaan waa")
_FOR = words.keys("for")
_MOST_YEARS, _MOST_MONTHS = 100, 600


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
    return join_ranges(tokens, found)


def _quantity(tokens: Sequence[Token], at: int, taken: frozenset[int], since: int) -> Quantity | None:
    """`since`: the first token that belongs to no quantity before, as the currency of "300000 rs 36 months" does."""
    if _is_part_of_a_name(tokens, at) or _is_ordinal(tokens, at):
        return None
    value = parse_value(tokens, at) or _one_year(tokens, at)
    if value is None or any(index in taken for index in range(at, value.end)):
        return None
    if _is_in_an_identifier(tokens, at, value.end):
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


def _is_in_an_identifier(tokens: Sequence[Token], at: int, end: int) -> bool:
    """order_700, 5l_max: an underscore binds the number to a word."""
    ahead = at >= 2 and tokens[at].glued and tokens[at - 1].key == "_" and tokens[at - 2].kind == "word"
    behind = end + 1 < len(tokens) and tokens[end].key == "_" and tokens[end].glued and tokens[end + 1].glued
    return ahead or (behind and tokens[end + 1].kind == "word")


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
