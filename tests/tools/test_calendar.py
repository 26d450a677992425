from datetime import date

import pytest

from tools.calendar import add_months, add_working_days, age_on, is_working_day


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 1), 20, date(2028, 8, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2005, 12, 2), date(2026, 12, 1), 20),
        (date(2005, 12, 1), date(2026, 12, 1), 21),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
    ],
)
def test_age(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


def test_working_days_skip_weekends_and_holidays() -> None:
    thursday = date(2026, 10, 1)  # followed by Gandhi Jayanti and a weekend
    assert add_working_days(thursday, 1) == date(2026, 10, 5)
    assert add_working_days(thursday, 3) == date(2026, 10, 7)
    assert add_working_days(thursday, 1, holidays=[date(2026, 10, 5)]) == date(2026, 10, 6)
    assert add_working_days(thursday, 0) == thursday
    assert not is_working_day(date(2027, 1, 26))
    with pytest.raises(ValueError, match="negative"):
        add_working_days(thursday, -1)
