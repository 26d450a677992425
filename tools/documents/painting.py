"""What a page paints, in order: texts with their place and colour, and the areas that lie under or over them.

A walk through the page's drawing orders that keeps just enough of the graphics state to tell what can be seen. Forms
are drawn in place, so that their text is the page's. Runs in the child alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, DictionaryObject, FloatObject, NameObject

from tools.documents.geometry import (
    UPRIGHT,
    Box,
    Matrix,
    Point,
    box_around,
    common,
    inside,
    is_rectangle,
    multiplied,
    placed,
)

Operation = tuple[Any, bytes]

MOST_OPERATIONS = 200_000
_DEEPEST_FORM = 4
_FILLS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_ENDS_PATH = _FILLS | {b"n", b"S", b"s"}
_UNSEEN_MODES = frozenset({3, 7})


@dataclass(frozen=True, slots=True)
class Text:
    """A text shown by the operation `at`: its origin, its height on the page, its direction, and how it is painted."""

    at: int
    x: float
    y: float
    height: float
    right: Point
    letters: int
    lightness: float | None
    unseen: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A filled rectangle or a picture (`lightness` None), painted by the operation `at`."""

    at: int
    box: Box
    lightness: float | None
    picture: bool


@dataclass(frozen=True, slots=True)
class _State:
    ctm: Matrix = UPRIGHT
    lightness: float | None = 0.0
    alpha: float = 1.0
    mode: int = 0
    size: float = 0.0
    leading: float = 0.0
    clip: Box | None = None


@dataclass(slots=True)
class Painting:
    """Texts and areas of a page, with all operations they come from."""

    operations: list[Operation]
    texts: list[Text] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)


def painting_of(page: PageObject) -> Painting:
    """Raises ValueError for a page of more operations than any slip needs."""
    walk = _Walk(page)
    for number, (operands, operator) in enumerate(walk.painting.operations):
        walk.step(number, operands, operator)
    return walk.painting


class _Walk:
    def __init__(self, page: PageObject) -> None:
        self._resources = _dictionary(page.get("/Resources"))
        self._stack: list[_State] = []
        self._state = _State()
        self._text: Matrix = UPRIGHT
        self._line: Matrix = UPRIGHT
        self._points: list[Point] = []
        self._clips = False
        self._layers: list[bool] = []
        contents = page.get_contents()
        found = list(_opened(_parsed(contents, page), self._resources, page)) if contents is not None else []
        self.painting = Painting(found)

    def step(self, at: int, operands: Any, operator: bytes) -> None:
        state = self._state
        match operator:
            case b"q":
                self._stack.append(state)
            case b"Q":
                self._state = self._stack.pop() if self._stack else state
            case b"cm":
                self._state = replace(state, ctm=multiplied(_matrix(operands), state.ctm))
            case b"g" | b"rg" | b"k" | b"sc" | b"scn":
                self._state = replace(state, lightness=_lightness(operands))
            case b"cs":
                self._state = replace(state, lightness=0.0)
            case b"gs":
                self._state = replace(state, alpha=self._alpha(operands))
            case b"BMC" | b"BDC":
                self._layers.append(bool(operands) and operands[0] == "/OC")
            case b"EMC":
                self._layers = self._layers[:-1]
            case b"Do":
                self._picture(at, operands)
            case b"re" | b"m" | b"l" | b"c" | b"v" | b"y" | b"W" | b"W*":
                self._path(operands, operator)
            case _ if operator in _ENDS_PATH:
                self._end_path(at, fills=operator in _FILLS)
            case _:
                self._write(at, operands, operator)

    def _write(self, at: int, operands: Any, operator: bytes) -> None:
        numbers = [float(value) for value in operands if isinstance(value, int | float)]
        match operator:
            case b"BT":
                self._text = self._line = UPRIGHT
            case b"Tf" if numbers:
                self._state = replace(self._state, size=numbers[-1])
            case b"Tr" if numbers:
                self._state = replace(self._state, mode=int(numbers[0]))
            case b"TL" if numbers:
                self._state = replace(self._state, leading=numbers[0])
            case b"Tm" if len(numbers) == 6:
                self._text = self._line = _matrix(numbers)
            case b"Td" | b"TD" if len(numbers) == 2:
                if operator == b"TD":
                    self._state = replace(self._state, leading=-numbers[1])
                self._move(numbers[0], numbers[1])
            case b"T*":
                self._move(0, -self._state.leading)
            case b"Tj" | b"TJ":
                self._show(at, operands[0] if operands else b"")
            case b"'" | b'"':
                self._move(0, -self._state.leading)
                self._show(at, operands[-1] if operands else b"")

    def _move(self, x: float, y: float) -> None:
        self._text = self._line = multiplied((1, 0, 0, 1, x, y), self._line)

    def _show(self, at: int, shown: Any) -> None:
        parts = shown if isinstance(shown, list) else [shown]
        letters = sum(len(part.strip()) for part in parts if isinstance(part, bytes | str))
        state = self._state
        a, b, c, d, x, y = multiplied(self._text, state.ctm)
        height = state.size * (c * c + d * d) ** 0.5
        outside = state.clip is not None and not inside(state.clip, x, y, slack=max(2.0, height))
        self.painting.texts.append(
            Text(
                at=at,
                x=x,
                y=y,
                height=abs(height),
                right=(a, b),
                letters=letters,
                lightness=state.lightness,
                unseen=state.mode in _UNSEEN_MODES or state.alpha < 0.1 or outside or any(self._layers),
            )
        )
        # Close enough to tell what lies over the next piece of the line.
        self._text = multiplied((1, 0, 0, 1, 0.5 * state.size * letters, 0), self._text)

    def _path(self, operands: Any, operator: bytes) -> None:
        if operator in {b"W", b"W*"}:
            self._clips = True
            return
        numbers = [float(value) for value in operands if isinstance(value, int | float)]
        if operator == b"re" and len(numbers) == 4:
            x, y, width, height = numbers
            corners = [(x, y), (x + width, y), (x, y + height), (x + width, y + height)]
        else:
            corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        self._points += [placed(self._state.ctm, x, y) for x, y in corners]

    def _end_path(self, at: int, *, fills: bool) -> None:
        if self._points:
            box = box_around(self._points)
            if fills and self._state.alpha > 0.5 and is_rectangle(self._points, box):
                self.painting.areas.append(Area(at, box, self._state.lightness, picture=False))
            if self._clips:
                self._state = replace(self._state, clip=common(self._state.clip, box))
        self._points, self._clips = [], False

    def _picture(self, at: int, operands: Any) -> None:
        drawn = _dictionary(_dictionary(self._resources.get("/XObject")).get(operands[0] if operands else ""))
        if drawn.get("/Subtype") == "/Image" and not {"/SMask", "/Mask", "/ImageMask"} & drawn.keys():
            corners = [placed(self._state.ctm, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            self.painting.areas.append(Area(at, box_around(corners), None, picture=True))

    def _alpha(self, operands: Any) -> float:
        named = _dictionary(_dictionary(self._resources.get("/ExtGState")).get(operands[0] if operands else ""))
        alpha = named.get("/ca", self._state.alpha)
        return float(alpha) if isinstance(alpha, int | float) else 1.0


def _parsed(contents: Any, page: PageObject) -> list[Operation]:
    found = ContentStream(contents, page.pdf, "bytes").operations
    if len(found) > MOST_OPERATIONS:
        raise ValueError("too many drawing orders")
    return found


def _opened(
    operations: list[Operation], resources: DictionaryObject, page: PageObject, depth: int = 0
) -> Iterator[Operation]:
    """The operations with those of each form in place of its name, its fonts and pictures named apart."""
    for number, (operands, operator) in enumerate(operations):
        form = _form(operands, resources) if operator == b"Do" and depth < _DEEPEST_FORM else None
        if form is None:
            yield operands, operator
            continue
        apart = f"F{depth}x{number}"
        own = _dictionary(form.get("/Resources"))
        for kind in ("/Font", "/XObject", "/ExtGState"):
            _adopt(resources, own, kind, apart)
        yield [], b"q"
        yield [FloatObject(value) for value in form.get("/Matrix", UPRIGHT)], b"cm"
        inner = [(_renamed(names, order, apart), order) for names, order in _parsed(form, page)]
        yield from _opened(inner, resources, page, depth + 1)
        yield [], b"Q"


def _form(operands: Any, resources: DictionaryObject) -> Any:
    drawn = _dictionary(resources.get("/XObject")).get(operands[0] if operands else "")
    drawn = drawn.get_object() if drawn is not None else None
    return drawn if isinstance(drawn, DictionaryObject) and drawn.get("/Subtype") == "/Form" else None


def _adopt(resources: DictionaryObject, own: DictionaryObject, kind: str, apart: str) -> None:
    names = _dictionary(own.get(kind))
    if names:
        held = DictionaryObject(_dictionary(resources.get(kind)))
        held.update({NameObject(f"/{apart}{name[1:]}"): names.raw_get(name) for name in names})
        resources[NameObject(kind)] = held


def _renamed(operands: Any, operator: bytes, apart: str) -> Any:
    if operator in {b"Tf", b"Do", b"gs"} and operands:
        return [NameObject(f"/{apart}{str(operands[0])[1:]}"), *operands[1:]]
    return operands


def _dictionary(found: Any) -> DictionaryObject:
    opened = found.get_object() if hasattr(found, "get_object") else found
    return opened if isinstance(opened, DictionaryObject) else DictionaryObject()


def _matrix(operands: Any) -> Matrix:
    numbers = [float(value) for value in operands if isinstance(value, int | float)]
    return (*numbers,) if len(numbers) == 6 else UPRIGHT  # type: ignore[return-value]  # the six are counted


def _lightness(operands: Any) -> float | None:
    """0 black to 1 white; None for a pattern, which nobody can judge without drawing it."""
    parts = [float(value) for value in operands if isinstance(value, int | float)]
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 3:
        return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]
    if len(parts) == 4:
        cyan, magenta, yellow, black = parts
        return (1 - black) * (1 - (0.299 * cyan + 0.587 * magenta + 0.114 * yellow))
    return None
