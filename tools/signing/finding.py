"""What a file shows of itself, before anybody asks the database."""

from dataclasses import dataclass
from typing import Final, Literal

from tools.signing.note import SignatureNote

MAX_BYTES: Final = 2 * 1024 * 1024

Problem = Literal[
    "too_large",
    "not_a_pdf",
    "unreadable",  # damaged, or built so that it cannot be checked within the limits
    "unsigned",
    "foreign",  # signed by a certificate that is none of the lender's
    "no_letter",  # signed by the lender, but for something else
    "altered",  # the signature does not belong to these bytes
    "added_to",  # a genuine letter with something behind it
]


@dataclass(frozen=True, slots=True)
class Finding:
    """`problem` is None for a letter with the lender's signature over every byte."""

    problem: Problem | None
    note: SignatureNote | None = None

    @property
    def genuine(self) -> bool:
        """The lender signed this letter; `added_to` says that more than the letter is in the file."""
        return self.problem in (None, "added_to")

    @property
    def unaltered(self) -> bool:
        return self.problem is None
