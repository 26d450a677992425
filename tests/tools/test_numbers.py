"""Amounts and tenures as people write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.numbers import Quantity, find_quantities, fold
from tools.numbers.words import HINDI, SCALES


def only(text: str) -> Quantity:
    found = find_quantities(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "rupees"),
    [
        ("₹3,00,000", 300_000),
        ("Rs.3,00,000/-", 300_000),
        ("Rs 5 lakhs only", 500_000),
        ("INR 300,000", 300_000),
        ("५ लाख", 500_000),
        ("3 लाख ५० हज़ार", 350_000),
        ("ek lakh pachees hazaar paanch sau", 125_500),
        ("1 lakh 25000", 125_000),
        ("one lakh and fifty thousand", 150_000),
        ("five hundred twenty thousand", 520_000),
        ("one hundred and twenty five thousand", 125_000),
        ("three point five lakh", 350_000),
        ("saadhe 3 lakh", 350_000),
        ("sava do lakh", 225_000),
        ("sava lakh", 125_000),
        ("paune 2 lakh", 175_000),
        ("paun lakh", 75_000),
        ("teen aur aadha lakh", 350_000),
        ("1 lakh and a half", 150_000),
        ("quarter crore", 2_500_000),
        ("ek crore bees lakh", 12_000_000),
        ("a lakh", 100_000),
        ("12 lpa", 1_200_000),
        ("₹3,50,000.50", 350_001),
        ("dhai hazaar", 2_500),
        ("pauna crore", 7_500_000),
    ],
)
def test_money(text: str, rupees: int) -> None:
    found = only(text)
    assert (found.kind, found.low, found.high) == ("money", rupees, None)
    assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2 years 6 months", 30),
        ("ek saal chhe mahine", 18),
        ("a year and a half", 18),
        ("two and a half years", 30),
        ("half a year", 6),
        ("sava saal", 15),
        ("paune do saal", 21),
        ("saadhe teen saal", 42),
        ("24-month", 24),
        ("3y", 36),
        ("24m", 24),
        ("couple of years", 24),
        ("chaubees mahine", 24),
        ("ढाई साल", 30),
        ("अठारह महीने", 18),
    ],
)
def test_tenure(text: str, months: int) -> None:
    found = only(text)
    assert (found.kind, found.low, found.high) == ("months", months, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3 to 5 lakhs", 300_000, 500_000),
        ("2 lakh se lekar 3 lakh", 200_000, 300_000),
        ("50 to 1 lakh", 50_000, 100_000),
        ("₹2 - 3 lakh", 200_000, 300_000),
        ("do teen lakh", 200_000, 300_000),
        ("bees pachees hazaar", 20_000, 25_000),
        ("5-3 lakh", 300_000, 500_000),
        ("do-teen saal", 24, 36),
        ("2,3 saal", 24, 36),
        ("50000-75000", 50_000, 75_000),
        ("ek saal ya do saal", 12, 24),
        ("3 lakh to 4 lakh", 300_000, 400_000),
    ],
)
def test_range(text: str, low: int, high: int) -> None:
    found = only(text)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "2 loans",
        "5 log",
        "iphone 15",
        "2 yrs",
        "5th may",
        "i20 car",
        "covid-19",
        "order_700",
        "700l_c4ll",
        "x_3_lakh",
        "$5000",
        "5000 dollars",
        "2 days",
        "lakh",
        "sadhe",
        "paune",
    ],
)
def test_no_money(text: str) -> None:
    assert not [found for found in find_quantities(text) if found.kind == "money"]


def test_different_kinds_are_no_range() -> None:
    assert [(q.kind, q.low) for q in find_quantities("3 lakh to 36 months")] == [("money", 300_000), ("months", 36)]
    assert [(q.kind, q.low) for q in find_quantities("3 lakh 24 months")] == [("money", 300_000), ("months", 24)]


@pytest.mark.parametrize(
    "text", ["300000 rs 36 months", "3 lakh rupees 3 years", "300000₹ 36 mahine", "3 lakh rs. 36m"]
)
def test_a_currency_belongs_to_one_amount(text: str) -> None:
    assert [(q.kind, q.low) for q in find_quantities(text)] == [("money", 300_000), ("months", 36)]


def test_every_number_has_a_word_and_no_word_two_numbers() -> None:
    assert set(HINDI.values()) == set(range(100))
    for word, number in HINDI.items():
        if word in SCALES:
            continue
        found = find_quantities(f"{word} lakh")
        assert [q.low for q in found] == ([number * 100_000] if found else []), word
        assert found or word in SCALES, word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hazaar", "hajar"),
        ("पचास हज़ार", "पचास हजार"),
        ("साढ़े", "साढे"),
        ("don't", "dont"),
        ("pachchees", "pachis"),
        ("chhah", "chah"),
    ],
)
def test_spellings_fold(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.integers(min_value=1, max_value=10**9))
def test_grouped_figures_keep_their_value(amount: int) -> None:
    head, tail = (str(amount)[:-3], str(amount)[-3:]) if amount >= 1000 else ("", str(amount))
    pairs = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)][::-1]
    assert only(f"₹{','.join([*pairs, tail])}").low == amount
    assert only(f"Rs {amount:,}").low == amount


@given(st.integers(min_value=1, max_value=9_999), st.sampled_from(["lakh", "L", "lac", "लाख"]))
def test_decimals_scale_exactly(hundredths: int, unit: str) -> None:
    found = only(f"{hundredths // 100}.{hundredths % 100:02d} {unit}")
    assert found.low == Fraction(hundredths) * 1000


@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    for found in find_quantities(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.high is None or found.low < found.high
