"""Pictures as cameras, scanners and telephones make them pass; `tests/hostile_corpus.py` has those that do not."""

import io
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.hostile_files import picture
from tools.documents.one_file import pdf_is_alone
from tools.documents.pictures import jpeg_problem, png_problem


def drawn(mode: str, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((90, 70), 60).convert(mode).save(buffer, format=form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("1", {}),
        ("L", {}),
        ("P", {}),
        ("RGB", {}),
        ("RGBA", {}),
        ("LA", {}),
        ("I;16", {}),
        ("RGB", {"dpi": (300, 300)}),
    ],
)
def test_png_of_every_kind(mode: str, options: dict[str, Any]) -> None:
    assert png_problem(drawn(mode, "PNG", **options)) is None


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("L", {}),
        ("RGB", {"quality": 95}),
        ("RGB", {"progressive": True, "quality": 30}),
        ("RGB", {"optimize": True, "subsampling": 0}),
        ("CMYK", {}),
        ("RGB", {"comment": b"from a telephone", "dpi": (300, 300)}),
        ("RGB", {"restart_marker_blocks": 2}),
        ("RGB", {"exif": b"Exif\x00\x00" + b"MM\x00*" + bytes(60)}),
    ],
)
def test_jpeg_of_every_kind(mode: str, options: dict[str, Any]) -> None:
    assert jpeg_problem(drawn(mode, "JPEG", **options)) is None


@pytest.mark.parametrize("tail", [b"\n", bytes(500), picture("jpeg"), b"trailer" + struct.pack("<I", 7) + b"SEFT"])
def test_what_telephones_append_is_no_second_file(tail: bytes) -> None:
    assert jpeg_problem(picture("jpeg") + tail) is None


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n\r\n", bytes(3)])
def test_how_a_pdf_may_end(tail: bytes) -> None:
    assert pdf_is_alone(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\nendobj\n%%EOF" + tail)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_look_at_a_picture(data: bytes) -> None:
    assert png_problem(b"\x89PNG\r\n\x1a\n" + data) in {"unreadable", "mixed", "too_many_pixels"}
    assert jpeg_problem(b"\xff\xd8\xff" + data) in {None, "unreadable", "mixed", "too_many_pixels"}


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_of_a_png_is_seen(at: int, value: int) -> None:
    data = bytearray(picture("png"))
    place = 8 + at % (len(data) - 8)
    changed = data[place] != value
    data[place] = value
    assert (png_problem(bytes(data)) is not None) == changed
