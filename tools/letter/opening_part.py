"""How a letter begins: title, whom it is for, its number and dates."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tools.letter.blocks import BARE
from tools.letter.content import Borrower
from tools.letter.scripts import markup
from tools.letter.style import BODY, CELL_STRONG_RIGHT, LABEL, SMALL, STRONG, TITLE, WIDTH
from tools.letter.typeface import paragraph
from tools.wording import Wording

_DATES = 86 * mm


def opening(title: str, borrower: Borrower, dates: Sequence[tuple[str, str]], words: Wording) -> list[Flowable]:
    """`dates` are label and value, the letter's number among them."""
    name = [
        paragraph(markup(words.say("address.to")), LABEL),
        paragraph(markup(borrower.name), STRONG),
        *([paragraph(markup(borrower.city), BODY)] if borrower.city else []),
        paragraph(markup(f"PAN {borrower.masked_pan}"), SMALL),
        paragraph(markup(words.say("address.mobile", number=borrower.masked_mobile)), SMALL),
    ]
    rows = [[paragraph(markup(label), LABEL), paragraph(markup(value), CELL_STRONG_RIGHT)] for label, value in dates]
    table = Table(rows, colWidths=[22 * mm, _DATES - 22 * mm])
    table.setStyle(TableStyle([*BARE, ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    head = Table([[name, table]], colWidths=[WIDTH - _DATES, _DATES])
    head.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("RIGHTPADDING", (0, 0), (0, 0), 14)]))
    return [paragraph(markup(title), TITLE), Spacer(1, 7), head, Spacer(1, 9)]
