"""Salary slips: who was paid how much, by whom and when, and whether the slip adds up."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from tools.documents.child import extract_text
from tools.documents.kinds import DocumentKind, sniff_kind
from tools.documents.slip_details import find_employee, find_employer, find_month, find_paid_on, find_pan
from tools.documents.slip_figures import adds_up, find_figures

Problem = Literal[
    "not_a_pdf",
    "too_large",
    "unreadable",
    "encrypted",
    "active_content",
    "too_many_pages",
    "no_text",
    "no_net_pay",
    "ambiguous_net_pay",
    "arithmetic_mismatch",
]

MAX_BYTES: Final = 5 * 1024 * 1024
_SHORTEST_TEXT: Final = 20
# Far above any slip; they bound the work that a hostile text can cause.
_LONGEST_LINE: Final = 300
_MOST_LINES: Final = 500


@dataclass(frozen=True, slots=True)
class SlipReading:
    """What a slip says; None where it does not say it. Money in rupees, `month` the first day of the pay month.

    `digest` is the SHA-256 of the file, to see one file used for two people. A slip with problems goes to a person.
    """

    digest: str
    problems: tuple[Problem, ...] = ()
    employee_name: str | None = None
    employer: str | None = None
    month: date | None = None
    paid_on: date | None = None
    gross: Decimal | None = None
    deductions: Decimal | None = None
    net_pay: Decimal | None = None
    pan: str | None = None
    pages: int = 0
    producer: str = ""

    @property
    def adds_up(self) -> bool | None:
        """Whether gross less deductions is the net pay; None when the slip lacks one of them."""
        return adds_up(self.gross, self.deductions, self.net_pay)


def read_salary_slip(data: bytes, *, kind: DocumentKind) -> SlipReading:
    """Read a slip. Never raises for what is in the file: `problems` says why a person should look.

    A PDF is opened in a child process with limits. A picture is recognised and left to a person (`no_text`).
    """
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        return SlipReading(digest, ("too_large",))
    if sniff_kind(data) != kind:
        return SlipReading(digest, ("not_a_pdf" if kind == "pdf" else "unreadable",))
    if kind != "pdf":
        return SlipReading(digest, ("no_text",), pages=1)
    found = extract_text(data)
    if found.problem is not None:
        return SlipReading(digest, (_known(found.problem),), pages=found.pages)
    return replace(read_slip_text(found.texts), digest=digest, pages=found.pages, producer=found.producer)


async def read_salary_slip_async(data: bytes, *, kind: DocumentKind) -> SlipReading:
    """`read_salary_slip` without holding up the event loop."""
    return await asyncio.to_thread(read_salary_slip, data, kind=kind)


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


def _known(problem: str) -> Problem:
    return next((code for code in get_args(Problem) if code == problem), "unreadable")
