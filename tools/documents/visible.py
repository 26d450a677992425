"""The text of a page that a person looking at it would read, and how much other text there is.

Left out is what is written without ink, in the colour of its ground, too small, beside the page, or under something
that was painted over it: text a machine would read and nobody sees. Runs in the child alone.
"""

from collections import Counter
from dataclasses import dataclass
from math import atan2, cos, pi, sin

from pypdf import PageObject
from pypdf.generic import ContentStream, FloatObject, NameObject

from tools.documents.painting import Area, Operation, Painting, Text, painting_of

SMALLEST = 2.0  # points
LEAST_CONTRAST = 0.1
_NEXT_LINE = (b"'", b'"')


@dataclass(frozen=True, slots=True)
class Seen:
    """Text in layout mode, which keeps columns apart; letters that nobody sees; whether one picture fills the page."""

    text: str
    hidden_letters: int
    is_picture: bool


def read_page(page: PageObject) -> Seen:
    """Text upright whichever way it is turned. Raises whatever a broken page makes its reader raise."""
    painting = painting_of(page)
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    left, low = float(page.cropbox.left), float(page.cropbox.bottom)
    right, high = float(page.cropbox.right), float(page.cropbox.top)
    hidden = {
        text.at: text.letters
        for text in painting.texts
        if text.letters
        and (not (left - 1 <= text.x <= right + 1 and low - 1 <= text.y <= high + 1) or _cannot_be_seen(text, painting))
    }
    turned = ContentStream(None, page.pdf, "bytes")
    turned.operations = _upright(_without(painting.operations, hidden.keys()), _direction(painting.texts, hidden))
    page[NameObject("/Contents")] = turned
    text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
    fills = any(area.picture and _size(area) > 0.6 * width * height for area in painting.areas)
    return Seen(text, sum(hidden.values()), fills)


def _cannot_be_seen(text: Text, painting: Painting) -> bool:
    if text.unseen or text.height < SMALLEST:
        return True
    x, y = text.x + 0.2 * text.height * _sign(text.right[0]), text.y + 0.3 * text.height
    here = [area for area in painting.areas if area.box[0] <= x <= area.box[2] and area.box[1] <= y <= area.box[3]]
    if any(area.at > text.at for area in here):
        return True
    ground = here[-1].lightness if here else 1.0
    if text.lightness is None or ground is None:
        return False
    return abs(text.lightness - ground) < LEAST_CONTRAST


def _direction(texts: list[Text], hidden: dict[int, int]) -> int:
    """Quarter turns anticlockwise that most of the letters to be seen are written in."""
    turns: Counter[int] = Counter()
    for text in texts:
        if text.at not in hidden and text.right != (0, 0):
            turns[round(atan2(text.right[1], text.right[0]) / (pi / 2)) % 4] += text.letters
    return turns.most_common(1)[0][0] if turns else 0


def _without(operations: list[Operation], hidden: object) -> list[Operation]:
    kept: list[Operation] = []
    for at, (operands, operator) in enumerate(operations):
        if at not in hidden:  # type: ignore[operator]  # a view of keys
            kept.append((operands, operator))
        elif operator in _NEXT_LINE:
            kept.append(([], b"T*"))
    return kept


def _upright(operations: list[Operation], turns: int) -> list[Operation]:
    """The operations turned back, in a group of their own: the reader heeds a transformation only inside one."""
    angle = -turns * pi / 2
    turn = [FloatObject(round(value, 6)) for value in (cos(angle), sin(angle), -sin(angle), cos(angle), 0, 0)]
    return [([], b"q"), (turn, b"cm"), *operations, ([], b"Q")]


def _size(area: Area) -> float:
    return (area.box[2] - area.box[0]) * (area.box[3] - area.box[1])


def _sign(value: float) -> int:
    return -1 if value < 0 else 1
