"""Sums of money as people write them: figure or words, scale, currency, period, range."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import resources

from agents.hedge_fund_guy.reading.reading import Period
from agents.hedge_fund_guy.reading.said import Said, numeral, spelled
from agents.understanding.phrases import Phrasebook
from tools.numbers import Token

_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split()
    )
}
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)) | {
    "fourty": 40,
    "ninty": 90,
}
_SCALES = {
    "hundred": Fraction(100),
    "thousand": Fraction(1_000),
    "myriad": Fraction(10_000),
    "lakh": Fraction(1_00_000),
    "million": Fraction(1_000_000),
    "crore": Fraction(1_00_00_000),
    "billion": Fraction(10**9),
    "trillion": Fraction(10**12),
}
_RANGE = frozenset(("-", "–", "—", "~", "to", "or", "/", "till", "through", "bis", "and", "a"))
# Between an amount and its period.
_FILLERS = frozenset(
    "gross net base before after tax taxes about or so ish total cash all in plus take home take-home pre post roughly"
    " give minimum + - guaranteed brutto netto each hand salary of - – .- .– in-hand pretax pre-tax after-tax income wage"
    " pay comp".split()
)
_PER = frozenset("per a an each every / p the in pro par por al im der la le na".split())
_MOST_FILLERS = 5


@dataclass(frozen=True, slots=True)
class Amount:
    """Over the tokens ``first:last``. `high` only of a range; `scaled`: said with a thousand, a k, a lakh."""

    low: Fraction
    high: Fraction | None
    currency: str | None
    period: Period | None
    first: int
    last: int
    scaled: bool = False
    is_money: bool = False

    @property
    def bare(self) -> bool:
        return not (self.scaled or self.is_money or self.period)


@dataclass(frozen=True, slots=True)
class _Figure:
    value: Fraction
    scale: Fraction
    last: int


class Amounts:
    """Finds every sum in a message; opened once."""

    def __init__(self) -> None:
        file = resources.files("agents.hedge_fund_guy.reading") / "words" / "money.toml"
        tables: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._signs, self._dollars = tables["signs"], tables["dollars"]
        self._codes = _codes(tables["codes"])
        self._capitals = frozenset(tables["codes"]["capitals"].split())
        self._money = Phrasebook(tables["words"], spelled)
        self._periods = Phrasebook(tables["periods"], spelled)
        self._scales = {
            spelled(word.strip()): name for name, words in tables["scales"].items() for word in words.split(",")
        }

    def find(self, said: Said) -> list[Amount]:
        found: list[Amount] = []
        at = 0
        while at < len(said.tokens):
            amount = None if at in said.taken else self._amount(said, at)
            if amount:
                found.append(amount)
                at = amount.last
            else:
                at += 1
        return found

    def period_in(self, said: Said, first: int, last: int) -> Period | None:
        """A period named anywhere among these tokens: "my monthly pay", "every month I make"."""
        for at in range(first, last):
            if said.key(at) in ("annual", "annually", "yearly", "monthly", "weekly", "daily", "hourly"):
                return self._period_at(said, at)[0]
            if said.key(at) in ("per", "each", "every", "a", "an", "/") and at + 1 < last:
                period, end = self._period_at(said, at + 1)
                if period and end <= last:
                    return period
        return None

    def _amount(self, said: Said, at: int) -> Amount | None:
        first = at
        currency, at = self._currency_before(said, at)
        figure = self._figure(said, at, after_currency=at > first)
        if figure is None:
            return None
        is_money = at > first
        low, high, last, scaled, after, money_after = self._to_the_other_end(said, figure)
        currency = currency or after
        is_money = is_money or money_after
        if not money_after:
            after, last_of_currency, named = self._currency_after(said, last)
            currency, is_money = currency or after, is_money or named
            last = last_of_currency
        times: int
        period, times, last = self._period_after(said, last)
        if said.key(last - 1) == "lpa":
            period, currency, is_money = "year", currency or "INR", True
        amount = Amount(low, high, currency, period, first, last, scaled, is_money)
        if times != 1:
            amount = replace(amount, low=low * times, high=None if high is None else high * times)
        return amount

    def _to_the_other_end(
        self, said: Said, figure: _Figure
    ) -> tuple[Fraction, Fraction | None, int, bool, str | None, bool]:
        """Low, high, last token, whether scaled, and the currency between the ends of a range, if any."""
        low, last, scaled = figure.value, figure.last, figure.scale > 1
        currency, between, named = self._currency_after(said, last)
        between = self._skip_period(said, between)
        if said.key(between) not in _RANGE or between - last > 4:
            return low, None, last, scaled, None, False
        start = between + 1
        if said.key(start) in ("around", "about", "maybe", "up", "like"):
            start += 1
            start += said.key(start) == "to"
        second, at = self._currency_before(said, start)
        other = self._figure(said, at, after_currency=at > start)
        if other is None or (said.key(between) in ("and", "a") and not self._between(said, figure)):
            return low, None, last, scaled, None, False
        high = other.value
        if not scaled and other.scale > 1 and low < 1000 and low * other.scale <= high:
            low *= other.scale
        elif scaled and other.scale == 1 and high < 1000:
            high *= figure.scale
        low, high = min(low, high), max(low, high)
        scaled = scaled or other.scale > 1
        if low == high:
            return low, None, other.last, scaled, second or currency, named or at > start
        return low, high, other.last, scaled, second or currency, False

    def _between(self, said: Said, figure: _Figure) -> bool:
        """ "between 80 and 100", not "80 and 100"."""
        return "between" in said.keys(figure.last - 6, figure.last)

    def _skip_period(self, said: Said, at: int) -> int:
        """ "80k a year to 100k a year" """
        if said.key(at) in _PER and said.key(at) not in _RANGE - {"/", "a"}:
            period, last = self._period_at(said, at + 1)
            if period:
                return last
        return at

    def _figure(self, said: Said, at: int, *, after_currency: bool) -> _Figure | None:
        token = said.tokens[at] if at < len(said.tokens) else None
        if token is None or at in said.taken:
            return None
        if token.kind == "numeral":
            if token.number is None or (
                token.glued and at and said.tokens[at - 1].kind == "word" and not after_currency
            ):
                return None
            return self._scaled(said, token.number, at + 1)
        return self._in_words(said, at) if token.kind == "word" else None

    def _scaled(self, said: Said, value: Fraction, at: int) -> _Figure:
        """The scales after a figure: 120k, 1.2 million, 2 hundred thousand."""
        scale = Fraction(1)
        at = at + 1 if said.key(at) in ("-", "+") and self._scale(said, at + 1) else at
        while (step := self._scale(said, at)) is not None:
            if scale == 1 and 1000 <= step and _has_decimals_for_thousands(said, at - 1):
                value = _decimal_read(said.tokens[at - 1]) or value
            scale *= step
            at += 1
        if scale > 1 and said.keys(at, at + 3) == ["and", "a", "half"]:
            return _Figure((value + Fraction(1, 2)) * scale, scale, at + 3)
        at += said.key(at) in ("ish", "odd", "something", "+")
        if scale == 1 and self._scale(said, at) and said.key(at - 1) in ("odd", "something", "ish"):
            return self._scaled(said, value, at)
        return _Figure(value * scale, scale, at)

    def _scale(self, said: Said, at: int) -> Fraction | None:
        if at >= len(said.tokens) or at in said.taken:
            return None
        token = said.tokens[at]
        name = self._scales.get(token.key)
        if name is None and token.kind == "word" and token.glued:
            if token.key[:1] == "k" and token.key[1:] in self._codes:
                name = "thousand"
            elif token.key[:1] in "万萬億亿":
                return Fraction(10_000 if token.key[0] in "万萬" else 10**8)
        if name is None:
            return None
        if name.startswith("glued_"):
            following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
            if not token.glued or (following and following.kind == "word" and following.glued):
                return None
            name = name.removeprefix("glued_")
        return _SCALES[name]

    def _in_words(self, said: Said, at: int) -> _Figure | None:
        """ninety thousand, a hundred and twenty grand, one point two million, half a million, a couple hundred k"""
        start, total, current = at, Fraction(0), Fraction(0)
        seen = False
        key = said.key(at)
        if key in ("half", "quarter") or (key == "a" and said.key(at + 1) == "quarter"):
            return self._part_of(said, at)
        if key in ("a", "an", "couple") or (key == "the" and False):
            skipped = at + (key != "couple")
            if said.key(skipped) == "couple":
                skipped += 1 + (said.key(skipped + 1) == "of")
                current = Fraction(2)
            elif said.key(skipped) == "cool":
                skipped, current = skipped + 1, Fraction(1)
            else:
                current = Fraction(1)
            if self._scale(said, skipped) is None or said.key(skipped) in ("m", "l", "b", "k", "large", "gs", "mm"):
                return None
            at, seen = skipped, True
        largest = Fraction(1)
        while at < len(said.tokens) and at not in said.taken:
            key = said.key(at)
            if key in _ONES:
                if seen and current and (current % 10 or current in (10,)) and current < 100 and not _TENS.get(key):
                    break
                current += _ONES[key]
            elif key in _TENS:
                # "one twenty k", "twenty twenty"
                current = current * 100 + _TENS[key] if 0 < current < 10 else current + _TENS[key]
            elif seen and (step := self._scale(said, at)) is not None:
                current = max(current, Fraction(1)) * step
                if step >= 1000:
                    total, current = total + current, Fraction(0)
                largest = max(largest, step)
            elif key == "point" and seen and said.key(at + 1) in _ONES:
                current, at = self._decimals(said, current, at + 1)
                continue
            elif key == "and" and seen and said.keys(at, at + 3) == ["and", "a", "half"]:
                if current:
                    current += Fraction(1, 2)
                else:
                    total += largest / 2
                at += 2
            elif key == "and" and seen and largest > 1 and (said.key(at + 1) in _ONES or said.key(at + 1) in _TENS):
                pass
            elif key == "-" and seen and said.tokens[at].glued and said.key(at + 1) in _ONES:
                pass
            elif seen and key not in _ONES and said.tokens[at].kind == "numeral":
                return None
            else:
                break
            seen = True
            at += 1
        if not seen or at == start:
            return None
        return _Figure(total + current, largest, at)

    def _decimals(self, said: Said, current: Fraction, at: int) -> tuple[Fraction, int]:
        tenth = Fraction(1, 10)
        while said.key(at) in _ONES and tenth > Fraction(1, 10_000):
            current += _ONES[said.key(at)] * tenth
            tenth /= 10
            at += 1
        return current, at

    def _part_of(self, said: Said, at: int) -> _Figure | None:
        """half a million, a quarter of a million, quarter mil"""
        at += said.key(at) == "a"
        part = Fraction(1, 2) if said.key(at) == "half" else Fraction(1, 4)
        at += 1
        at += said.key(at) == "of"
        at += said.key(at) == "a"
        scale = self._scale(said, at)
        if scale is None or scale < 1000:
            return None
        return _Figure(part * scale, scale, at + 1)

    def _currency_before(self, said: Said, at: int) -> tuple[str | None, int]:
        """The currency from there on and the token after it; the same token where there is none."""
        if at >= len(said.tokens) or at in said.taken:
            return None, at
        token = said.tokens[at]
        if token.key in self._signs:
            return self._signs[token.key], at + 1 + self._code_after_sign(said, at + 1)
        following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
        if following and following.key == "$" and following.glued and token.key in self._dollars:
            return self._dollars[token.key], at + 2
        code = self._code(token)
        short = token.key in ("rs", "fr", "sfr", "zł", "rm", "ksh")
        if code or short:
            end = at + 1 + (said.key(at + 1) == "." and short)
            if said.key(end) in self._signs:
                end += 1
            is_figure = end < len(said.tokens) and (
                said.tokens[end].kind == "numeral" or said.key(end) in ("half", "a", "one") or said.key(end) in _TENS
            )
            if is_figure:
                names = {"rs": "INR", "fr": "CHF", "sfr": "CHF", "zł": "PLN", "rm": "MYR", "ksh": "KES"}
                return code or names[token.key], end
        return None, at

    def _code_after_sign(self, said: Said, at: int) -> int:
        return int(said.key(at) == "$")

    def _currency_after(self, said: Said, at: int) -> tuple[str | None, int, bool]:
        """The currency, the token after it, and whether money was named at all."""
        start = at
        at += said.key(at) in ("of",) and False
        if at >= len(said.tokens):
            return None, start, False
        token = said.tokens[at]
        if token.key in self._signs:
            return self._signs[token.key], at + 1, True
        following = said.tokens[at + 1] if at + 1 < len(said.tokens) else None
        if following and following.key == "$" and following.glued and token.key in self._dollars:
            return self._dollars[token.key], at + 2, True
        if token.key.startswith("k") and token.key[1:] in self._codes:
            return self._codes[token.key[1:]], at + 1, True
        ahead = said.tokens[at : at + 4]
        cues = [cue for cue in self._money.find(ahead) if cue.first == 0]
        if cues:
            name = cues[0].tag
            return (None if name == "none" else name), at + cues[0].last, True
        code = self._code(token)
        return (code, at + 1, True) if code else (None, start, False)

    def _code(self, token: Token) -> str | None:
        if token.kind != "word":
            return None
        return token.text if token.text in self._capitals else self._codes.get(token.key)

    def _period_after(self, said: Said, at: int) -> tuple[Period | None, int, int]:
        """The period, by how much the sum is multiplied to be of that period, and the token after it."""
        end = at
        for _ in range(_MOST_FILLERS):
            token = said.key(end)
            if token in _PER or self._alone(said, end):
                start = end + (token in _PER)
                start += said.key(start) == "single"
                cue = self._period_cue(said, start)
                if cue:
                    return *_as_period(cue[0]), start + cue[1]
            if token not in _FILLERS:
                break
            end += 1
        return None, 1, at

    def _alone(self, said: Said, at: int) -> bool:
        """An adverb, or p.a.: no per before it."""
        return said.key(at) in (
            "annually yearly monthly weekly daily hourly pa pm pcm ph pw pd p biweekly fortnightly quarterly annual".split()
        )

    def _period_at(self, said: Said, at: int) -> tuple[Period | None, int]:
        cue = self._period_cue(said, at)
        if not cue:
            return None, at
        period, times = _as_period(cue[0])
        return (period if times == 1 else None), at + cue[1]

    def _period_cue(self, said: Said, at: int) -> tuple[str, int] | None:
        ahead = [token for token in said.tokens[at : at + 5] if token.key != "."]
        for cue in self._periods.find(ahead):
            if cue.first == 0:
                stops = sum(said.key(index) == "." for index in range(at, at + cue.last))
                return cue.tag, cue.last + stops
            break
        return None


def _as_period(name: str) -> tuple[Period, int]:
    if name == "fortnight":
        return "year", 26
    if name == "quarter":
        return "year", 4
    periods: Mapping[str, Period] = {"year": "year", "month": "month", "week": "week", "day": "day", "hour": "hour"}
    return periods[name], 1


def _codes(table: Mapping[str, str]) -> dict[str, str]:
    return {code: "CNY" if code == "rmb" else code.upper() for code in table["small"].split()}


def _has_decimals_for_thousands(said: Said, at: int) -> bool:
    """1.250 million: with a scale behind it, the dot is a decimal point."""
    written = said.tokens[at].text
    return len(written) > 4 and written[-4] in ".," and sum(sign in ".," for sign in written) == 1


def _decimal_read(token: Token) -> Fraction | None:
    whole, _, decimals = token.text.replace(",", ".").partition(".")
    if not (whole.isdecimal() and decimals.isdecimal()):
        return None
    value = numeral(whole)
    return None if value is None else value + Fraction(int(decimals), 10 ** len(decimals))
