"""What a sanction letter says, apart from how it looks."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from kb.lender import Lender
from tools.digests import canonical_digest
from tools.kfs import KeyFacts
from tools.wording import Wording, wording

PACKAGE = "tools.letter"

TEMPLATE_VERSION = "2026.12.2"
"""Version of the layout, part of the digest beside the wording: raise it when what is printed changes otherwise."""

# A whole PAN, or digits enough for an Aadhaar or an account number.
_BARE_IDENTIFIER = re.compile(r"[A-Za-z]{5}[0-9]{4}[A-Za-z]|[0-9]{9,}")


@dataclass(frozen=True, slots=True)
class Borrower:
    """Whom the letter addresses. Identifiers arrive masked; one that looks whole raises ValueError."""

    name: str
    masked_pan: str
    masked_mobile: str
    city: str | None = None

    def __post_init__(self) -> None:
        for field in ("masked_pan", "masked_mobile"):
            value = getattr(self, field)
            if _BARE_IDENTIFIER.search(re.sub(r"[\s-]", "", value)):
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
    acceptance: Acceptance | None = None
    verification_code: str = ""
    verify_url: str = ""

    def __post_init__(self) -> None:
        if self.borrower.name != self.key_facts.applicant_name:
            raise ValueError("the Key Facts Statement is in another name")

    @property
    def language(self) -> str:
        """That of the acknowledged statement."""
        return self.key_facts.language

    @property
    def lender(self) -> Lender:
        return self.key_facts.lender

    @property
    def words(self) -> Wording:
        return wording(PACKAGE, self.language)

    @property
    def valid_until(self) -> date:
        return self.issued_on + timedelta(days=self.key_facts.charges.sanction_validity_days)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over all that the letter says but the code and address printed to check it by."""
        return canonical_digest(
            {
                "template": TEMPLATE_VERSION,
                "wording": self.words.digest,
                "letter_number": self.letter_number,
                "issued_on": self.issued_on.isoformat(),
                "valid_until": self.valid_until.isoformat(),
                "borrower": asdict(self.borrower),
                "purpose": self.purpose,
                "key_facts": self.key_facts.digest,
                "lender": asdict(self.lender),
                "policy_version": self.policy_version,
                "acceptance": [self.acceptance.at.isoformat(), self.acceptance.channel] if self.acceptance else None,
            }
        )
