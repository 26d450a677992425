"""Months and days as salary slips write them: 30/11/2026 (day first), 30-Nov-2026, November 2026, Nov'26, 11/2026.

Months may be named in Hindi: नवंबर 2026.
"""

import re
from datetime import date

# Hindi month names as they are spelled, each beside its number.
_HINDI = {
    **{"जनवरी": 1, "फरवरी": 2, "फ़रवरी": 2, "मार्च": 3, "अप्रैल": 4, "मई": 5, "जून": 6, "जुलाई": 7, "अगस्त": 8},
    **{"सितंबर": 9, "सितम्बर": 9, "अक्टूबर": 10, "अक्तूबर": 10, "नवंबर": 11, "नवम्बर": 11, "दिसंबर": 12, "दिसम्बर": 12},
}
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|" + "|".join(_HINDI) + ")"
)
_EDGE, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"

# In this order: a longer form first, so that the month inside a full date is not read again.
_DAYS = (
    re.compile(rf"{_EDGE}(?P<y>20\d\d)[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<d>0?[1-9]|[12]\d|3[01]){_END}"),
    re.compile(rf"{_EDGE}(?P<d>0?[1-9]|[12]\d|3[01])[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<y>(?:20)?\d\d){_END}"),
    re.compile(
        rf"{_EDGE}(?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[-/. ,]{{1,2}}{_MONTH.format('n')}"
        rf"[-/., ']{{1,2}}(?P<y>(?:20)?\d\d){_END}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_EDGE}{_MONTH.format('n')}\.? (?P<d>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,? (?P<y>20\d\d){_END}",
        re.IGNORECASE,
    ),
)
_MONTH_FORMS = (
    re.compile(rf"{_EDGE}{_MONTH.format('n')}[-/., ']{{0,3}}(?P<y>(?:20)?\d\d){_END}", re.IGNORECASE),
    re.compile(rf"{_EDGE}(?P<m>0?[1-9]|1[0-2])[-/.](?P<y>20\d\d){_END}"),
    re.compile(rf"{_EDGE}(?P<y>20\d\d)[-/.](?P<m>0[1-9]|1[0-2]){_END}"),
)


def find_days(text: str) -> list[date]:
    """Full dates in the order of the text; impossible ones (31 June) are left out."""
    return [day for _, day in _matches(text, _DAYS)]


def find_months(text: str) -> list[date]:
    """First days of the months named, with or without a day, in the order of the text."""
    days = _matches(text, _DAYS)
    rest = blank_dates(text, months=False)
    return [day.replace(day=1) for _, day in sorted(days + _matches(rest, _MONTH_FORMS))]


def blank_dates(text: str, *, months: bool = True) -> str:
    """The text with dates replaced by as many blanks, so that no year is taken for rupees and columns stay."""
    for pattern in (*_DAYS, *_MONTH_FORMS) if months else _DAYS:
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def _matches(text: str, patterns: tuple[re.Pattern[str], ...]) -> list[tuple[int, date]]:
    found: list[tuple[int, date]] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            day = _date(match)
            if day is not None:
                found.append((match.start(), day))
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return sorted(found)


def _date(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    year = int(parts["y"])
    named = parts.get("n")
    month = int(parts["m"]) if not named else _HINDI.get(named) or _NAMES.index(named[:3].lower()) + 1
    try:
        return date(year if year >= 100 else 2000 + year, month, int(parts.get("d") or 1))
    except ValueError:
        return None
