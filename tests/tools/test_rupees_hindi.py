"""Amounts in Hindi words against the numbers that the reader of messages knows."""

from decimal import Decimal

import pytest

from tools.numbers import find_quantities, tokenise
from tools.rupees_hindi import in_hindi_words


@pytest.mark.parametrize("number", range(1, 100))
def test_each_word_is_read_back_as_its_number(number: int) -> None:
    text = f"{in_hindi_words(number * 1000)} रुपये"
    (found,) = find_quantities(text, tokenise(text))
    assert found.low == number * 1000, text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "शून्य"),
        (300_000, "तीन लाख"),
        (437_000, "चार लाख सैंतीस हज़ार"),
        (50_001, "पचास हज़ार एक"),
        (10_000_000, "एक करोड़"),
        (1_234, "एक हज़ार दो सौ चौंतीस"),
        (Decimal("9680.50"), "नौ हज़ार छह सौ अस्सी और पचास पैसे"),
    ],
)
def test_words(amount: int | Decimal, words: str) -> None:
    assert in_hindi_words(amount) == words


def test_no_negative_amount() -> None:
    with pytest.raises(ValueError, match="negative"):
        in_hindi_words(-1)
