"""Which figures a message states, for whatever they stand: what may be tried out on the customer's own words."""

from typing import NamedTuple

from agents.understanding.placing import LEAST_SUM
from tools.numbers import Quantity, find_quantities

MOST_MONTHS = 600


class Stated(NamedTuple):
    """Whole rupees, months and bare numbers that a message states; a bare number may be meant as any of them.

    Bare numbers are those in digits: as words they are too often something else ("at" is eight in Hindi).
    """

    amounts: frozenset[int]
    months: frozenset[int]
    numbers: frozenset[int]


def stated_figures(text: str) -> Stated:
    quantities = [one for one in find_quantities(text) if one.kind != "plain" or not one.in_words]
    numbers = _whole(quantities, "plain")
    return Stated(
        amounts=_whole(quantities, "money") | {number for number in numbers if number >= LEAST_SUM},
        months=_whole(quantities, "months") | {number for number in numbers if number <= MOST_MONTHS},
        numbers=numbers,
    )


def weighs_tenures(text: str) -> bool:
    """Whether it states several tenures: a choice rather than one sum to do."""
    return len(stated_figures(text).months) > 1


def _whole(quantities: list[Quantity], kind: str) -> frozenset[int]:
    """The figures of one kind; both ends of a range."""
    ends = [end for one in quantities if one.kind == kind for end in (one.low, one.high) if end is not None]
    return frozenset(int(end) for end in ends if end.denominator == 1)
