"""The value grammar: "3.5", "two and a half", "saadhe chaar", then scales: "lakh", "lakh 50 thousand"."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tools.numbers import words
from tools.numbers.tokens import Token

_POINT = words.keys("point dashamlav दशमलव")
_OF = words.keys("of")
# Three quarters of anything is said in the plural; "quarter" alone is a fraction already.
_QUARTERS = words.keys("quarter quarters")
# After "3 lakh and 50 thousand" the sum is one amount only when the phrase ends there.
_AMOUNT_ENDS_BEFORE = words.RUPEE_AFTER | words.keys("loan chahiye ka ki ke for chahie tak चाहिए का के")
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Value:
    """``end`` is the index of the first token after; ``scale`` the largest scale word (1 if none)."""

    amount: Fraction
    end: int
    scale: int
    coefficient: Fraction
    in_words: bool


@dataclass(frozen=True, slots=True)
class _Coefficient:
    amount: Fraction
    end: int
    in_words: bool


def parse_value(tokens: Sequence[Token], at: int) -> Value | None:
    """Read the number that starts at token ``at``; ``None`` when none does."""
    first = _coefficient(tokens, at)
    if first is None:
        return None
    total, current, at = Fraction(0), first, first.end
    scale_before, largest = 0, 1
    while True:
        current = _hundreds(tokens, current)
        at = current.end
        scale = _scale(tokens, at)
        if scale < 1000 or (scale_before and scale >= scale_before):
            total += current.amount
            break
        total += current.amount * scale
        scale_before, largest, at = scale, max(largest, scale), at + 1
        half = _and_a_half(tokens, at)
        if half is not None:
            total, at = total + half.amount * scale, half.end
            break
        following = _next_group(tokens, at, scale)
        if following is None:
            break
        current = following
    if total > _LARGEST:
        return None
    if largest == 1 and current.amount >= 100 and current.end > first.end:
        largest = 100
    return Value(total, at, largest, first.amount, first.in_words)


def key_at(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].key if 0 <= at < len(tokens) else ""


def _scale(tokens: Sequence[Token], at: int) -> int:
    return words.SCALES.get(key_at(tokens, at), 0)


def _coefficient(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    if not 0 <= at < len(tokens):
        return None
    key = tokens[at].key
    if tokens[at].kind == "numeral":
        number = tokens[at].number
        return None if number is None else _with_fraction(tokens, _Coefficient(number, at + 1, False))
    if key in words.SHIFTS:
        return _shifted(tokens, at)
    if key in words.FIXED_FRACTIONS:
        return _fraction_word(tokens, at)
    if key in words.ARTICLES:
        return _after_article(tokens, at)
    if key in words.COUPLE and key_at(tokens, at + 1) in _OF:
        return _Coefficient(Fraction(2), at + 2, True)
    cardinal = _cardinal(tokens, at)
    return None if cardinal is None else _with_fraction(tokens, cardinal)


def _cardinal(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    key = key_at(tokens, at)
    tens = words.ENGLISH_TENS.get(key)
    if tens is None:
        number = words.CARDINALS.get(key)
        return None if number is None else _Coefficient(Fraction(number), at + 1, True)
    after = at + 2 if key_at(tokens, at + 1) == "-" else at + 1
    ones = words.ENGLISH_ONES.get(key_at(tokens, after), 0)
    if 1 <= ones <= 9:
        return _Coefficient(Fraction(tens + ones), after + 1, True)
    return _Coefficient(Fraction(tens), at + 1, True)


def _shifted(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    key = key_at(tokens, at)
    number = _small_whole(tokens, at + 1)
    if number is not None:
        return _Coefficient(number.amount + words.SHIFTS[key], number.end, True)
    if key in words.SAVA and _carries_fraction(key_at(tokens, at + 1)):
        return _Coefficient(Fraction(5, 4), at + 1, True)
    return None


def _small_whole(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    number = tokens[at].number if 0 <= at < len(tokens) else None
    found = _cardinal(tokens, at) if number is None else _Coefficient(number, at + 1, False)
    if found is None or found.amount.denominator != 1 or not 1 <= found.amount < 1000:
        return None
    return found


def _fraction_word(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    key = key_at(tokens, at)
    after = at + 1
    if key in words.HALF or key in words.QUARTER:
        if key_at(tokens, after) in _OF:
            after += 1
        if key_at(tokens, after) in words.ARTICLES:
            after += 1
        if not _carries_fraction(key_at(tokens, after)):
            return None
    return _Coefficient(words.FIXED_FRACTIONS[key], after, True)


def _carries_fraction(key: str) -> bool:
    return key in words.SCALES or key in words.YEARS or key in words.MONTHS


def _after_article(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    following = key_at(tokens, at + 1)
    if following in words.COUPLE or following in words.HALF or following in words.QUARTER:
        return _coefficient(tokens, at + 1)
    if len(following) > 1 and following in words.SCALES:
        return _Coefficient(Fraction(1), at + 1, True)
    return None


def _with_fraction(tokens: Sequence[Token], whole: _Coefficient) -> _Coefficient:
    """Add what may follow a whole number: "and a half", "and three quarters", "point five"."""
    if whole.amount.denominator != 1:
        return whole
    half = _and_a_half(tokens, whole.end)
    if half is not None and _carries_fraction(key_at(tokens, half.end)):
        return _Coefficient(whole.amount + half.amount, half.end, whole.in_words)
    if key_at(tokens, whole.end) in _POINT:
        return _decimals(tokens, whole)
    return whole


def _and_a_half(tokens: Sequence[Token], at: int) -> _Coefficient | None:
    if key_at(tokens, at) not in words.AND:
        return None
    at += 1
    quarters = Fraction(1)
    if key_at(tokens, at) in words.ARTICLES:
        at += 1
    elif words.ENGLISH_ONES.get(key_at(tokens, at)) == 3 and key_at(tokens, at + 1) in _QUARTERS:
        quarters, at = Fraction(3), at + 1
    key = key_at(tokens, at)
    if key in words.HALF:
        return _Coefficient(Fraction(1, 2), at + 1, True)
    if key in _QUARTERS or key in words.QUARTER:
        return _Coefficient(quarters / 4, at + 1, True)
    return None


def _decimals(tokens: Sequence[Token], whole: _Coefficient) -> _Coefficient:
    digits, at = "", whole.end + 1
    while (digit := _coefficient_digits(tokens, at)) is not None and len(digits) < 4:
        digits, at = digits + digit, at + 1
    if not digits:
        return whole
    return _Coefficient(whole.amount + Fraction(int(digits), 10 ** len(digits)), at, whole.in_words)


def _coefficient_digits(tokens: Sequence[Token], at: int) -> str | None:
    if not 0 <= at < len(tokens):
        return None
    number = tokens[at].number
    value = number if number is not None else words.CARDINALS.get(tokens[at].key)
    if value is None or value != int(value) or not 0 <= value < 100:
        return None
    return str(int(value))


def _hundreds(tokens: Sequence[Token], current: _Coefficient) -> _Coefficient:
    """ "five hundred", "one hundred and twenty five", "paanch sau pachas" """
    if _scale(tokens, current.end) != 100:
        return current
    amount, at = current.amount * 100, current.end + 1
    after = at + 1 if key_at(tokens, at) in words.AND else at
    rest = _cardinal(tokens, after)
    if rest is not None and 1 <= rest.amount < 100:
        return _Coefficient(amount + rest.amount, rest.end, current.in_words)
    return _Coefficient(amount, at, current.in_words)


def _next_group(tokens: Sequence[Token], at: int, scale: int) -> _Coefficient | None:
    """The group after a scale word that still belongs to the same amount: 3 lakh | 50 thousand, 1 lakh | 25000."""
    joined_by_and = key_at(tokens, at) in words.AND
    start = at + 1 if joined_by_and else at
    group = _coefficient(tokens, start)
    if group is None:
        return None
    group_end = _hundreds(tokens, group)
    next_scale = _scale(tokens, group.end) if group_end.end == group.end else 100
    thousands = _scale(tokens, group_end.end)
    if next_scale and next_scale < scale and group.amount * next_scale < scale:
        end = group_end.end + (1 if 1000 <= thousands < scale else 0)
        if joined_by_and and not _amount_ends(tokens, end):
            return None
        return group
    if next_scale or joined_by_and or _is_unit(key_at(tokens, group.end)):
        return None
    if not group.in_words and group.amount.denominator == 1 and 1000 <= group.amount < scale:
        return group
    if group.in_words and scale == 1000 and group.amount < 100:
        return group
    return None


def _amount_ends(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or tokens[at].kind == "sign" or tokens[at].key in _AMOUNT_ENDS_BEFORE


def _is_unit(key: str) -> bool:
    return (
        key in words.YEARS
        or key in words.MONTHS
        or key in words.INSTALMENTS
        or key in words.SHORT_SPANS
        or key in words.PERCENT
        or key == "%"
    )
