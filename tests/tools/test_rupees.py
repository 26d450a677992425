import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.rupees import PAISA, grouped, half_up, in_words, rupees

VECTORS: list[dict[str, Any]] = [
    row
    for row in json.loads((Path(__file__).parents[1] / "vectors" / "lending_math.json").read_text("utf-8"))["vectors"]
    if row["kind"] == "inr_format"
]


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_worked_amounts(row: dict[str, Any]) -> None:
    value = row["input"]["rupees"]
    amount = value if isinstance(value, int) else Decimal(value)
    assert grouped(amount) == row["expected"]["grouped"]
    assert in_words(amount) == row["expected"]["words"]


@given(st.integers(0, 10**15))
def test_grouping_loses_nothing(amount: int) -> None:
    text = grouped(amount)
    assert int(text.replace(",", "")) == amount
    head, *pairs = text.split(",")
    assert 1 <= len(head) <= (2 if len(pairs) else 3)
    assert [len(pair) for pair in pairs] == [2] * (len(pairs) - 1) + [3] * bool(pairs)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (300_000, "₹3,00,000"),
        (Decimal("9964.5"), "₹9,964.50"),
        (Decimal("0.999"), "₹1"),
        (Decimal("10.00"), "₹10"),
        (-1234, "-₹1,234"),
        (Decimal("-0.5"), "-₹0.50"),
    ],
)
def test_rupee_sign(amount: int | Decimal, text: str) -> None:
    assert rupees(amount) == text


def test_large_amounts_in_words() -> None:
    assert in_words(10_00_00_00_000) == "One Thousand Crore"
    assert in_words(Decimal("0.05")) == "Zero and Paise Five"


def test_what_is_no_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        in_words(-1)
    with pytest.raises(ValueError, match="finite"):
        grouped(Decimal("NaN"))


def test_rounding_is_half_up() -> None:
    assert half_up(Decimal("2.5")) == 3
    assert half_up(Decimal("0.005"), PAISA) == Decimal("0.01")
    assert half_up(Decimal("-2.5")) == -3
