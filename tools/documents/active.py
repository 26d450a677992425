"""PDFs that do something or carry something. A salary slip has no place for either.

Two looks, since readers of PDF disagree about what belongs to a file: at every object that the reader finds, packed or
not, and at the bytes themselves, where an object that this reader overlooks would stand.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

if TYPE_CHECKING:
    from pypdf import PdfReader

_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/AF", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"})
_NAMES = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/RichMedia",
        "/RichMediaExecute",
        "/Screen",
        "/3D",
        "/FileAttachment",
        "/EmbeddedFile",
    }
)
_SAYS_WHAT_IT_IS = ("/S", "/Subtype", "/Type")
# Names long enough not to occur by chance in five megabytes of packed pictures.
_IN_BYTES = re.compile(rb"/(?:JavaScript|EmbeddedFile|SubmitForm|ImportData|RichMedia|FileAttachment|Launch\b)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def is_active(reader: "PdfReader", data: bytes) -> bool:
    """Whether opening the file would run, send or unpack something. Opening at a page or a zoom is harmless."""
    return names_in_bytes(data) or any(_acts(part) for part in _parts(reader))


def names_in_bytes(data: bytes) -> bool:
    """Whether a telling name stands in the bytes, its letters escaped (`/J#61vaScript`) or not."""
    return _IN_BYTES.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)) is not None


def _acts(part: DictionaryObject) -> bool:
    if any(part.raw_get(key) for key in _KEYS & part.keys()):
        return True
    if "/OpenAction" in part:
        opening = part["/OpenAction"]
        if isinstance(opening, DictionaryObject) and opening.get("/S", "/GoTo") != "/GoTo":
            return True
    named = (part.raw_get(key) for key in _SAYS_WHAT_IT_IS if key in part)
    return any((value.get_object() if isinstance(value, IndirectObject) else value) in _NAMES for value in named)


def _parts(reader: "PdfReader") -> Iterator[DictionaryObject]:
    """Every dictionary of the file, nested ones too, without following references: those are objects themselves."""
    for whole in chain([reader.trailer], _objects(reader)):
        waiting: list[object] = [whole]
        while waiting:
            found = waiting.pop()
            if isinstance(found, DictionaryObject):
                yield found
                waiting.extend(found.raw_get(key) for key in found)
            elif isinstance(found, ArrayObject):
                waiting.extend(list.__iter__(found))


def _objects(reader: "PdfReader") -> Iterator[object]:
    packed = [(number, 0) for number in reader.xref_objStm]
    plain = [(number, generation) for generation, table in reader.xref.items() for number in table]
    for number, generation in plain:
        try:
            yield reader.get_object(IndirectObject(number, generation, reader))
        except PyPdfError:  # a stale entry of the table; `names_in_bytes` has seen what stands there
            continue
    for number, generation in packed:
        yield reader.get_object(IndirectObject(number, generation, reader))
