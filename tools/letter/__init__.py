"""The sanction letter: a PDF with the Key Facts Statement and the repayment schedule behind it."""

from tools.letter.content import Acceptance, Borrower, LetterContent, content_digest

__all__ = ["Acceptance", "Borrower", "LetterContent", "content_digest"]
