"""Which sum of a clause belongs to what, by its nearness to the words of income, instalments, loan and the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product
from typing import Literal

from agents.understanding.corrections import is_rejected
from agents.understanding.message import Clause, Message
from agents.understanding.phrases import Cue
from tools.numbers import Quantity
from tools.numbers.words import keys

Family = Literal["loan", "income", "emi", "other"]

# Smallest plain figure that can be rupees; below, "3" may be 3 rupees or 3 lakh: ask.
LEAST_SUM = 1000
_YEARS = range(1950, 2101)
_FAMILY_OF_ASKED: dict[str, Family] = {
    "desired_amount": "loan",
    "monthly_income": "income",
    "household_annual_income": "income",
    "existing_emi": "emi",
    # Someone shown what is possible answers with another amount: "then 60000".
    "offer_decision": "loan",
    "kyc_upgrade": "loan",
}
_FAMILY_CUES: dict[Family, tuple[str, ...]] = {
    "loan": ("need", "loan", "running"),
    "income": ("income", "package", "lpa", "household"),
    "emi": ("emi", "pay", "afford"),
    "other": ("other",),
}
_INCOMES = frozenset({"monthly_income", "household_annual_income"})
_YEAR_WORDS = keys("since in from year till until se me mein saal sal of by born ke ka after before")
# Costs are token distances: a cue nearer than these beats the slot asked, then the loan as the default.
_COST_ASKED, _COST_DEFAULT, _COST_PLAIN, _COST_NEVER, _COST_TWICE = 5.0, 9.0, 14.0, 99.0, 6.0
_COST_EARLIER_CLAUSE = 6.0
_COST_CORRECTED = 3.0
_MOST_MATCHED = 4
_MOST_SUMS = 20  # nobody names more of their own at once; every sum is held against every cue and every other sum
_OF = keys("ka ki का की")
_IS_OR_PROPERTY = keys("hai ghar makan flat gaadi car bike plot zameen dukan dukaan है घर मकान गाड़ी ज़मीन दुकान")


@dataclass(frozen=True, slots=True)
class PlacedSum:
    quantity: Quantity
    clause: Clause
    family: Family


def place_sums(message: Message, *, skip: Sequence[Quantity] = ()) -> list[PlacedSum]:
    """Every sum of the customer's own with its family; ``skip`` are sums that belong to a what-if."""
    sums = list(islice((q for q in message.quantities if q not in skip and _is_sum(message, q)), _MOST_SUMS))
    placed: list[PlacedSum] = []
    for clause in message.clauses:
        inside = _not_taken_back(message, [q for q in sums if clause.first <= q.first < clause.last])
        if inside and not _of_someone_else(message, clause):
            families = _families(message, clause, inside, placed)
            placed += [PlacedSum(q, clause, family) for q, family in zip(inside, families, strict=True)]
    return placed


def _not_taken_back(message: Message, sums: Sequence[Quantity]) -> list[Quantity]:
    """Without the sums of this clause that a later one replaces: "salary 50k nahi 55k", "50k sorry 55k"."""
    kept = [q for q in sums if not is_rejected(message, q)]
    replaced = {
        earlier
        for earlier, later in pairwise(kept)
        if message.inside(earlier.last, later.first, "correction", "now")
        and not message.inside(earlier.last, later.first, "income", "emi", "need", "loan")
    }
    return [q for q in kept if q not in replaced]


def _is_sum(message: Message, quantity: Quantity) -> bool:
    if quantity.kind == "money":
        return quantity.low > 0
    if quantity.kind != "plain" or quantity.explicit or quantity.low.denominator != 1 or quantity.low < LEAST_SUM:
        return False
    if quantity.low in _YEARS and len(message.tokens) > 1 and quantity.high is None:
        near = message.key(quantity.first - 1), message.key(quantity.last)
        beside = message.inside(max(0, quantity.first - 2), quantity.last + 2, "emi", "income", "pay")
        return not any(word in _YEAR_WORDS for word in near) and (bool(beside) or message.asked in _FAMILY_OF_ASKED)
    return True


def _of_someone_else(message: Message, clause: Clause) -> bool:
    """ "my friend got 10 lakh", "wife ki salary 40k"; not "behen ki shaadi ke liye 3 lakh chahiye"."""
    kin = message.inside(clause.first, clause.last, "kin")
    did = [
        cue for cue in message.inside(clause.first, clause.last, "kin_did") if any(k.first <= cue.first for k in kin)
    ]
    return bool(did) and not message.inside(clause.first, clause.last, "need", "household")


def _families(message: Message, clause: Clause, sums: Sequence[Quantity], earlier: Sequence[PlacedSum]) -> list[Family]:
    """The assignment of the clause's sums to families with the least total distance to their cues."""
    costs = [_costs(message, clause, quantity, sums, earlier) for quantity in sums]
    if len(sums) > _MOST_MATCHED:
        return [min(cost, key=lambda family: cost[family]) for cost in costs]
    choices: Iterable[tuple[Family, ...]] = product(*(cost.keys() for cost in costs))
    best: tuple[Family, ...] = min(choices, key=lambda families: _total(families, costs))
    return list(best)


def _total(families: tuple[Family, ...], costs: Sequence[dict[Family, float]]) -> float:
    repeated = len(families) - len(set(families))
    return sum(cost[family] for family, cost in zip(families, costs, strict=True)) + repeated * _COST_TWICE


def _costs(
    message: Message, clause: Clause, quantity: Quantity, sums: Sequence[Quantity], earlier: Sequence[PlacedSum]
) -> dict[Family, float]:
    base = _COST_DEFAULT if quantity.kind == "money" or _loan_is_the_subject(message) else _COST_NEVER
    if quantity.kind == "plain" and base == _COST_DEFAULT:
        base = _COST_PLAIN
    costs: dict[Family, float] = {"loan": base, "income": _COST_NEVER, "emi": _COST_NEVER, "other": _COST_NEVER}
    if quantity.kind == "plain":
        costs["other"] = _COST_PLAIN + 1
    if _is_a_price(message, clause, quantity):
        costs["other"] = 2.0
    asked = _FAMILY_OF_ASKED.get(message.asked or "")
    if asked:
        costs[asked] = min(costs[asked], _COST_ASKED)
    owned = {at for q in message.quantities if q.kind == "months" for at in range(q.first, q.last)}
    said = message.inside(clause.first, clause.last, "monthly", "annual")
    period = any(cue.first not in owned for cue in said) or _bare_period(message, clause)
    instalments_spoken_of = message.inside(clause.first, clause.last, *_FAMILY_CUES["emi"])
    other = message.inside(clause.first, clause.last, "other")
    if period and asked != "emi" and not instalments_spoken_of and not other:
        meant: Family = "emi" if _is_an_instalment_wished(message, clause) else "income"
        costs[meant] = min(costs[meant], 3.0)
    for family, tags in _FAMILY_CUES.items():
        for tag in tags:
            for cue in message.cues.get(tag, ()):
                if clause.first <= cue.first < clause.last and not _is_in_question(message, cue):
                    distance = _distance(cue.first, cue.last, quantity, sums) + _WEAK.get(tag, 0.0)
                    if tag == "pay" and not (period or message.has("emi")):
                        distance += 3
                    if tag == "running" and message.inside(clause.first, clause.last, "pay"):
                        distance += 3
                    costs[family] = min(costs[family], distance)
    if earlier and message.inside(clause.first, quantity.first, "correction"):
        # "salary 50k, sorry 55k": the new sum is what the last one was.
        costs[earlier[-1].family] = min(costs[earlier[-1].family], _COST_CORRECTED)
    for family, cost in _left_open(message, clause, earlier).items():
        costs[family] = min(costs[family], cost)
    return costs


_WEAK = {"pay": 2.0, "running": 1.5, "loan": 0.5, "household": 0.0, "afford": 1.0}


def _is_an_instalment_wished(message: Message, clause: Clause) -> bool:
    """ "max 8000 per month", or "8000 a month" where an offer waits: what can be paid, not what is earned."""
    if message.inside(clause.first, clause.last, "income", "package", "household"):
        return False
    return message.asked == "offer_decision" or bool(
        message.inside(clause.first, clause.last, "at_most") and message.asked not in _INCOMES
    )


def _distance(first: int, last: int, quantity: Quantity, sums: Sequence[Quantity]) -> float:
    if first < quantity.last and last > quantity.first:
        return 0.0
    left, right = (last, quantity.first) if last <= quantity.first else (quantity.last, first)
    crossed = sum(1 for other in sums if other is not quantity and left <= other.first and other.last <= right)
    # "salary 50000": the cue before its figure is the commoner order.
    return 1.0 + (right - left) + 4.0 * crossed + (0.0 if last <= quantity.first else 0.25)


def _is_a_price(message: Message, clause: Clause, quantity: Quantity) -> bool:
    """ "mera ghar 50 lakh ka hai", "10 lakh ka ghar hai" """
    of_is = message.key(quantity.last) in _OF and message.key(quantity.last + 1) in _IS_OR_PROPERTY
    return of_is and not message.inside(clause.first, clause.last, "need", "loan", "emi", "income")


def _is_in_question(message: Message, cue: Cue) -> bool:
    """The "milega" of "kitna loan milega" asks; it does not want the sum beside it."""
    return bool(message.cues.get("capacity")) and any(
        asked.first <= cue.first and cue.last <= asked.last for asked in message.cues["capacity"]
    )


def _left_open(message: Message, clause: Clause, earlier: Sequence[PlacedSum]) -> dict[Family, float]:
    """Cues of the clause before that found no sum there: "2 EMI chal rahi hain, total 9500"."""
    open_families: dict[Family, float] = {}
    before = [c for c in message.clauses if c.last <= clause.first and c.sentence >= clause.sentence - 1][-2:]
    for other in before:
        if any(placed.clause is other for placed in earlier):
            open_families.clear()
            continue
        for family in ("income", "emi"):
            if message.inside(other.first, other.last, *_FAMILY_CUES[family]):
                open_families[family] = _COST_EARLIER_CLAUSE
    return open_families


def _bare_period(message: Message, clause: Clause) -> bool:
    """A "/month" or "/year" that no figure owns."""
    owned = {i for q in message.quantities for i in range(q.first, q.last)}
    return any(
        message.key(i - 1) in {"/", "per"}
        and message.key(i) in {"month", "mon", "mo", "mth", "m", "year", "yr", "y", "annum"}
        for i in range(clause.first, clause.last)
        if i not in owned
    )


def _loan_is_the_subject(message: Message) -> bool:
    """A plain figure may be the amount only where the talk is of the loan."""
    return (
        _FAMILY_OF_ASKED.get(message.asked or "") == "loan"
        or message.has("need", "loan")
        or any(q.kind == "months" for q in message.quantities)
    )
