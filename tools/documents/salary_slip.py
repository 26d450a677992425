"""The text of a salary slip: who was paid how much, by whom and when, and whether the slip agrees with itself."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from tools.documents.fingerprint import text_mark
from tools.documents.in_words import spelled_amounts
from tools.documents.slip import Problem, SlipReading
from tools.documents.slip_details import find_employee, find_employer, find_month, find_paid_on, find_pan
from tools.documents.slip_figures import adds_up, find_figures

_SHORTEST_TEXT: Final = 20
# Far above any slip; they bound the work that a hostile text can cause.
_LONGEST_LINE: Final = 300
_MOST_LINES: Final = 500
# Pay of a month comes a little before its end or up to two months after its beginning.
_EARLIEST_PAY, _LATEST_PAY = timedelta(days=-5), timedelta(days=75)


def read_slip_text(pages: Sequence[str]) -> SlipReading:
    """Read the text of a slip. Of several slips in one file, one to a page, the one of the latest month counts.

    Slips of several people, or of one month twice, are left to a person.
    """
    if sum(len(page.strip()) for page in pages) < _SHORTEST_TEXT:
        return SlipReading("", ("no_text",), pages=len(pages))
    slips = [_read([page]) for page in pages] if len(pages) > 1 else []
    dated = [(slip.month, slip) for slip in slips if slip.month is not None and slip.net_pay is not None]
    if len(dated) > 1 and len({month for month, _ in dated}) == len(dated):
        holders = {(slip.employee_name or "").lower() for _, slip in dated}
        newest = max(dated, key=lambda pair: pair[0])[1]
        return newest if len(holders) == 1 else SlipReading("", ("several_slips",), pages=len(pages))
    return _read(pages)


def _read(pages: Sequence[str]) -> SlipReading:
    lines = [line[:_LONGEST_LINE] for page in pages for line in page.splitlines()][:_MOST_LINES]
    figures = find_figures(lines)
    month, day, name = find_month(lines), find_paid_on(lines), find_employee(lines)
    problems: list[Problem] = []
    if figures.net_pay is None:
        problems.append("ambiguous_net_pay" if figures.several_nets else "no_net_pay")
    if adds_up(figures.gross, figures.deductions, figures.net_pay) is False:
        problems.append("arithmetic_mismatch")
    if figures.net_pay is not None and not _spelled_alike(figures.net_pay, lines):
        problems.append("words_mismatch")
    if month is not None and day is not None and not _EARLIEST_PAY <= day - month.replace(day=1) <= _LATEST_PAY:
        problems.append("date_mismatch")
    return SlipReading(
        digest="",
        problems=tuple(problems),
        employee_name=name,
        employer=find_employer(lines),
        month=month,
        paid_on=day,
        gross=figures.gross,
        deductions=figures.deductions,
        net_pay=figures.net_pay,
        pan=find_pan(lines),
        pages=1,
        text_mark=text_mark(lines, name),
    )


def _spelled_alike(net_pay: Decimal, lines: Sequence[str]) -> bool:
    """Whether the amounts spelled out, if any, have the net pay among them, to the rupee."""
    spelled = spelled_amounts(lines)
    return not spelled or any(abs(net_pay - amount) <= 1 for amount in spelled)
