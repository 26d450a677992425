"""A PDF's text, for tests that read letters."""

from io import BytesIO

from pypdf import PdfReader


def words(pdf: bytes) -> str:
    """All pages, blanks and line ends as single blanks."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
