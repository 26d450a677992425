"""The text of a PDF by page, as a person would see it. Runs in the child alone: see `confinement`."""

import io
from dataclasses import dataclass

from pypdf import PdfReader

from tools.documents.active import is_active
from tools.documents.edited import is_edited
from tools.documents.one_file import pdf_is_alone
from tools.documents.plain import plain
from tools.documents.slip import Problem
from tools.documents.visible import read_page

MAX_PAGES = 10
MAX_CHARACTERS = 100_000
# Fewer hidden letters than this are a printer's mark, not a message.
HIDDEN_LETTERS = 4


@dataclass(frozen=True, slots=True)
class PdfText:
    """Text by page, or the problem for which the file was refused; what a person should look at all the same.

    `is_scan`: it is one page, and that is a picture.
    """

    texts: tuple[str, ...] = ()
    pages: int = 0
    problem: Problem | None = None
    doubts: tuple[Problem, ...] = ()
    is_scan: bool = False


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
    edited = is_edited(reader, data)
    texts: list[str] = []
    room, hidden, pictures = MAX_CHARACTERS, 0, 0
    for page in reader.pages:
        seen = read_page(page)
        text = seen.text[:room]
        room -= len(text)
        hidden += seen.hidden_letters
        pictures += seen.is_picture
        texts.append(plain(text))
    is_scan = pages == 1 and pictures == 1
    doubts: list[Problem] = []
    if hidden >= HIDDEN_LETTERS and not is_scan:  # scanners put what they read, unseen, over the picture
        doubts.append("hidden_text")
    if edited:
        doubts.append("edited_file")
    return PdfText(tuple(texts), pages, doubts=tuple(doubts), is_scan=is_scan)
