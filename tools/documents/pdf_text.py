"""The program that opens an uploaded PDF: PDF on standard input, its text as JSON on standard output.

Runs as a process of its own, with limits on time and memory and without the service's environment, so that a hostile
file can at worst end this process. It is started by path and imports nothing of the service.

Output: `{"pages": int, "texts": [str], "producer": str, "problem": str | null}`. Any failure that has no code is an
exit status other than 0.
"""

import io
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader

CPU_SECONDS = 3
MEMORY_BYTES = 256 * 1024 * 1024
MAX_PAGES = 10
MAX_CHARACTERS = 100_000
# What makes a PDF do something or carry something has no place on a salary slip. Keys of the catalogue and its names.
ACTIVE_KEYS = ("/AA", "/AF")
ACTIVE_NAMES = ("/JavaScript", "/EmbeddedFiles")


def limit_this_process() -> None:
    """Set the limits for good; where the platform has none (Windows), the parent's clock is the only one."""
    try:
        import resource
    except ModuleNotFoundError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(data: bytes) -> dict[str, object]:
    """Text of every page in layout mode, which keeps columns apart."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        return refusal("encrypted")
    pages = len(reader.pages)
    if pages > MAX_PAGES:
        return refusal("too_many_pages", pages)
    if is_active(reader):
        return refusal("active_content", pages)
    texts: list[str] = []
    room = MAX_CHARACTERS
    for page in reader.pages:
        text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)[:room]
        room -= len(text)
        texts.append(text)
    producer = str(reader.metadata.get("/Producer") or "")[:100] if reader.metadata else ""
    return {"pages": pages, "texts": texts, "producer": producer, "problem": None}


def refusal(problem: str, pages: int = 0) -> dict[str, object]:
    return {"pages": pages, "texts": [], "producer": "", "problem": problem}


def is_active(reader: "PdfReader") -> bool:
    """Whether opening the file would run or unpack something. Opening at a page or a zoom is harmless."""
    from pypdf.generic import DictionaryObject

    def table(owner: DictionaryObject, key: str) -> DictionaryObject:
        value = owner.get(key, DictionaryObject()).get_object()
        return value if isinstance(value, DictionaryObject) else DictionaryObject()

    root = reader.root_object
    opening = table(root, "/OpenAction")
    return (
        any(key in root for key in ACTIVE_KEYS)
        or any(name in table(root, "/Names") for name in ACTIVE_NAMES)
        or "/XFA" in table(root, "/AcroForm")
        or opening.get("/S", "/GoTo") != "/GoTo"
        or any("/AA" in page for page in reader.pages)
    )


if __name__ == "__main__":
    limit_this_process()
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)
