"""What a PDF may have without being active: links, a page to open at, packed objects, a form of plain fields."""

import pytest

from tests.hostile_corpus import (
    CATALOG,
    FONT,
    PAGE,
    PAGES,
    TEXT,
    annotated,
    in_object_stream,
    one_page,
    pdf,
    stream,
    updated,
)
from tools.documents.active import names_in_bytes
from tools.documents.child import read_salary_slip

ACTIVE = ("active_content",)
HARMLESS = {
    "link": annotated(b"Link", b"/A << /S /URI /URI (https://www.example.com/) >>"),
    "link within": annotated(b"Link", b"/A << /S /GoTo /D [3 0 R /Fit] >>"),
    "opens at a page": one_page(catalog=b" /OpenAction [3 0 R /Fit]"),
    "opens at a place": one_page(catalog=b" /OpenAction << /S /GoTo /D [3 0 R /XYZ 0 0 1] >>"),
    "packed objects": in_object_stream(b"[3 0 R /Fit]", b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"),
    "an update": updated(b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>"),
    "a form": one_page(catalog=b" /AcroForm << /Fields [] >>"),
    "tags": one_page(b"<< /Type /StructElem /S /Figure >>", catalog=b" /MarkInfo << /Marked true >>"),
    "a resource called like an action": one_page(b"<< /Font << /JS1 5 0 R >> >>"),
    "words about scripts": one_page(catalog=b" /Lang (JavaScript, Launch and EmbeddedFile)"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_files_pass(name: str) -> None:
    edited = ("edited_file",) if name == "an update" else ()  # not active, but a person should look
    assert read_salary_slip(HARMLESS[name], kind="pdf").problems == ("no_net_pay", *edited)


@pytest.mark.parametrize(
    ("data", "telling"),
    [
        (b"/JavaScript", True),
        (b"/#4aava#53cript", True),
        (b"/J#61vaScript", True),
        (b"/#4A#61#76#61#53#63#72#69#70#74", True),
        (b"/Launch ", True),
        (b"/Launcher", False),
        (b"JavaScript", False),
        (b"/Java Script", False),
        (b"/#zz#4", False),
    ],
)
def test_names_in_the_bytes(data: bytes, telling: bool) -> None:
    assert names_in_bytes(data) is telling


def test_a_name_in_the_bytes_is_enough() -> None:
    """Where no table leads to it, another reader may still find it."""
    head = b"%PDF-1.7\n9 0 obj\n<< /S /JavaScript /JS (1) >>\nendobj\n"
    hidden = pdf(CATALOG, PAGES, PAGE, stream(TEXT), FONT, head=head)
    assert read_salary_slip(hidden, kind="pdf").problems == ACTIVE
