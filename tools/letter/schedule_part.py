"""The repayment schedule: one row an instalment."""

from datetime import date
from decimal import Decimal

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tools.kfs import KeyFacts
from tools.letter.scripts import markup
from tools.letter.style import ACCENT, INK, LINE, ROW_HEAD, ROW_HEAD_RIGHT, SMALL, TINT, TITLE, WIDTH
from tools.letter.typeface import BOLD, REGULAR, paragraph
from tools.rupees import to_the_paisa
from tools.wording import OWN

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHARES = (0.08, 0.18, 0.2, 0.18, 0.18, 0.18)


def schedule_part(facts: KeyFacts) -> list[Flowable]:
    shown, plan = facts.reading, facts.figures.schedule
    heading = [
        paragraph(markup(column), ROW_HEAD if place == 1 else ROW_HEAD_RIGHT)
        for place, column in enumerate(shown.columns)
    ]
    rows = [
        [
            str(row.number),
            short_day(due, facts.language),
            to_the_paisa(row.opening),
            to_the_paisa(row.principal),
            to_the_paisa(row.interest),
            to_the_paisa(row.payment),
        ]
        for row, due in zip(plan.rows, facts.due_dates, strict=True)
    ]
    sums: tuple[int | Decimal, ...] = (facts.amount, plan.total_interest, plan.total_paid)
    total = ["", paragraph(markup(shown.total), ROW_HEAD), "", *map(to_the_paisa, sums)]
    table = Table([heading, *rows, total], colWidths=[WIDTH * share for share in _SHARES], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 1), (-1, -2), REGULAR, 7.4, 8.6),
                ("FONT", (0, -1), (-1, -1), BOLD, 7.4, 8.6),
                ("TEXTCOLOR", (0, 0), (-1, -1), INK),
                ("ALIGN", (0, 0), (0, -1), "RIGHT"),
                ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
                ("LEFTPADDING", (1, 0), (1, -1), 14),
                ("TOPPADDING", (0, 0), (-1, -1), 0.9),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.3),
                ("BACKGROUND", (0, 0), (-1, 0), TINT),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT),
                ("LINEABOVE", (0, -1), (-1, -1), 0.8, ACCENT),
                # The last instalment and the total never stand alone on a page.
                ("NOSPLIT", (0, -3), (-1, -1)),
                *(("LINEBELOW", (0, row), (-1, row), 0.5, LINE) for row in range(12, len(rows), 12)),
                *(("BACKGROUND", (0, row), (-1, row), _BAND) for row in range(2, len(rows) + 1, 2)),
            ]
        )
    )
    return [
        paragraph(markup(shown.schedule_title), TITLE),
        Spacer(1, 3),
        paragraph(markup(shown.schedule_note), SMALL),
        Spacer(1, 5),
        table,
    ]


_BAND = TINT.clone(alpha=0.45)


def short_day(value: date, language: str = OWN) -> str:
    """ "05 Jan 2027"; in Hindi "05-01-2027", since a column of joined signs costs more than the rest of the letter."""
    return f"{value.day:02d} {_MONTHS[value.month - 1]} {value.year}" if language == OWN else f"{value:%d-%m-%Y}"
