"""The repayment schedule: one row an instalment."""

from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tools.kfs import KeyFacts
from tools.letter.figures import paise, rupees, short_day
from tools.letter.style import ACCENT, INK, LINE, SMALL, TINT, TITLE, WIDTH
from tools.letter.typeface import BOLD, REGULAR, paragraph

_SHARES = (0.08, 0.18, 0.2, 0.18, 0.18, 0.18)


def schedule_part(facts: KeyFacts) -> list[Flowable]:
    plan = facts.figures.schedule
    heading = ["No.", "Due", "Outstanding (₹)", "Principal (₹)", "Interest (₹)", "Instalment (₹)"]
    rows = [
        [
            str(row.number),
            short_day(due),
            paise(row.opening),
            paise(row.principal),
            paise(row.interest),
            paise(row.payment),
        ]
        for row, due in zip(plan.rows, facts.due_dates, strict=True)
    ]
    total = ["", "Total", "", paise(facts.amount), paise(plan.total_interest), paise(plan.total_paid)]
    table = Table([heading, *rows, total], colWidths=[WIDTH * share for share in _SHARES], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), BOLD, 7.4, 8.6),
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
                *(("LINEBELOW", (0, row), (-1, row), 0.5, LINE) for row in range(12, len(rows), 12)),
                *(("BACKGROUND", (0, row), (-1, row), _BAND) for row in range(2, len(rows) + 1, 2)),
            ]
        )
    )
    return [
        paragraph("Repayment schedule", TITLE),
        Spacer(1, 3),
        paragraph(
            f"{rupees(facts.amount)} over {facts.months} months. Outstanding is the principal before the instalment of "
            "the row; interest is worked out on it and rounded to the paisa.",
            SMALL,
        ),
        Spacer(1, 5),
        table,
    ]


_BAND = TINT.clone(alpha=0.45)
