"""What a sanction letter says, apart from how it looks."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tools.kfs import KeyFacts, canonical_digest

TEMPLATE_VERSION = "2026.12.1"
"""Version of wording and layout, part of the digest: raise it when either changes."""

# A whole PAN, or digits enough for an Aadhaar or an account number.
_BARE_IDENTIFIER = re.compile(r"[A-Za-z]{5}[0-9]{4}[A-Za-z]|[0-9]{9,}")

CONDITIONS = (
    "You accept this letter and acknowledge the Key Facts Statement before it lapses, and sign the loan agreement.",
    "Your identity and address checks stay complete and unchanged on the day of disbursal.",
    "You give a repayment mandate on a bank account in your own name. The loan is paid into that account only, "
    "after a name check, and instalments are collected by us and by nobody else.",
    "Nothing you told us about income, employment and existing loans has changed for the worse.",
)


@dataclass(frozen=True, slots=True)
class Borrower:
    """Whom the letter addresses. Identifiers arrive masked; one that looks whole raises ValueError."""

    name: str
    masked_pan: str
    masked_mobile: str
    masked_aadhaar: str | None = None
    city: str | None = None

    def __post_init__(self) -> None:
        for field in ("masked_pan", "masked_mobile", "masked_aadhaar"):
            value = getattr(self, field)
            if value is not None and _BARE_IDENTIFIER.search(re.sub(r"[\s-]", "", value)):
                raise ValueError(f"{field} is not masked")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An acceptance given electronically; `at` has a time zone."""

    at: datetime
    channel: str


@dataclass(frozen=True)
class LetterContent:
    """Everything printed. The figures are those of the accepted Key Facts Statement and of nothing else.

    `verification_code` and `verify_url` say how to check the letter; they follow from its digest and are not part of
    it. Raises ValueError when the statement is another person's.
    """

    letter_number: str
    issued_on: date
    borrower: Borrower
    purpose: str
    key_facts: KeyFacts
    policy_version: str
    conditions: tuple[str, ...] = CONDITIONS
    acceptance: Acceptance | None = None
    verification_code: str = ""
    verify_url: str = ""

    def __post_init__(self) -> None:
        if self.borrower.name != self.key_facts.applicant_name:
            raise ValueError("the Key Facts Statement is in another name")

    @property
    def valid_until(self) -> date:
        return self.issued_on + timedelta(days=self.key_facts.charges.sanction_validity_days)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over all that the letter says, with the digest of its Key Facts Statement."""
        return canonical_digest(
            {
                "template": TEMPLATE_VERSION,
                "letter_number": self.letter_number,
                "issued_on": self.issued_on.isoformat(),
                "valid_until": self.valid_until.isoformat(),
                "borrower": asdict(self.borrower),
                "purpose": self.purpose,
                "key_facts": self.key_facts.digest,
                "lender": asdict(self.key_facts.lender),
                "policy_version": self.policy_version,
                "conditions": list(self.conditions),
                "acceptance": [self.acceptance.at.isoformat(), self.acceptance.channel] if self.acceptance else None,
            }
        )
