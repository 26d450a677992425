"""Pages: letterhead, running head, footer with page numbers."""

from collections.abc import Callable
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate

from tools.letter import Paper
from tools.letter.scripts import clean, has_devanagari, markup
from tools.letter.style import ACCENT, GOLD, LINE, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, SOFT, WIDTH
from tools.letter.typeface import BOLD, REGULAR, paragraph

_FOOT = 20 * mm
_FIRST_HEAD = 37 * mm
_NEXT_HEAD = 22 * mm
_SMALL = ParagraphStyle("page-small", fontName=REGULAR, fontSize=6.8, leading=9, textColor=SOFT)
_SMALLEST = ParagraphStyle("page-smallest", parent=_SMALL, fontSize=6.2)
_SMALL_STRONG = ParagraphStyle("page-small-strong", parent=_SMALL, fontName=BOLD)


def page_templates(content: Paper, running: str) -> list[PageTemplate]:
    """Letterhead on the first page, a slim running head on the others."""

    def frame(head: float) -> Frame:
        return Frame(
            MARGIN,
            _FOOT,
            WIDTH,
            PAGE_HEIGHT - head - _FOOT,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )

    def first(canvas: Canvas, _: BaseDocTemplate) -> None:
        _letterhead(canvas, content)

    def following(canvas: Canvas, _: BaseDocTemplate) -> None:
        _running_head(canvas, content, running)

    return [
        PageTemplate("first", [frame(_FIRST_HEAD)], onPage=first, autoNextPageTemplate="next"),
        PageTemplate("next", [frame(_NEXT_HEAD)], onPage=following),
    ]


def numbering_canvas(content: Paper) -> Callable[..., Canvas]:
    """A canvas that holds pages back until their number is known, then sets "Page 1 of 4" in the footer."""

    class NumberingCanvas(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab calls it by this name
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            held = self._held
            for number, page in enumerate(held, 1):
                self.__dict__.update(page)
                _footer(self, content, number, len(held))
                super().showPage()
            super().save()

    return NumberingCanvas


def _letterhead(canvas: Canvas, content: Paper) -> None:
    lender = content.lender
    top = PAGE_HEIGHT - 14 * mm
    _mark(canvas, MARGIN, top - 9.5 * mm, 9.5 * mm)
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 14)
    canvas.drawString(MARGIN + 13 * mm, top - 4.6 * mm, lender.name)
    _write(canvas, lender.descriptor[:1].upper() + lender.descriptor[1:], MARGIN + 13 * mm, top - 9 * mm, _SMALL)
    lines = [*lender.address, f"{lender.phone}  ·  {lender.email}", lender.website]
    for number, line in enumerate(lines):
        _write(canvas, line, PAGE_WIDTH - MARGIN, top - 2.4 * mm - number * 3.2 * mm, _SMALL, align=TA_RIGHT)
    y = PAGE_HEIGHT - 28.5 * mm
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(1.1)
    canvas.line(MARGIN, y, PAGE_WIDTH - MARGIN, y)
    canvas.setStrokeColor(GOLD)
    canvas.line(MARGIN, y, MARGIN + 22 * mm, y)
    registration = content.words.say("page.registration", registration=lender.registration_line, cin=lender.cin)
    _write(canvas, registration, MARGIN, y - 3.2 * mm, _SMALLEST)


def _running_head(canvas: Canvas, content: Paper, running: str) -> None:
    y = PAGE_HEIGHT - 14.5 * mm
    _mark(canvas, MARGIN, y - 0.9 * mm, 4.2 * mm)
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN + 6.2 * mm, y, content.lender.name)
    _write(canvas, running, PAGE_WIDTH - MARGIN, y, _SMALL, align=TA_RIGHT)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y - 2.6 * mm, PAGE_WIDTH - MARGIN, y - 2.6 * mm)


def _footer(canvas: Canvas, content: Paper, number: int, count: int) -> None:
    y = 12 * mm
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y + 3.6 * mm, PAGE_WIDTH - MARGIN, y + 3.6 * mm)
    words, code = content.words, content.verification_code
    left = words.say("page.code", code=code) if code else content.letter_number
    _write(canvas, left, MARGIN, y, _SMALL)
    _write(canvas, words.say("page.demonstration"), PAGE_WIDTH / 2 + 8 * mm, y, _SMALL_STRONG, align=TA_CENTER)
    _write(canvas, words.say("page.count", number=number, count=count), PAGE_WIDTH - MARGIN, y, _SMALL, align=TA_RIGHT)


def _write(canvas: Canvas, text: str, x: float, y: float, style: ParagraphStyle, *, align: int = TA_LEFT) -> None:
    """One line on the page itself; x is its left, middle or right."""
    if not has_devanagari(text):
        canvas.setFillColor(style.textColor)
        canvas.setFont(style.fontName, style.fontSize)
        draw = {TA_LEFT: canvas.drawString, TA_CENTER: canvas.drawCentredString, TA_RIGHT: canvas.drawRightString}
        draw[align](x, y, clean(text))
        return
    # Only a paragraph joins the signs of Devanagari.
    line = paragraph(markup(text), style)
    line.wrap(PAGE_WIDTH, PAGE_HEIGHT)
    width = max(line.getActualLineWidths0())
    left = {TA_LEFT: x, TA_CENTER: x - width / 2, TA_RIGHT: x - width}[align]
    line.drawOn(canvas, left, y - style.leading + style.fontSize)


def _mark(canvas: Canvas, x: float, y: float, size: float) -> None:
    """The lender's sign: an E of three rising bars on a rounded square."""
    canvas.setFillColor(ACCENT)
    canvas.roundRect(x, y, size, size, size * 0.2, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    bar, left = size * 0.11, x + size * 0.26
    for step, length in enumerate((0.30, 0.39, 0.48)):
        canvas.rect(left, y + size * (0.24 + 0.205 * step), size * length, bar, stroke=0, fill=1)
    canvas.setFillColor(GOLD)
    canvas.rect(left, y + size * 0.24, size * 0.09, size * 0.52, stroke=0, fill=1)


__all__ = ["NextPageTemplate", "numbering_canvas", "page_templates"]
