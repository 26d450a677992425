"""Figures and dates as the letter prints them."""

from datetime import date
from decimal import Decimal

from tools.rupees import grouped, half_up, rupees


def paise(amount: int | Decimal) -> str:
    """Always to the paisa, for columns: "9,680.00"."""
    text = grouped(amount)
    return text if "." in text else f"{text}.00"


def rupees_paise(amount: int | Decimal) -> str:
    return f"₹{paise(amount)}"


def percent(value: Decimal) -> str:
    """Two places: "10.00%"."""
    return f"{half_up(value, Decimal('0.01'))}%"


def short_percent(value: Decimal) -> str:
    """No needless places: "18%", "2.5%"."""
    return f"{value.normalize():f}%"


def day(value: date) -> str:
    """ "5 January 2027", whatever the machine's locale."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """ "05 Jan 2027"."""
    return f"{value.day:02d} {_MONTHS[value.month - 1][:3]} {value.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

__all__ = ["day", "paise", "percent", "rupees", "rupees_paise", "short_day", "short_percent"]
