"""Fonts of the letter and safe markup: Latin in Noto Sans, Devanagari in its sister, ₹ in both weights."""

import threading
import unicodedata
from functools import lru_cache
from importlib import resources
from io import BytesIO
from xml.sax.saxutils import escape  # it escapes and parses nothing  # nosec B406

from reportlab.lib.fonts import addMapping
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

REGULAR = "Letter"
BOLD = "Letter-Bold"
_DEVANAGARI = {REGULAR: "Letter-Devanagari", BOLD: "Letter-Devanagari-Bold"}
_FILES = {
    REGULAR: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    _DEVANAGARI[REGULAR]: "NotoSansDevanagari-Regular.ttf",
    _DEVANAGARI[BOLD]: "NotoSansDevanagari-Bold.ttf",
}
_JOINERS = "\u200c\u200d"  # they shape Devanagari; every other invisible sign is dropped

# reportlab keeps fonts in a table of the process; two letters may be set at once in two threads.
_registering = threading.Lock()


def register_fonts() -> None:
    """Make the packaged fonts known to reportlab; after the first time this does nothing."""
    with _registering:
        if BOLD in pdfmetrics.getRegisteredFontNames():
            return
        folder = resources.files("tools.letter") / "fonts"
        for name, file in _FILES.items():
            pdfmetrics.registerFont(TTFont(name, BytesIO((folder / file).read_bytes()), shapable=True))
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(REGULAR, bold, italic, BOLD if bold else REGULAR)


def clean(text: str) -> str:
    """One line in NFC without control, bidirectional and other invisible signs."""
    kept = "".join(
        sign if sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " "
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def markup(text: str, *, bold: bool = False) -> str:
    """Text of a customer as paragraph markup: nothing in it is read as a tag, each word has a font of its script.

    Blanks must surround it in the paragraph: reportlab cannot shape a word that is set in two fonts.
    """
    other = _DEVANAGARI[BOLD if bold else REGULAR]
    words = (
        f'<font name="{other}">{escape(word)}</font>' if any(map(_is_devanagari, word)) else escape(word)
        for word in clean(text).split(" ")
    )
    return f"<b>{' '.join(words)}</b>" if bold else " ".join(words)


class _Paragraph(Paragraph):  # type: ignore[misc]
    """Broken into lines once for a width: a table asks for that three times, and it is a quarter of a letter's work."""

    _width: float | None = None
    _size: tuple[float, float]

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        if self._width != availWidth:
            self._size, self._width = super().wrap(availWidth, availHeight), availWidth
        return self._size


def paragraph(marked_up: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph of markup, shaped when it holds Devanagari, whose signs join."""
    return _Paragraph(marked_up, _shaped(style) if any(map(_is_devanagari, marked_up)) else style)


@lru_cache(maxsize=64)
def _shaped(style: ParagraphStyle) -> ParagraphStyle:
    return ParagraphStyle(f"{style.name}-shaped", parent=style, shaping=1)


def _is_devanagari(sign: str) -> bool:
    return "\u0900" <= sign <= "\u097f" or sign in _JOINERS or "\ua8e0" <= sign <= "\ua8ff"
