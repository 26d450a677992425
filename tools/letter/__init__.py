"""Letters on paper: the sanction letter with its Key Facts Statement and schedule, and the refusal."""

from tools.letter.content import Acceptance, Borrower, LetterContent
from tools.letter.refusal import RefusalContent, RefusalReason

Paper = LetterContent | RefusalContent
"""What the press prints."""

__all__ = [
    "Acceptance",
    "Borrower",
    "LetterContent",
    "Paper",
    "RefusalContent",
    "RefusalReason",
    "content_digest",
]


def content_digest(content: Paper) -> str:
    """SHA-256 (hex) over all that the letter says but the code and address printed to check it by."""
    return content.digest
