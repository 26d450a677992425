"""One Key Facts Statement as it is shown to one applicant."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from kb.lender import Lender
from tools.calendar import add_working_days
from tools.digests import canonical_digest
from tools.kfs.figures import Charges, Figures, compute_figures
from tools.kfs.form import form
from tools.kfs.reading import Reading, reading
from tools.loan_maths import due_dates
from tools.wording import LANGUAGES, OWN


@dataclass(frozen=True)
class KeyFacts:
    """One Key Facts Statement in one language. Equal facts have equal digests."""

    proposal_number: str
    applicant_name: str
    amount: int
    annual_rate_pct: Decimal
    months: int
    charges: Charges
    figures: Figures
    sanctioned_on: date
    valid_until: date
    due_dates: tuple[date, ...]
    lender: Lender
    language: str

    @property
    def first_due(self) -> date:
        return self.due_dates[0]

    @property
    def total_fees(self) -> Decimal:
        """Processing fee and the GST on it: what is deducted from the amount at disbursal."""
        return self.figures.processing_fee + self.figures.gst_on_fee

    def as_dict(self) -> dict[str, object]:
        """The whole statement for JSON: money as decimal strings, whole numbers as ints, dates ISO 8601.

        `text` is the same as a customer reads it: titles, labels and values in the statement's language.
        """
        return {**form(self), "text": self.reading.as_dict()}

    @cached_property
    def reading(self) -> Reading:
        """The statement as a customer reads it."""
        return reading(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the canonical JSON of `as_dict`: what an acknowledgement refers to."""
        return canonical_digest(self.as_dict())


def build_kfs(
    *,
    proposal_number: str,
    applicant_name: str,
    amount: int,
    annual_rate_pct: Decimal,
    months: int,
    charges: Charges,
    sanctioned_on: date,
    first_due: date,
    lender: Lender,
    language: str = OWN,
) -> KeyFacts:
    """Build the statement. Raises ValueError when the first instalment does not fall after the sanction."""
    if first_due <= sanctioned_on:
        raise ValueError("the first instalment must fall due after the sanction")
    language = language_of_papers(language)
    return KeyFacts(
        proposal_number=proposal_number,
        applicant_name=applicant_name,
        amount=amount,
        annual_rate_pct=annual_rate_pct,
        months=months,
        charges=charges,
        figures=compute_figures(amount, annual_rate_pct, months, charges),
        sanctioned_on=sanctioned_on,
        valid_until=add_working_days(sanctioned_on, charges.kfs_validity_working_days),
        due_dates=due_dates(first_due, months),
        lender=lender.in_language(language),
        language=language,
    )


def language_of_papers(language: str) -> str:
    """The language in which papers for a customer of this language are written: Hindi in Latin letters gets English."""
    return language if language in LANGUAGES else OWN
