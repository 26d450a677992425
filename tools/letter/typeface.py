"""Fonts of the letters: Latin in Noto Sans, Devanagari in its sister, ₹ in both weights of both."""

import re
import threading
from functools import lru_cache
from importlib import resources
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from tools.letter.font import LetterFont
from tools.letter.scripts import has_devanagari, in_fonts

REGULAR = "Letter"
BOLD = "Letter-Bold"
DEVANAGARI = "Letter-Devanagari"
DEVANAGARI_BOLD = "Letter-Devanagari-Bold"
_FILES = {
    REGULAR: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    DEVANAGARI: "NotoSansDevanagari-Regular.ttf",
    DEVANAGARI_BOLD: "NotoSansDevanagari-Bold.ttf",
}

_MARKUP = re.compile("[<&]")

# reportlab keeps fonts in a table of the process; two letters may be set at once in two threads.
_registering = threading.Lock()


def register_fonts() -> None:
    """Make the packaged fonts known to reportlab; after the first time this does nothing."""
    with _registering:
        if DEVANAGARI_BOLD in pdfmetrics.getRegisteredFontNames():
            return
        folder = resources.files("tools.letter") / "fonts"
        for name, file in _FILES.items():
            pdfmetrics.registerFont(LetterFont(name, (folder / file).read_bytes()))
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)


class _Paragraph(Paragraph):  # type: ignore[misc]
    """Broken into lines once for a width: a table asks for that three times, and it is a quarter of a letter's work."""

    _width: float | None = None
    _size: tuple[float, float]

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        if self._width != availWidth:
            self._size, self._width = super().wrap(availWidth, availHeight), availWidth
        return self._size


class _Plain(_Paragraph):
    """A text in one face of a style without indents, looking as reportlab sets it, in fewer steps."""

    def breakLines(self, width: list[float]) -> Any:  # noqa: N802 - reportlab calls it by this name
        """Most texts fit on one line, which is seen sooner by the whole than word by word."""
        (piece,) = self.frags
        words = piece.text.split() if hasattr(piece, "text") else []
        name, size = piece.fontName, piece.fontSize
        room = width[0] - pdfmetrics.stringWidth(" ".join(words), name, size)
        if not words or room < 0:
            return super().breakLines(width)
        ascent, descent = pdfmetrics.getAscentDescent(name, size)
        return piece.clone(kind=0, lines=[(room, words)], ascent=ascent, descent=descent, fontSize=size)

    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:  # noqa: N802, N803 - likewise
        """Where it stands, in one state of the canvas; reportlab moves the page below it and keeps two."""
        laid, right = self.blPara, self.style.alignment == TA_RIGHT
        if laid.kind or any(room < 0 for room, _ in laid.lines):  # words closer together, or a split paragraph
            super().drawOn(canvas, x, y, _sW)
            return
        canvas.saveState()
        text = canvas.beginText(x, y + self.height - laid.fontSize)
        text.setFont(laid.fontName, laid.fontSize, self.style.leading)
        text.setFillColor(laid.textColor)
        for room, words in laid.lines:
            if right:
                text.setXPos(room)
            text.textLine(" ".join(words))
            if right:
                text.setXPos(-room)
        canvas.drawText(text)
        canvas.restoreState()


def paragraph(marked_up: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph of markup, shaped when it holds Devanagari, whose signs join."""
    if not has_devanagari(marked_up):
        if _MARKUP.search(marked_up) or not marked_up.strip():
            return _Paragraph(marked_up, style)
        return _Plain("", style, frags=[_piece(style).clone(text=marked_up)])
    bold = style.fontName == BOLD
    return _Paragraph(in_fonts(marked_up, DEVANAGARI, DEVANAGARI_BOLD, bold=bold), _shaped(style))


@lru_cache(maxsize=64)
def _piece(style: ParagraphStyle) -> Any:
    """What reportlab makes of a text in which there is nothing to parse, and parsing is a tenth of a letter's work."""
    (piece,) = Paragraph("text", style).frags
    return piece


@lru_cache(maxsize=64)
def _shaped(style: ParagraphStyle) -> ParagraphStyle:
    return ParagraphStyle(f"{style.name}-shaped", parent=style, shaping=1)
