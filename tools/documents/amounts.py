"""Labelled amounts in lines of text whose columns are kept apart by blanks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise

from tools.documents.cells import cell_below
from tools.documents.dates import blank_dates

# 54,200 | 1,54,200.50 | 54200 | Rs. 54,200/- | ₹54,200 | (5,800). Longer digit runs are account or phone numbers.
_AMOUNT = re.compile(
    r"(?<![\w.,*/-])(?:(?:rs\.?|inr|₹|रु\.?)\s*)?"
    r"(?P<digits>\d{1,3}(?:,\d{2,3})+|\d{1,8})(?P<paise>\.\d{1,2})?"
    r"(?:/[-=])?(?![\w*%]|,\d|\.\d|/\d|-\d| ?(?:days?|hours?|hrs)\b)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b(?:a/c|account|acct|utr|ref(?:erence)?|ifsc|uan|employee|emp|id|code)\b\.?(?:\s*(?:no|number|id|code)\b\.?)?"
    r"\s*[:#-]?\s*[x*\d]*\d{3,}\b(?![,.]\d)",
    re.IGNORECASE,
)
# What may stand between a label and its amount: signs, a currency, a remark in brackets, or a few filling words. Any
# other word means that the amount belongs to something else.
_OF_ANOTHER_TIME = r"(?![^()]*\b(?:last|previous|year|yearly|ytd|annual|taxable|words)\b)"
_REMARK = rf"\({_OF_ANOTHER_TIME}[^()]*\)"
_REMARK_WITHOUT_FIGURES = re.compile(rf"\({_OF_ANOTHER_TIME}[^()\d]*\)", re.IGNORECASE)
_FILLING = re.compile(
    rf"(?:[\s:=.+&/₹*,x–-]|{_REMARK}|\b(?:for|of|the|this|month|is|are|to|in|into|by|your|bank|only|rs|inr|rupees|total)\b)*",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"\s*[:=-]?\s*(?:(?:rs\.?|inr|₹)\s*)?(?:nil|-+)\s*(?:$|\s{2})", re.IGNORECASE)

_BETWEEN = re.compile(r"[\s|₹]*(?:(?:rs\.?|inr)\s*)?", re.IGNORECASE)

_MOST_IN_A_LINE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """An amount in rupees and the columns [start, end) it stands in."""

    value: Decimal
    start: int
    end: int


def amounts_in(line: str) -> list[Found]:
    """Amounts in a line, left to right. Dates, percentages, days and account numbers are none."""
    return [
        Found(Decimal(match["digits"].replace(",", "") + (match["paise"] or "")), match.start(), match.end())
        for match in _AMOUNT.finditer(_without_other_numbers(line))
    ]


def labelled(lines: Sequence[str], label: re.Pattern[str], any_label: re.Pattern[str]) -> list[tuple[Decimal, ...]]:
    """For each place of a label the amounts behind it, left to right, or the one below it where it is a heading.

    Where another label follows in the line, only the part before it belongs to this one. Beyond the first, amounts
    count up to the first word.
    """
    values: list[tuple[Decimal, ...]] = []
    # A remark in brackets may name other figures: "Net Pay (Total Earnings - Total Deductions)".
    lines = [_blanked(line, _REMARK_WITHOUT_FIGURES) for line in lines]
    for index, line in enumerate(lines):
        matches = list(islice(label.finditer(line), _MOST_IN_A_LINE))
        amounts, plain = (amounts_in(line), _without_other_numbers(line)) if matches else ([], line)
        for match in matches:
            following = any_label.search(line, match.end())
            end = following.start() if following else len(line)
            all_behind = [found for found in amounts if match.end() <= found.start < end]
            behind = all_behind[0] if all_behind else None
            gap = plain[match.end() : behind.start if behind else end]
            if behind is not None and _FILLING.fullmatch(gap):
                values.append(_up_to_a_word(all_behind, plain))
            elif _NOTHING.match(line[match.end() : end]):
                values.append((Decimal(0),))
            elif behind is None and _FILLING.fullmatch(gap):
                right = end if following else max(end, match.end() + 40)
                under = _figure(cell_below(lines, index, match.start(), right))
                if under is not None:
                    values.append((under,))
    return values


def _up_to_a_word(found: Sequence[Found], line: str) -> tuple[Decimal, ...]:
    """The first amounts of a row, as long as only blanks and currency stand between them."""
    row = [found[0].value]
    for before, after in pairwise(found):
        if not _BETWEEN.fullmatch(line[before.end : after.start]):
            break
        row.append(after.value)
    return tuple(row)


def _figure(cell: str) -> Decimal | None:
    """The amount of a cell that is an amount and hardly anything else."""
    found = amounts_in(cell)
    return found[0].value if len(found) == 1 and (found[0].end - found[0].start) * 2 > len(cell) else None


def _without_other_numbers(line: str) -> str:
    """The line with dates and account numbers blanked out, columns unchanged."""
    return _blanked(blank_dates(line), _ACCOUNT)


def _blanked(line: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), line)
