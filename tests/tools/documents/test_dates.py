from datetime import date

import pytest

from tools.documents.dates import blank_dates, find_days, find_months


@pytest.mark.parametrize(
    "text",
    [
        "30/11/2026",
        "30-11-2026",
        "30.11.26",
        "2026-11-30",
        "30-Nov-2026",
        "30 Nov 26",
        "30th November, 2026",
        "November 30, 2026",
        "NOV 30 2026",
    ],
)
def test_days(text: str) -> None:
    assert find_days(f"paid {text}.") == [date(2026, 11, 30)]
    assert find_months(text) == [date(2026, 11, 1)]
    assert blank_dates(f"a {text} b") == f"a {' ' * len(text)} b"


@pytest.mark.parametrize(
    "text", ["November 2026", "Nov-2026", "NOV'26", "Nov 26", "11/2026", "2026-11", "Nov2026", "November, 2026"]
)
def test_months(text: str) -> None:
    assert find_months(f"for {text}") == [date(2026, 11, 1)]
    assert find_days(text) == []


@pytest.mark.parametrize(
    "text", ["31/06/2026", "13/13/2026", "E-11/20267", "A2026-11B", "54,200.00", "may be 5", "Rs. 12.50", "Octavian 26"]
)
def test_what_is_no_date(text: str) -> None:
    assert find_days(text) == []


def test_the_day_comes_first_in_india() -> None:
    assert find_days("05/06/2026") == [date(2026, 6, 5)]


def test_order_of_the_text_is_kept() -> None:
    assert find_months("01/10/2026 to 2026-11-30") == [date(2026, 10, 1), date(2026, 11, 1)]
