"""Which of the sums in a message is the person's income, if any. A figure about markets never is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from agents.hedge_fund_guy.reading.amounts import Amount, Amounts
from agents.hedge_fund_guy.reading.reading import Income
from agents.hedge_fund_guy.reading.said import Clause, Said
from agents.hedge_fund_guy.reading.tables import Table, word_set

_CONNECTORS = frozenset(("and", "but", "while", "so", "because", "though", "although", "then", "plus", "which"))
_MINUS = frozenset(("minus", "negative"))
_MOST = Fraction(10**12)
_CUES = ("earns", "unless", "says", "others", "own", "never", "correct", "worked")
_MOST_IN_A_CLAUSE = 6  # sums, beyond which they are a list
_OLDEST = 120
_YEARS = range(1900, 2101)
_FIGURES = {"five": 10**4, "six": 10**5, "seven": 10**6, "eight": 10**7, "5": 10**4, "6": 10**5, "7": 10**6, "8": 10**7}
_BEFORE_A_YEAR = frozenset(("in", "since", "from", "until", "back", "of", "by"))
_SHORTENED = frozenset(("heres", "theres", "its", "thats", "lets", "whats", "years", "months", "todays", "names"))
_PLANS = frozenset(("401", "403", "457", "529", "1099", "13", "10"))


@dataclass(frozen=True, slots=True)
class Earned:
    """The income over the characters ``start:end``; None: a try that cannot be right."""

    value: Income | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    amount: Amount
    is_cued: bool
    corrects: bool
    is_negated: bool


class Incomes:
    def __init__(self, table: Table) -> None:
        self._amounts = Amounts()
        words = {name: word_set(listed) for name, listed in table["words"].items()}
        self._zero, self._around = words["zero"], words["around"]
        self._verbs = words["verbs"]
        self._units, self._names = words["units"], words["names"]

    def find(self, said: Said, *, introduces: bool) -> Earned | None:
        """`introduces`: the message gives a mail address as well, so that a sum by itself is the third fact."""
        candidates: list[_Candidate] = []
        amounts = self._amounts.find(said)
        for clause, within in _by_clause(said.clauses, amounts):
            corrects = self._corrects(said, clause)
            for part in self._parts(said, clause, within):
                inside = [amount for amount in within if part.first <= amount.first < part.last]
                found = self._candidates(said, part, inside, introduces=introduces, corrects=corrects)
                figures = None if found else self._in_figures(said, part)
                candidates += [figures] if figures else found
        chosen = _chosen(candidates)
        if chosen is None:
            return self._nothing(said) or _impossible(said, amounts)
        if said.asked == "income" and _is_below_zero(said, chosen.amount):
            return _impossible(said, amounts)
        start, end = said.span(chosen.amount.first, chosen.amount.last)
        return Earned(_income(chosen.amount), start, end)

    def _parts(self, said: Said, clause: Clause, amounts: list[Amount]) -> list[Clause]:
        """The clause cut at its connectors, never inside a sum."""
        inner = {at for amount in amounts for at in range(amount.first, amount.last)}
        parts: list[Clause] = []
        first = clause.first
        for at in range(clause.first, clause.last):
            if said.key(at) in _CONNECTORS and at not in inner:
                parts.append(Clause(first, at, clause.asks))
                first = at + 1
        return [*parts, Clause(first, clause.last, clause.asks)]

    def _corrects(self, said: Said, clause: Clause) -> bool:
        """ "no wait, 85k": the clause itself, or the word or two before it."""
        before = clause.first - 1
        while before > 0 and clause.first - before < 4 and said.tokens[before - 1].kind == "word":
            before -= 1
        if said.keys(before, clause.first - 1) in (["no"], ["nope"]):
            return True
        return bool(said.cued("incomes.correct", before, clause.last))

    def _candidates(
        self, said: Said, part: Clause, amounts: list[Amount], *, introduces: bool, corrects: bool
    ) -> list[_Candidate]:
        if not 0 < len(amounts) <= _MOST_IN_A_CLAUSE:
            return []
        cues = _cues(said, part)
        if corrects and not cues["correct"]:
            cues["correct"] = [part.first]
        if cues["earns"] and not cues["own"] and _is_of_another(said, part.first, cues["earns"][-1]):
            return []
        period = self._amounts.period_within(said, part.first, part.last)
        found: list[_Candidate] = []
        for amount in amounts:
            if amount.period is None and period and len(amounts) == 1:
                amount = replace(amount, period=period)
            if not self._is_money(said, amount) or amount.low >= _MOST:
                continue
            is_cued = self._is_cued(said, part, amount, cues)
            if is_cued or self._stands_alone(said, part, amount, cues, introduces=introduces):
                negated = "not" in said.keys(amount.first - 2, amount.first)
                found.append(_Candidate(amount, is_cued, bool(cues["correct"]), negated))
        return found

    def _is_money(self, said: Said, amount: Amount) -> bool:
        if said.key(amount.first) in _PLANS and said.key(amount.last - 1) == "k" and said.key(amount.first) != "10":
            return False
        if said.key(amount.last) in self._units and not (amount.is_money and said.key(amount.last) != "%"):
            return False
        before = said.key(amount.first - 1)
        if before in self._names and not amount.is_money:
            return False
        if amount.bare and before in ("im", "am") and amount.low < _OLDEST:
            return False
        year = amount.bare and amount.low.denominator == 1 and int(amount.low) in _YEARS
        return not (year and before in _BEFORE_A_YEAR and "," not in said.tokens[amount.first].text)

    def _is_cued(self, said: Said, part: Clause, amount: Amount, cues: dict[str, list[int]]) -> bool:
        """Said to be what they earn; a bare small number needs the question, or its period."""
        if not cues["earns"] or part.asks or self._is_barred(cues, amount):
            return False
        if cues["never"] and not (amount.period and cues["worked"]):
            return False
        others = [at for at in cues["others"] if at < amount.first]
        if others and not any(at > max(others) or said.key(at) == "me" for at in cues["own"]):
            # "my wife makes 90k", not "my job pays 90k" nor "the bank pays me 90k"
            return False
        if not cues["own"] and self._has_another_subject(said, part, cues["earns"]):
            return False
        past = "made" in said.keys(part.first, part.last)
        if past and not amount.period and said.asked != "income":
            return False
        return not amount.bare or amount.low >= 1000 or said.asked == "income"

    def _has_another_subject(self, said: Said, part: Clause, earns: list[int]) -> bool:
        """ "Elon makes", not "makes about 90k", nor "base salary" """
        verb = next((at for at in earns if said.key(at) in self._verbs), None)
        before = said.tokens[part.first : verb or part.first]
        return any(token.kind == "word" and token.key not in self._around for token in before)

    def _is_barred(self, cues: dict[str, list[int]], amount: Amount) -> bool:
        return any(at < amount.first for at in cues["unless"]) and not cues["says"]

    def _stands_alone(
        self, said: Said, part: Clause, amount: Amount, cues: dict[str, list[int]], *, introduces: bool
    ) -> bool:
        """An answer to the question; or, unasked, a sum with its period and nothing else."""
        if cues["never"] or self._is_barred(cues, amount):
            return False
        rest = [
            at
            for at in range(part.first, part.last)
            if not amount.first <= at < amount.last and at not in said.taken and said.tokens[at].kind != "sign"
        ]
        only = all(said.key(at) in self._around for at in rest)
        if said.asked == "income":
            others = [at for at in cues["others"] if said.key(at) not in self._around and at < amount.first]
            bare = amount.bare and not only and (amount.low < 1000 or _is_about_markets(said, part))
            unknown = sum(said.key(at) not in self._around for at in rest)
            in_passing = unknown > 1 and amount.low < 1000 and not amount.period  # "my dog ate 50 dollars"
            return not (part.asks or others or bare or in_passing)
        if part.asks or not only:
            return False
        if amount.period and (amount.is_money or amount.scaled or amount.low >= 1000):
            return True
        return not amount.bare and (introduces or bool(cues["correct"]))

    def _in_figures(self, said: Said, part: Clause) -> _Candidate | None:
        """ "six figures" is a range: 100,000 to 999,999."""
        for at in range(part.first, part.last - 1):
            follows = said.key(at + 2) if said.key(at + 1) == "-" else said.key(at + 1)
            if said.key(at) in _FIGURES and follows in ("figures", "figure", "fig", "figs"):
                last = at + (3 if said.key(at + 1) == "-" else 2)
                low = Fraction(_FIGURES[said.key(at)])
                amount = Amount(low, low * 10 - 1, None, None, at, last, scaled=True)
                cues = _cues(said, part)
                if self._is_cued(said, part, amount, cues) or self._stands_alone(
                    said, part, amount, cues, introduces=False
                ):
                    return _Candidate(amount, True, False, False)
        return None

    def _nothing(self, said: Said) -> Earned | None:
        """No income is an income too: "I'm unemployed", and, asked, "zero"."""
        for clause in said.clauses:
            cues = said.cued("incomes.nothing", clause.first, clause.last)
            words = [
                key for key in said.keys(clause.first, clause.last) if key not in self._around or key in self._zero
            ]
            bare = said.asked == "income" and words and all(word in self._zero for word in words)
            if (cues or bare) and not clause.asks and words != ["student"]:
                start, end = said.span(clause.first, clause.last)
                return Earned(Income(low="0", high=None, currency=None, period=None), start, end)
        return None


def _is_of_another(said: Said, first: int, last: int) -> bool:
    """ "Apple's net income", not "here's my income" nor "this year's" """
    return any(token.text.endswith("'s") and token.key not in _SHORTENED for token in said.tokens[first:last])


def _is_about_markets(said: Said, part: Clause) -> bool:
    tickers = [] if said.text.isupper() else said.tokens[part.first : part.last]
    return bool(said.cued("intents.market", part.first, part.last)) or any(
        token.kind == "word" and token.text.isupper() and len(token.text) > 2 for token in tickers
    )


def _cues(said: Said, part: Clause) -> dict[str, list[int]]:
    """Where each kind of cue stands in this part of the message."""
    return {tag: [cue.first for cue in said.cued(f"incomes.{tag}", part.first, part.last)] for tag in _CUES}


def _impossible(said: Said, amounts: list[Amount]) -> Earned | None:
    """Asked, and answered with trillions or with less than nothing."""
    for amount in amounts if said.asked == "income" else ():
        if amount.low >= _MOST or _is_below_zero(said, amount):
            return Earned(None, *said.span(amount.first, amount.last))
    return None


def _is_below_zero(said: Said, amount: Amount) -> bool:
    """ "-5000", "minus 5k"; not "income - 5k" """
    at = amount.first - 1
    if said.key(at) in _MINUS:
        return True
    return said.key(at) == "-" and said.tokens[amount.first].glued and not (at and said.tokens[at].glued)


def _by_clause(clauses: list[Clause], amounts: list[Amount]) -> Iterator[tuple[Clause, list[Amount]]]:
    """Each clause with the sums that start in it."""
    at = 0
    for clause in clauses:
        within: list[Amount] = []
        while at < len(amounts) and amounts[at].first < clause.last:
            if amounts[at].first >= clause.first:
                within.append(amounts[at])
            at += 1
        yield clause, within


def _chosen(candidates: list[_Candidate]) -> _Candidate | None:
    """What is said to be earned goes before a mere figure, a correction before what it corrects."""
    kept = [candidate for candidate in candidates if not candidate.is_negated]
    corrections = [candidate for candidate in kept if candidate.corrects]
    if corrections:
        return corrections[-1]
    return next((candidate for candidate in kept if candidate.is_cued), kept[0] if kept else None)


def _income(amount: Amount) -> Income:
    high = None if amount.high is None else _written(amount.high)
    return Income(low=_written(amount.low), high=high, currency=amount.currency, period=amount.period)


def _written(value: Fraction) -> str:
    if value.denominator == 1:
        return str(int(value))
    return f"{float(value):.2f}"
