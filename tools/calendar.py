"""Calendar months, ages and working days."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

# (month, day) of the three national holidays; they fall on the same day every year. State and bank holidays
# differ by place and year and come in through `holidays`.
NATIONAL_HOLIDAYS: tuple[tuple[int, int], ...] = ((1, 26), (8, 15), (10, 2))

_SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier); a day that month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(born: date, day: date) -> int:
    """Completed years on `day`. Someone born on 29 February completes a year on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_working_day(day: date, holidays: Iterable[date] = ()) -> bool:
    return day.weekday() < _SATURDAY and (day.month, day.day) not in NATIONAL_HOLIDAYS and day not in holidays


def add_working_days(day: date, count: int, holidays: Iterable[date] = ()) -> date:
    """The `count`-th working day after `day`; `day` itself is not counted. `count` 0 gives `day`."""
    if count < 0:
        raise ValueError("count must not be negative")
    off = frozenset(holidays)
    while count:
        day += timedelta(days=1)
        if is_working_day(day, off):
            count -= 1
    return day
