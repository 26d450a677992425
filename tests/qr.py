"""Reads a QR code as drawn on a page: squares to modules to text, for small codes with a single block of data."""

import io
import re
from typing import NamedTuple

from pypdf import PdfReader

_RECT = re.compile(rb"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f\*?\n")
_FORMAT_XOR = 0b101010000010010
_MASKS = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, _: row % 2 == 0,
    lambda _, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


class Code(NamedTuple):
    """What the code says, and the mask that it names."""

    text: str
    mask: int


def code_on(pdf: bytes, *, page: int) -> Code:
    """The code on a page, counted from 0. Raises ValueError for a page without one."""
    contents = PdfReader(io.BytesIO(pdf)).pages[page].get_contents()
    drawn = b"" if contents is None else contents.get_data()
    rects = [tuple(map(float, found)) for found in _RECT.findall(drawn)]
    return read(_modules(rects))


def _modules(rects: list[tuple[float, ...]]) -> list[list[bool]]:
    """Rows of modules, top first. A code is drawn from runs, the first of which is the seven of its corner."""
    heights = [height for *_, height in rects]
    high = max(set(heights), key=heights.count)
    runs = [rect for rect in rects if abs(rect[3] - high) < 1e-3]
    if len(runs) < 21:
        raise ValueError("no code is drawn here")
    left, top = min(x for x, *_ in runs), max(y for _, y, *_ in runs)
    side = next(width for x, y, width, _ in runs if (x, y) == (left, top)) / 7
    size = round((max(x + width for x, _, width, _ in runs) - left) / side)
    modules = [[False] * size for _ in range(size)]
    for x, y, width, _ in runs:
        column = round((x - left) / side)
        for step in range(round(width / side)):
            modules[round((top - y) / side)][column + step] = True
    return modules


def read(modules: list[list[bool]]) -> Code:
    """By ISO/IEC 18004, without its correction of errors: versions 2 to 5 at level L, one block of bytes."""
    size = len(modules)
    told = sum(modules[8][column] << (14 - place) for place, column in enumerate((0, 1, 2, 3, 4, 5, 7, 8)))
    told += sum(modules[row][8] << (6 - place) for place, row in enumerate((7, 5, 4, 3, 2, 1, 0)))
    level, mask = (told ^ _FORMAT_XOR) >> 13, (told ^ _FORMAT_XOR) >> 10 & 7
    if level != 1 or not 25 <= size <= 37:
        raise ValueError("not a small code at level L")
    bits = "".join(str(int(modules[row][column] ^ _MASKS[mask](row, column))) for row, column in _places(size))
    if int(bits[:4], 2) != 4:
        raise ValueError("not in bytes")
    length = int(bits[4:12], 2)
    data = bytes(int(bits[12 + 8 * place : 20 + 8 * place], 2) for place in range(length))
    return Code(data.decode(), mask)


def _places(size: int) -> list[tuple[int, int]]:
    """Rows and columns of the modules that hold data, in their order: up and down by pairs of columns."""
    places = []
    for number, right in enumerate(column if column > 6 else column - 1 for column in range(size - 1, 0, -2)):
        rows = range(size - 1, -1, -1) if number % 2 == 0 else range(size)
        places += [(row, column) for row in rows for column in (right, right - 1)]
    return [(row, column) for row, column in places if not _is_pattern(row, column, size)]


def _is_pattern(row: int, column: int, size: int) -> bool:
    """Whether the module belongs to a corner, to the timing or to the square that aligns."""
    corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    aligning = abs(row - (size - 7)) <= 2 and abs(column - (size - 7)) <= 2
    return corner or aligning or row == 6 or column == 6
