"""A letter of one empty page with a key of its own: signing or checking it loads all that there is to load."""

from datetime import date
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from tools.signing.identity import passing_identity
from tools.signing.note import SignatureNote
from tools.signing.signer import sign


def a_signed_letter() -> tuple[bytes, str]:
    """The letter and the fingerprint of its signer."""
    page = BytesIO()
    writer: Any = PdfFileWriter(stream_xrefs=False)  # type: ignore[no-untyped-call]
    drawn = RawContent(b"", box=BoxConstraints(99, 99)).as_form_xobject()
    empty: Any = PageObject(contents=writer.add_object(drawn), media_box=(0, 0, 99, 99))  # type: ignore[no-untyped-call]
    writer.insert_page(empty)
    writer.write(page)
    identity = passing_identity()
    note = SignatureNote("SL-0", date(2026, 1, 1), date(2026, 1, 2), "AAAA-AAAA-AAAA-AAAA")
    return sign(page.getvalue(), identity, note), identity.fingerprint
