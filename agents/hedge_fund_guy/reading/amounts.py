"""Sums of money as people write them: figure, scale, currency, period, range."""

from dataclasses import dataclass, replace
from fractions import Fraction

from agents.hedge_fund_guy.reading.currencies import Currencies
from agents.hedge_fund_guy.reading.figures import Figure, Figures
from agents.hedge_fund_guy.reading.periods import Periods
from agents.hedge_fund_guy.reading.reading import Period
from agents.hedge_fund_guy.reading.said import Said
from agents.hedge_fund_guy.reading.tables import read_table

_RANGE = frozenset(("-", "–", "—", "~", "to", "or", "/", "till", "through", "bis", "and"))
_BEFORE_THE_OTHER_END = frozenset(("around", "about", "maybe", "like", "even", "say"))
_BETWEEN = 6  # tokens, in which "between" stands before the first figure


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


class Amounts:
    def __init__(self) -> None:
        tables = read_table("money")
        self._currencies, self._periods = Currencies(tables), Periods(tables)
        self._figures = Figures(tables["scales"], self._currencies.codes)
        self.period_within = self._periods.within

    def find(self, said: Said) -> list[Amount]:
        found: list[Amount] = []
        at = 0
        while at < len(said.tokens):
            amount = None if at in said.taken else self._amount(said, at)
            found += [amount] if amount else []
            at = amount.last if amount else at + 1
        return found

    def _amount(self, said: Said, first: int) -> Amount | None:
        currency, at = self._currencies.before(said, first)
        figure = self._figures.read(said, at, after_currency=at > first)
        if figure is None:
            return None
        named = at > first
        low, high, last, scaled, money = self._range(said, figure)
        after, last, named_after = money or self._currencies.after(said, last)
        period, times, last = self._periods.after(said, last)
        currency, named = currency or after, named or named_after
        if period and not named:
            # "2500 a month in pounds", "5k a month USD"
            currency, end, named = self._currencies.after(said, last + (said.key(last) == "in"))
            last = end if named else last
        said_small = said.tokens[first].kind == "word" and high is None and low < 20 and not (scaled or named or period)
        if said_small and low > 0:
            return None  # "skip that one"
        if said.key(last - 1) == "lpa":
            period, currency, named = "year", currency or "INR", True
        amount = Amount(low, high, currency, period, first, last, scaled, named)
        if times == 1:
            return amount
        return replace(amount, low=low * times, high=None if high is None else high * times)

    def _range(
        self, said: Said, figure: Figure
    ) -> tuple[Fraction, Fraction | None, int, bool, tuple[str | None, int, bool] | None]:
        """Low, high, the token after, whether scaled, and what :meth:`Currencies.after` says of it if it was asked."""
        money = self._currencies.after(said, figure.last)
        _, _, between = self._periods.after(said, money[1])
        other = self._other_end(said, figure, between)
        if other is None:
            return figure.value, None, figure.last, figure.scale > 1, money
        currency, second = other
        low, high = figure.value, second.value
        if figure.scale == 1 and second.scale > 1 and low < 1000 and low * second.scale <= high:
            low *= second.scale
        elif figure.scale > 1 and second.scale == 1 and high < 1000:
            high *= figure.scale
        low, high = min(low, high), max(low, high)
        scaled = figure.scale > 1 or second.scale > 1
        after = self._currencies.after(said, second.last)
        known = (after[0] or currency or money[0], after[1], after[2] or money[2] or currency is not None)
        return low, (high if high > low else None), second.last, scaled, known

    def _other_end(self, said: Said, figure: Figure, between: int) -> tuple[str | None, Figure] | None:
        sign = said.key(between)
        if sign not in _RANGE or between in said.taken:
            return None
        if sign == "and" and "between" not in said.keys(figure.last - _BETWEEN, figure.last):
            return None
        start = between + 1 + (said.key(between + 1) in _BEFORE_THE_OTHER_END)
        start += 2 * (said.keys(start, start + 2) == ["up", "to"])
        currency, at = self._currencies.before(said, start)
        second = self._figures.read(said, at, after_currency=at > start)
        return (currency, second) if second else None
