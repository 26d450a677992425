"""Building blocks that the parts of the letter share."""

from collections.abc import Sequence
from typing import TypeAlias

from reportlab.platypus import Flowable, Table, TableStyle

from tools.letter.scripts import rich
from tools.letter.style import ACCENT, CELL, CELL_LABEL, COMPACT, LINE, TINT, WIDTH
from tools.letter.typeface import paragraph

# reportlab has no types, so Flowable is Any to the checker.
Cell: TypeAlias = "str | Flowable"


def facts(rows: Sequence[tuple[str, str]], *, label_width: float = 0.3, width: float = WIDTH) -> Table:
    """Label and value (wording) in two columns with hairlines between the rows."""
    cells = [[paragraph(rich(label), CELL_LABEL), paragraph(rich(value), CELL)] for label, value in rows]
    table = Table(cells, colWidths=[width * label_width, width * (1 - label_width)])
    table.setStyle(TableStyle([*_ROWS, ("LEFTPADDING", (0, 0), (0, -1), 0), ("RIGHTPADDING", (-1, 0), (-1, -1), 0)]))
    return table


def grid(
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[float],
    *,
    total_rows: Sequence[int] = (),
    compact: bool = False,
    headed: bool = True,
) -> Table:
    """A table; `widths` are shares of the width, strings are wording. A heading row is tinted, and on every page."""
    text = COMPACT if compact else CELL
    cells = [[paragraph(rich(cell), text) if isinstance(cell, str) else cell for cell in row] for row in rows]
    table = Table(cells, colWidths=[WIDTH * share for share in widths], repeatRows=int(headed))
    style = [
        *_ROWS,
        *(_COMPACT if compact else ()),
        *(_HEADED if headed else (("LINEABOVE", (0, 0), (-1, 0), 0.8, ACCENT),)),
        *(("LINEABOVE", (0, row), (-1, row), 0.8, ACCENT) for row in total_rows),
    ]
    table.setStyle(TableStyle(style))
    return table


def box(content: Sequence[Flowable], *, width: float = WIDTH) -> Table:
    """A framed panel that does not break across pages."""
    table = Table([[list(content)]], colWidths=[width])
    table.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.9, ACCENT),
                ("ROUNDEDCORNERS", [4, 4, 4, 4]),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
            ]
        )
    )
    return table


_ROWS = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
)
_HEADED = (
    ("BACKGROUND", (0, 0), (-1, 0), TINT),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, ACCENT),
)
_COMPACT = (
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.3),
)

BARE = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
)
