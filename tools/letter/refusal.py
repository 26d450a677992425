"""What a refusal letter says, apart from how it looks: why, what would change it, and what the customer may do."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar

from kb.lender import Lender
from tools.digests import canonical_digest
from tools.letter.content import PACKAGE, TEMPLATE_VERSION, Borrower
from tools.wording import Wording, wording

MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """One reason in the customer's language, with what would change it where anything would."""

    text: str
    remedy: str | None = None


@dataclass(frozen=True)
class RefusalContent:
    """Everything printed. Texts come in `language` ("hi"; anything else is English); amounts are whole rupees.

    `reasons` are one to four, main one first, and only those that may be told. `report_used` says that a bureau's
    report was asked for: then the letter names the bureau and how to see and correct the report. Raises ValueError
    for no reason or too many.
    """

    letter_number: str
    decided_on: date
    borrower: Borrower
    amount: int
    months: int
    reasons: tuple[RefusalReason, ...]
    report_used: bool
    lender: Lender
    policy_version: str
    language: str = "en"
    verification_code: ClassVar[str] = ""  # only sanction letters are checked by one
    verify_url: ClassVar[str] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lender", self.lender.in_language(self.language))
        if not 1 <= len(self.reasons) <= MOST_REASONS:
            raise ValueError(f"a refusal has one to {MOST_REASONS} reasons")

    @property
    def words(self) -> Wording:
        return wording(PACKAGE, self.language)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over all that the letter says."""
        return canonical_digest(
            {
                "template": TEMPLATE_VERSION,
                "wording": self.words.digest,
                "letter_number": self.letter_number,
                "decided_on": self.decided_on.isoformat(),
                "borrower": asdict(self.borrower),
                "amount": self.amount,
                "months": self.months,
                "reasons": [asdict(reason) for reason in self.reasons],
                "report_used": self.report_used,
                "lender": asdict(self.lender),
                "policy_version": self.policy_version,
            }
        )
