"""Names, month, pay date and PAN in the text of a salary slip."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from tools.documents.bilingual import either, hindi
from tools.documents.cells import cell_below
from tools.documents.dates import find_days, find_months

_TOP = 8
_MOST_PLACES = 100

_EMPLOYEE = re.compile(
    either(
        r"\b(?:employee|emp\.?|staff|associate)(?:'s)?\s+(?:full\s+)?name\b"
        r"|\bname\s+of\s+(?:the\s+)?(?:employee|staff|associate)\b",
        r"कर्मचारी\s+का\s+(?:पूरा\s+)?नाम",
    )
    + r"|(?:^[\s|]*|(?<=\s\s)|(?<=[|\t]))(?:name|employee|नाम|कर्मचारी)(?=\s*[:=]|\s{2,})",
    re.IGNORECASE,
)
_EMPLOYER = re.compile(
    either(
        r"\b(?:employer|company|organi[sz]ation|establishment)(?:'s)?(?:\s+name)?(?=\s*[:=/]|\s{2,})"
        r"|\bname\s+of\s+(?:the\s+)?(?:employer|company|organi[sz]ation|establishment)\b",
        r"(?:संस्था|नियोक्ता|कंपनी|कम्पनी|संगठन|प्रतिष्ठान)(?:\s+का\s+नाम)?(?=\s*[:=/]|\s{2,})",
    ),
    re.IGNORECASE,
)
# What stands beside or under a heading may be the next heading.
_HEADING = re.compile(
    r"(?:employee|emp|staff|pay(?:ment)?|salary|date|designation|department|dept|pan|uan|pf|esi\w*|bank|a/c|account"
    r"|location|branch|grade|gender|days|working|code|id|no|number|month|period|name|doj|dob|earnings?|deductions?"
    r"|amount|gross|net|total|take|company|employer|cost)\b.*",
    re.IGNORECASE,
)
_CORPORATE = re.compile(
    r"\b(?:pvt|private|ltd|limited|llp|inc|corporation|corp|company|technologies|industries|services|solutions"
    r"|hospitals?|university|college|school|enterprises|associates|consultants|trust|foundation|society|systems"
    r"|works|mills|group|textiles|foods|motors|traders|agency|ministry|authority)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:pay\s*-?\s*slip|salary|wages?|slip|pay\s+(?:advice|summary|statement)|take\s*-?\s*home|confidential|page)\b|"
    + hindi("वेतन|पर्ची"),
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:pay|salary|wage)\s+(?:period|month|cycle)\b|\bfor\s+(?:the\s+)?(?:month|period)\b|\bmonth\b|\bperiod\b"
    r"|\b(?:pay\s*-?\s*slip|salary\s+(?:slip|statement|certificate)|slip)\b|"
    + hindi(r"माह|महीना|मास|वेतन\s+(?:माह|अवधि)|अवधि"),
    re.IGNORECASE,
)
_PAID_ON = re.compile(
    either(
        r"\b(?:pay(?:ment|out)?|credit|salary|disburse?ment|paid|transfer|credited)\s*(?:date|day)\b"
        r"|\bdate\s+of\s+(?:payment|credit|salary|transfer|disburse?ment)\b"
        r"|\b(?:paid|credited|disbursed|transferred)\s+on\b",
        r"भुगतान\s+(?:की\s+)?(?:तिथि|तारीख|तारीख़|दिनांक)|(?:तिथि|दिनांक)\s+भुगतान",
    ),
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(r"\b(?:join\w*|birth|doj|dob|generated|printed|issued)\b", re.IGNORECASE)
_UNTIL = re.compile(r"\bto\b|\btill\b|\bthrough\b|\s[-–—]\s", re.IGNORECASE)
_PAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{3}P[A-Z][0-9]{4}[A-Z](?![A-Za-z0-9])")
# A name has few words and no signs: a sentence in its place is nobody's name.
_PERSON = re.compile(r"(?=.{2,60}$)[^\W\d_](?:[^\d_(){}<>\[\]:;!?@#$%^*=+/\\|\"])*", re.DOTALL)
_MOST_NAME_WORDS = 6
_LONGEST_FIRM = 60
_NO_PART_OF_A_FIRM = re.compile(r"\d{3,}|(?![&.,'()\u0900-\u097F-])[^\w\s]")
_CELL = re.compile(r"\s{2,}|[\t|]")
_CUT = re.compile(r"[(\[]| [/–—-]\s|\d")


def find_employee(lines: Sequence[str]) -> str | None:
    """The employee's name as printed, without code or number."""
    found = (name for text in _values(lines, _EMPLOYEE) if (name := _name(text)))
    return next((name for name in found if _PERSON.fullmatch(name) and len(name.split()) <= _MOST_NAME_WORDS), None)


def find_employer(lines: Sequence[str]) -> str | None:
    """The labelled employer, else the heading of the slip that names a firm, else its first heading.

    Cut to what a firm's name can be: it is shown to the customer.
    """
    printed = _printed_employer(lines)
    return (_NO_PART_OF_A_FIRM.sub("", printed)[:_LONGEST_FIRM].strip() or None) if printed else None


def _printed_employer(lines: Sequence[str]) -> str | None:
    if labelled := next((name for text in _values(lines, _EMPLOYER) if (name := _name(text))), None):
        return labelled
    top = [line for line in lines if line.strip()][:_TOP]
    headings = [
        cell.strip()
        for line in top
        if ":" not in line
        for cell in map(_untitled, _CELL.split(line.strip()))
        if sum(letter.isalpha() for letter in cell) > len(cell) / 2 and not _HEADING.fullmatch(cell)
    ]
    firms = [heading for heading in headings if _CORPORATE.search(heading)]
    plain = [heading for heading in headings[:2] if not _TITLE.search(heading)]
    return next(iter([firm[:120] for firm in firms] + [heading[:120] for heading in plain]), None)


def find_month(lines: Sequence[str]) -> date | None:
    """First day of the month paid for; of a period over two months the month in which it ends."""
    for text in _beside_or_below(lines, _PERIOD):
        months = find_months(_before(text, _PAID_ON))
        if months:
            return months[1] if len(months) > 1 and _UNTIL.search(text) else months[0]
    rest = [_before(line, _PAID_ON) for line in lines if not _OTHER_DATE.search(line)]
    named = set(find_months("\n".join(rest)))
    return named.pop() if len(named) == 1 else None


def find_paid_on(lines: Sequence[str]) -> date | None:
    """The day the pay was credited."""
    return next((days[0] for text in _beside_or_below(lines, _PAID_ON) if (days := find_days(text))), None)


def find_pan(lines: Sequence[str]) -> str | None:
    """The PAN of a person (fourth letter P) if exactly one is printed."""
    pans = set(_PAN.findall("\n".join(lines)))
    return pans.pop() if len(pans) == 1 else None


def _values(lines: Sequence[str], label: re.Pattern[str]) -> Iterator[str]:
    """What stands in the cell behind a label, or under it when behind it comes another heading or nothing."""
    for index, line in enumerate(lines):
        for match in label.finditer(line):
            behind = line[match.end() :].strip(" \t:=-.")
            cell = _CELL.split(behind)[0]
            if cell and not _HEADING.fullmatch(cell):
                yield cell
            else:
                yield cell_below(lines, index, match.start(), _next_cell(line, match.end()))


def _beside_or_below(lines: Sequence[str], label: re.Pattern[str]) -> Iterator[str]:
    """For each place of the label, in the order of the text: the rest of its line, then the cell under it."""
    places = ((index, match) for index, line in enumerate(lines) for match in label.finditer(line))
    for index, match in islice(places, _MOST_PLACES):
        yield lines[index][match.end() :]
        yield cell_below(lines, index, match.start(), _next_cell(lines[index], match.end()))


def _next_cell(line: str, end: int) -> int:
    """Where the next cell begins, or well beyond the line when there is none."""
    following = re.compile(r"\s{2,}(?=\S)").search(line, end)
    return following.end() if following else max(len(line), end + 40)


def _before(text: str, label: re.Pattern[str]) -> str:
    found = label.search(text)
    return text[: found.start()] if found else text


def _untitled(heading: str) -> str:
    """A heading without the title that follows the firm in the same line: "Sample Mills - Payslip"."""
    title = _TITLE.search(heading)
    firm = heading[: title.start()].strip(" -–—:,") if title else heading
    return firm if len(firm) > 2 else heading


def _name(text: str) -> str | None:
    cut = _CUT.search(text)
    name = (text[: cut.start()] if cut else text).strip(" .,:;-")
    if len(name) < 2 or len(name) > 120 or not name[0].isalpha() or _HEADING.fullmatch(name):
        return None
    return name
