"""Cells of a line of text: runs of words with one blank between them."""

import re
from collections.abc import Sequence

_CELL = re.compile(r"[^\s|]+(?: [^\s|]+)*")


def cell_below(lines: Sequence[str], index: int, start: int, end: int) -> str:
    """The cell under the columns [start, end) of a line: "" when there is none.

    Where both rows have as many cells they are matched by number, for columns of proportional type drift apart;
    else the cell that overlaps the columns counts.
    """
    head = list(_CELL.finditer(lines[index]))
    row = list(_CELL.finditer(next((line for line in lines[index + 1 :] if line.strip()), "")))
    if len(head) == len(row) > 1:
        place = next((number for number, cell in enumerate(head) if cell.end() > start), None)
        return row[place].group() if place is not None else ""
    return next((cell.group() for cell in row if cell.start() < end and cell.end() > start), "")
