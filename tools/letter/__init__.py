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
]
