"""Files that an upload may bring and that are no readable salary slip: scans, pictures, locked, scripted, bombs."""

import io
import zlib
from typing import Literal

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.samples import text_pdf


def scanned_pdf() -> bytes:
    """A page that is one picture and has no text, as a scanner makes it."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.drawInlineImage(Image.new("L", (200, 280), 230), 40, 40, 500, 700)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def picture(kind: Literal["png", "jpeg"]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), (240, 240, 235)).save(buffer, format=kind.upper())
    return buffer.getvalue()


def encrypted_pdf(password: str) -> bytes:
    return _rewritten(text_pdf(["Salary slip", "Net Pay: 50,000"]), password=password)


def scripted_pdf() -> bytes:
    """A slip that carries JavaScript."""
    return _rewritten(text_pdf(["Salary slip for November 2026", "Net Pay: 50,000"]), script="app.alert('hi')")


def bomb_pdf(megabytes: int) -> bytes:
    """A small file whose page unpacks to `megabytes` of blanks."""
    return _one_stream(b" " * (1 << 20), megabytes)


def busy_pdf() -> bytes:
    """A small file whose page is millions of drawing orders."""
    return _one_stream(b"0 0 m 1 1 l S q Q BT ET " * 40_000, 8)


def _one_stream(chunk: bytes, times: int) -> bytes:
    """A page whose content is a chunk many times over, packed."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(chunk) for _ in range(times)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    ]
    body = b"%PDF-1.5\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def _rewritten(data: bytes, *, password: str | None = None, script: str | None = None) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    if script is not None:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()
