"""What a salary slip says, as it passes from the process that read it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from tools.documents.slip_figures import adds_up

Problem = Literal[
    "not_a_pdf",
    "too_large",
    "unreadable",
    "encrypted",
    "active_content",
    "mixed",
    "too_many_pages",
    "too_many_pixels",
    "no_text",
    "no_net_pay",
    "ambiguous_net_pay",
    "several_slips",
    "arithmetic_mismatch",
    "words_mismatch",
    "date_mismatch",
    "hidden_text",
    "edited_file",
    "not_legible",
]

MAX_BYTES: Final = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SlipReading:
    """What a slip says; None where it does not say it. Money in rupees, `month` the first day of the pay month.

    `digest` is the SHA-256 of the file, `text_mark` that of its text without name and PAN ("" when it has too little):
    they show one slip used for two people. A slip with problems goes to a person.
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
    text_mark: str = ""

    @property
    def adds_up(self) -> bool | None:
        """Whether gross less deductions is the net pay; None when the slip lacks one of them."""
        return adds_up(self.gross, self.deductions, self.net_pay)
