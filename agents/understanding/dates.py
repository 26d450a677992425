"""Dates as people in India write them: day first, months in words of three languages, or ISO."""

import re
from datetime import date

from tools.numbers import fold

_MONTH_WORDS = {
    fold(word): number
    for number, spellings in enumerate(
        (
            "jan january janvari janwari january जनवरी",
            "feb february farvari farwari febuary फरवरी फ़रवरी",
            "mar march मार्च",
            "apr april aprail अप्रैल",
            "may mai मई",
            "jun june जून",
            "jul july julai जुलाई",
            "aug august agast अगस्त",
            "sep sept september sitambar सितंबर सितम्बर",
            "oct october aktubar अक्टूबर अक्तूबर",
            "nov november navambar नवंबर नवम्बर",
            "dec december disambar दिसंबर दिसम्बर",
        ),
        start=1,
    )
    for word in spellings.split()
}
_SHAPES = (
    re.compile(
        r"(?<![\d/.\-])(?P<year>\d{4})\s?[-/.]\s?(?P<number>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})(?![\d/\-]|\.\d)"
    ),
    re.compile(
        r"(?<![\d/.\-])(?P<day>\d{1,2})\s?[-/.]\s?(?P<number>\d{1,2})\s?[-/.]\s?(?P<year>\d{4}|\d{2})(?![\d/\-]|\.\d)"
    ),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th))?[\s,.\-/]*(?:of\s+)?(?P<month>[a-zA-Z\u0900-\u0963]{2,12})"
        r"[\s,.\-/']*(?P<year>\d{4}|\d{2})(?!\d)"
    ),
    re.compile(
        r"(?<![a-zA-Z\u0900-\u0963])(?P<month>[a-zA-Z\u0900-\u0963]{2,12})[\s.\-]*(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th))?"
        r"(?:\s*,\s*|\s+)(?P<year>\d{4})(?!\d)"
    ),
)
# Only where a date of birth is expected: 12 05 1990, 12051990.
_EXPECTED_SHAPES = (
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\s+(?P<number>\d{1,2})\s+(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{2})(?P<number>\d{2})(?P<year>(?:19|20)\d{2})(?!\d)"),
)
# Nobody born in 20yy with yy above this is of age; 90 is 1990, 05 is 2005.
_LAST_SHORT_YEAR_OF_2000 = 25


def find_dates(text: str, *, expected: bool = False) -> list[tuple[int, int, date | None]]:
    """Every date-like piece as (start, end, date); ``None`` where no such day exists (31/02/1990, 12/13/1990)."""
    found: list[tuple[int, int, date | None]] = []
    for shape in _SHAPES + (_EXPECTED_SHAPES if expected else ()):
        for match in shape.finditer(text):
            month = _month(match.groupdict())
            if month is None or any(match.start() < end and match.end() > start for start, end, _ in found):
                continue
            found.append((match.start(), match.end(), _date(int(match["day"]), month, match["year"])))
    return sorted(found, key=lambda item: item[0])


def _month(groups: dict[str, str | None]) -> int | None:
    word = groups.get("month")
    if word is not None:
        return _MONTH_WORDS.get(fold(word))
    return int(groups.get("number") or 0)


def _date(day: int, month: int, year_text: str) -> date | None:
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year <= _LAST_SHORT_YEAR_OF_2000 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None
