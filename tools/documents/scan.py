"""The picture that a scanned PDF of one page is. Runs in the child alone."""

import io

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from tools.documents.active import is_active
from tools.documents.one_file import pdf_is_alone

# Compressions that are opened here; others need programs or tables of their own.
_OPENED = frozenset({"/DCTDecode", "/FlateDecode", "/CCITTFaxDecode", "/RunLengthDecode", "/ASCII85Decode"})
_MOST_PICTURES = 3


def picture_of_scan(data: bytes) -> Image.Image:
    """Raises ValueError where the file is not one page with one large picture, and whatever a broken one raises."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted or len(reader.pages) != 1 or is_active(reader, data) or not pdf_is_alone(data):
        raise ValueError
    page = reader.pages[0]
    resources = page.get("/Resources", DictionaryObject()).get_object()
    drawn = resources.get("/XObject", DictionaryObject()).get_object()
    large = [name for name in drawn if drawn[name].get("/Subtype") == "/Image" and min(_size(drawn[name])) >= 600]
    if len(large) != 1 or len(drawn) > _MOST_PICTURES or not _is_opened(drawn[large[0]]):
        raise ValueError
    found = page.images[large[0]].image
    if found is None:
        raise ValueError
    turned: Image.Image = found.rotate(-(page.rotation % 360), expand=True)
    return turned


def _size(picture: DictionaryObject) -> tuple[int, int]:
    return int(picture.get("/Width", 0)), int(picture.get("/Height", 0))


def _is_opened(picture: DictionaryObject) -> bool:
    packed = picture.get("/Filter", [])
    return set(packed if isinstance(packed, list) else [packed]) <= _OPENED
