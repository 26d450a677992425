"""Laws of reading uploaded bytes: a damaged picture is never taken for whole, and a PDF says no more than claims."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf.errors import PyPdfError
from reportlab.pdfgen.canvas import Canvas

from tests.fuzz.law import few, law
from tools.documents.kinds import DocumentKind
from tools.documents.program import as_claims, read

MOST_OF_AN_ANSWER = 500_000
Change = tuple[float, int]
changes = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=6)
cuts = st.floats(0, 1, exclude_max=True)


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot((48, 40), (-2, -1.5, 1, 1.5), 30).save(out, kind)
    return out.getvalue()


def slip() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number, line in enumerate(("Salary slip for November 2026", "Employee Name: Asha Rao", "Net Pay 54,200")):
        canvas.drawString(72, 700 - 20 * number, line)
    canvas.save()
    return out.getvalue()


def changed(data: bytes, at: list[Change]) -> bytes:
    made = bytearray(data)
    for place, value in at:
        made[int(place * len(made))] ^= value
    return bytes(made)


PICTURES: dict[DocumentKind, bytes] = {"png": picture("PNG"), "jpeg": picture("JPEG")}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_whole_picture_has_no_text_and_nothing_else(kind: DocumentKind) -> None:
    assert read(PICTURES[kind], kind).problems == ("no_text",)


@law
@given(st.sampled_from(sorted(PICTURES)), cuts)
def test_a_picture_cut_short_is_no_picture(kind: DocumentKind, cut: float) -> None:
    data = PICTURES[kind]
    assert read(data[: int(cut * len(data))], kind).problems != ("no_text",)


@law
@given(st.sampled_from(sorted(PICTURES)), changes, st.binary(max_size=40))
def test_any_picture_is_answered_with_one_problem(kind: DocumentKind, at: list[Change], tail: bytes) -> None:
    (problem,) = read(changed(PICTURES[kind], at) + tail, kind).problems
    foreign = tail.strip(b"\0\t\n\x0b\x0c\r ")  # and telephones append more of themselves
    if kind == "png" and foreign and not foreign.startswith(b"\xff\xd8\xff") and not foreign.endswith(b"SEFT"):
        assert problem != "no_text"


@few
@given(changes, cuts | st.none())
def test_a_damaged_pdf_breaks_or_makes_claims(at: list[Change], cut: float | None) -> None:
    data = changed(slip(), at)
    claims = claims_of(data if cut is None else data[: int(cut * len(data))])
    if claims is not None:
        assert len(json.dumps(claims)) < MOST_OF_AN_ANSWER
        assert claims["pages"] in range(0, 11) or "too_many_pages" in str(claims["problems"])


def claims_of(data: bytes) -> dict[str, object] | None:
    """None where the reader of PDFs gave up, which in the child is the file's end."""
    try:
        return as_claims(read(data, "pdf"))
    except (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, RuntimeError):
        return None
