"""The program that opens an uploaded file: the file on standard input, what it claims as JSON on standard output.

Runs as a process of its own (`python -m tools.documents.program KIND`), confined before it reads a byte, so that a
hostile file can at worst end this process. Any failure that has no code is an exit status other than 0.
"""

import importlib
import json
import sys
import zlib
from dataclasses import asdict, replace
from typing import Final

from tools.documents.confinement import confine
from tools.documents.kinds import WORDS, DocumentKind, sniff_kind
from tools.documents.pictures import jpeg_problem, png_problem
from tools.documents.slip import SlipReading

# Libraries that pypdf uses where they are installed: unpacking pictures and fonts, ciphers. None is wanted here.
UNWANTED: Final = ("PIL", "cryptography", "Crypto", "fontTools", "brotli")
WRITTEN_IN: Final = ("ascii", "charmap", "latin_1", "utf_8", "utf_16", "utf_16_be", "utf_16_le", "mac_roman", "cp1252")


def main() -> None:
    load()
    confine()
    data = sys.stdin.buffer.read()
    if sys.argv[1] == WORDS:
        json.dump(as_claims(_read_words(data)), sys.stdout)
        return
    kind = sniff_kind(data)
    if kind is None or kind != sys.argv[1]:
        raise ValueError
    json.dump(as_claims(read(data, kind)), sys.stdout)


def load() -> None:
    """Everything that reading needs, for nothing can be loaded later. pypdf loads parts of itself when first used."""
    for name in UNWANTED:
        sys.modules[name] = None  # type: ignore[assignment]  # an import then fails
    for name in WRITTEN_IN:
        importlib.import_module(f"encodings.{name}")
    _read_pdf(_first_pdf())
    _read_words(b"level\ttext\n")


def _first_pdf() -> bytes:
    """A PDF of one word, packed, in one of the fonts that every reader knows."""
    drawing = zlib.compress(b"BT /F1 12 Tf 40 40 Td (Slip) Tj ET")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", b""
    for number, part in enumerate(parts, 1):
        places += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 6\n0000000000 65535 f \n" + places
    return body + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def read(data: bytes, kind: DocumentKind) -> SlipReading:
    """What the file says; a picture says nothing that a program could read, so a person looks (`no_text`)."""
    if kind == "pdf":
        return _read_pdf(data)
    problem = png_problem(data) if kind == "png" else jpeg_problem(data)
    return SlipReading("", (problem or "no_text",), pages=1)


def _read_words(table: bytes) -> SlipReading:
    """A slip that was a picture. What was read counts only where its figures prove each other."""
    from tools.documents.ocr_lines import lines_of
    from tools.documents.salary_slip import read_slip_text

    reading = replace(read_slip_text(["\n".join(lines_of(table.decode()))]), text_mark="", pages=1)
    if reading.problems or reading.adds_up:
        return reading
    return replace(reading, problems=("not_legible",))


def _read_pdf(data: bytes) -> SlipReading:
    from tools.documents.pdf_text import read_pdf
    from tools.documents.salary_slip import read_slip_text

    found = read_pdf(data)
    if found.problem is not None:
        return SlipReading("", (found.problem,), pages=found.pages)
    reading = read_slip_text(found.texts)
    return replace(reading, pages=found.pages, problems=(*reading.problems, *found.doubts))


def as_claims(reading: SlipReading) -> dict[str, object]:
    """All but the digest, which the parent has from the file itself; money and days as text."""
    claims = asdict(reading)
    del claims["digest"]
    return {
        name: value if isinstance(value, int | str | tuple | None) else str(value) for name, value in claims.items()
    }


if __name__ == "__main__":
    main()
