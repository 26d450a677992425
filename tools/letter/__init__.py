"""The sanction letter: a PDF with the Key Facts Statement and the repayment schedule behind it."""

from tools.letter.content import Acceptance, Borrower, LetterContent
from tools.letter.render import render_letter

__all__ = ["Acceptance", "Borrower", "LetterContent", "render_letter"]
