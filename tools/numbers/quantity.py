"""A value with its unit, as it stands in a text."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["money", "months", "percent", "plain", "duration"]
Unit = Literal["rupees", "scale", "years", "months", "instalments", "percent", "short"]


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
