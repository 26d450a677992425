"""The text of a salary slip: who was paid how much, by whom and when, and whether the slip adds up."""

from collections.abc import Sequence
from typing import Final

from tools.documents.slip import Problem, SlipReading
from tools.documents.slip_details import find_employee, find_employer, find_month, find_paid_on, find_pan
from tools.documents.slip_figures import adds_up, find_figures

_SHORTEST_TEXT: Final = 20
# Far above any slip; they bound the work that a hostile text can cause.
_LONGEST_LINE: Final = 300
_MOST_LINES: Final = 500


def read_slip_text(pages: Sequence[str]) -> SlipReading:
    """Read the text of a slip. Of several slips in one file, one to a page, the one of the latest month counts."""
    if sum(len(page.strip()) for page in pages) < _SHORTEST_TEXT:
        return SlipReading("", ("no_text",), pages=len(pages))
    slips = [_read([page]) for page in pages] if len(pages) > 1 else []
    dated = [(slip.month, slip) for slip in slips if slip.month is not None and slip.net_pay is not None]
    if len(dated) > 1 and len({month for month, _ in dated}) == len(dated):
        return max(dated, key=lambda pair: pair[0])[1]
    return _read(pages)


def _read(pages: Sequence[str]) -> SlipReading:
    lines = [line[:_LONGEST_LINE] for page in pages for line in page.splitlines()][:_MOST_LINES]
    figures = find_figures(lines)
    problems: list[Problem] = []
    if figures.net_pay is None:
        problems.append("ambiguous_net_pay" if figures.several_nets else "no_net_pay")
    if adds_up(figures.gross, figures.deductions, figures.net_pay) is False:
        problems.append("arithmetic_mismatch")
    return SlipReading(
        digest="",
        problems=tuple(problems),
        employee_name=find_employee(lines),
        employer=find_employer(lines),
        month=find_month(lines),
        paid_on=find_paid_on(lines),
        gross=figures.gross,
        deductions=figures.deductions,
        net_pay=figures.net_pay,
        pan=find_pan(lines),
        pages=1,
    )
