"""The repayment schedule: one row an instalment."""

from decimal import Decimal

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tools.kfs import KeyFacts
from tools.kfs.reading import reading
from tools.letter.figures import paise, short_day
from tools.letter.scripts import markup
from tools.letter.style import ACCENT, INK, LINE, ROW_HEAD, ROW_HEAD_RIGHT, SMALL, TINT, TITLE, WIDTH
from tools.letter.typeface import BOLD, REGULAR, paragraph

_SHARES = (0.08, 0.18, 0.2, 0.18, 0.18, 0.18)


def schedule_part(facts: KeyFacts) -> list[Flowable]:
    shown, plan = reading(facts), facts.figures.schedule
    heading = [
        paragraph(markup(column), ROW_HEAD if place == 1 else ROW_HEAD_RIGHT)
        for place, column in enumerate(shown.columns)
    ]
    rows = [
        [
            str(row.number),
            short_day(due, facts.language),
            paise(row.opening),
            paise(row.principal),
            paise(row.interest),
            paise(row.payment),
        ]
        for row, due in zip(plan.rows, facts.due_dates, strict=True)
    ]
    sums: tuple[int | Decimal, ...] = (facts.amount, plan.total_interest, plan.total_paid)
    total = ["", paragraph(markup(shown.total), ROW_HEAD), "", *map(paise, sums)]
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
