"""Figures and dates of the schedule's columns."""

from datetime import date
from decimal import Decimal

from tools.rupees import grouped
from tools.wording import OWN

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def paise(amount: int | Decimal) -> str:
    """Always to the paisa: "9,680.00"."""
    text = grouped(amount)
    return text if "." in text else f"{text}.00"


def short_day(value: date, language: str = OWN) -> str:
    """ "05 Jan 2027"; in Hindi "05-01-2027", since a column of joined signs costs more than the rest of the letter."""
    return f"{value.day:02d} {_MONTHS[value.month - 1]} {value.year}" if language == OWN else f"{value:%d-%m-%Y}"
