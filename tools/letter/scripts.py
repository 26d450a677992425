"""Text as paragraph markup: nothing in it is obeyed, bold where the wording asks for it, each word in one script."""

import re
import unicodedata
from collections.abc import Iterator
from xml.sax.saxutils import escape  # it escapes and parses nothing  # nosec B406

_JOINERS = "\u200c\u200d"  # they shape Devanagari; every other invisible sign is dropped
_DEVANAGARI = r"\u0900-\u097f\u1cd0-\u1cf6\ua8e0-\ua8ff\u200c\u200d"
_SHARED = r"\s0-9!-#%'-?\[-_{-~\u00a0\u2010-\u2026\u20b9"  # signs that the Devanagari fonts have as well
_IS_DEVANAGARI = re.compile(f"[{_DEVANAGARI}]")
_BORDER = re.compile(
    rf"(?<=[{_DEVANAGARI}])(?=[^{_SHARED}{_DEVANAGARI}])|(?<=[^{_SHARED}{_DEVANAGARI}])(?=[{_DEVANAGARI}])"
)
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_PIECE = re.compile(r"<[^>]*>|[^<\s]+|\s+")


def clean(text: str) -> str:
    """One line in NFC without control, bidirectional and other invisible signs."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(
        sign if sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " "
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def markup(text: str) -> str:
    """Text of a customer: no sign in it is read as a tag or as bold."""
    kept = clean(text)
    # A word cannot be joined from two fonts, so a blank goes where the script changes within one.
    return escape(_BORDER.sub(" ", kept) if has_devanagari(kept) else kept)


def rich(text: str) -> str:
    """A text of our own wording, with the figures in it: what stands between two asterisks becomes bold."""
    return _BOLD.sub(r"<b>\1</b>", markup(text))


def has_devanagari(text: str) -> bool:
    return _IS_DEVANAGARI.search(text) is not None


def in_fonts(marked_up: str, regular: str, bold_face: str, *, bold: bool) -> str:
    """The markup with its Devanagari words in their own faces; `bold` says that the style itself is."""
    return "".join(_in_fonts(marked_up, regular, bold_face, bold=bold))


def _in_fonts(marked_up: str, regular: str, bold_face: str, *, bold: bool) -> Iterator[str]:
    inside, strong = False, bold
    for piece in _PIECE.findall(marked_up):
        devanagari = not piece.startswith("<") and (_IS_DEVANAGARI.search(piece) or (inside and piece.isspace()))
        if inside and not devanagari:
            yield "</font>"
        elif devanagari and not inside:
            yield f'<font name="{bold_face if strong else regular}">'
        inside = bool(devanagari)
        if piece in {"<b>", "</b>"}:
            strong = bold or piece == "<b>"
        yield piece
    if inside:
        yield "</font>"
