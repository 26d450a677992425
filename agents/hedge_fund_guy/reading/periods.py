"""What a sum is for: a year, a month, a week, a day, an hour."""

from agents.hedge_fund_guy.reading.reading import Period
from agents.hedge_fund_guy.reading.said import Said, spelled
from agents.hedge_fund_guy.reading.tables import Table, word_set
from agents.understanding.phrases import Phrasebook

_PERIODS: dict[str, tuple[Period, int]] = {
    "year": ("year", 1),
    "month": ("month", 1),
    "week": ("week", 1),
    "day": ("day", 1),
    "hour": ("hour", 1),
    "fortnight": ("year", 26),
    "quarter": ("year", 4),
}
_PER = frozenset(("per", "a", "an", "each", "every", "/", "the", "in", "pro", "par", "por", "al", "im", "der", "la"))
_EACH = frozenset(("per", "a", "an", "each", "every", "/"))
_MOST_FILLERS = 5


class Periods:
    def __init__(self, tables: Table) -> None:
        self._names = Phrasebook(tables["periods"], spelled)
        self._alone, self._fillers = word_set(tables["beside"]["alone"]), word_set(tables["beside"]["fillers"])

    def after(self, said: Said, at: int) -> tuple[Period | None, int, int]:
        """The period, how often the sum comes in it, and the token after it."""
        end = at
        for _ in range(_MOST_FILLERS):
            key = said.key(end)
            cue = self._named(said, end) if key in self._alone or key == "p" else None
            if cue is None and key in _PER:
                cue = self._named(said, end + 1 + (said.key(end + 1) == "single"))
            if cue:
                name, last = cue
                return *_PERIODS[name], last
            if key not in self._fillers:
                break
            end += 1
        return None, 1, at

    def within(self, said: Said, first: int, last: int) -> Period | None:
        """A period named anywhere among these tokens: "my monthly pay", "every month I make"."""
        for at in range(first, last):
            key = said.key(at)
            start = at if key in self._alone else at + 1 if key in _EACH else None
            cue = self._named(said, start) if start is not None else None
            if cue and cue[1] <= last and _PERIODS[cue[0]][1] == 1:
                return _PERIODS[cue[0]][0]
            if key[:1] in ("月", "年") and len(key) > 1:
                return "month" if key[0] == "月" else "year"
        return None

    def _named(self, said: Said, at: int) -> tuple[str, int] | None:
        """The name of the period that starts at this token, and the token after it; full stops are overlooked."""
        places = [index for index in range(at, min(at + 5, len(said.tokens))) if said.key(index) != "."]
        for cue in self._names.find([said.tokens[index] for index in places]):
            return (cue.tag, places[cue.last - 1] + 1) if cue.first == 0 else None
        return None
