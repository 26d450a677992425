"""The text of a PDF by page. Runs in the child alone: see `confinement`."""

import io
from dataclasses import dataclass

from pypdf import PdfReader

from tools.documents.active import is_active
from tools.documents.one_file import pdf_is_alone
from tools.documents.slip import Problem

MAX_PAGES = 10
MAX_CHARACTERS = 100_000
_JOINERS = "\u200c\u200d"  # they shape Devanagari; other invisible characters have no business on a slip


@dataclass(frozen=True, slots=True)
class PdfText:
    """Text by page, or a problem when the file was refused."""

    texts: tuple[str, ...] = ()
    pages: int = 0
    producer: str = ""
    problem: Problem | None = None


def read_pdf(data: bytes) -> PdfText:
    """Text in layout mode, which keeps columns apart. Raises whatever a broken file makes its reader raise."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        return PdfText(problem="encrypted")
    pages = len(reader.pages)
    if pages > MAX_PAGES:
        return PdfText(problem="too_many_pages", pages=pages)
    if is_active(reader, data):
        return PdfText(problem="active_content", pages=pages)
    if not pdf_is_alone(data):
        return PdfText(problem="mixed", pages=pages)
    texts: list[str] = []
    room = MAX_CHARACTERS
    for page in reader.pages:
        text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)[:room]
        room -= len(text)
        texts.append(_visible(text))
    producer = _visible(str(reader.metadata.get("/Producer") or "")[:100]) if reader.metadata else ""
    return PdfText(tuple(texts), pages, producer)


def _visible(text: str) -> str:
    """The text with a blank for whatever is no letter, sign or line end, columns unchanged."""
    return "".join(sign if sign.isprintable() or sign in _JOINERS or sign == "\n" else " " for sign in text)
