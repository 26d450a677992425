"""Signs that a PDF was worked on after the payroll program made it. They prove nothing: a person looks."""

import re
from datetime import datetime, timedelta

from pypdf import PdfReader

LATER = timedelta(hours=24)

_EDITOR = re.compile(
    r"photoshop|illustrator|indesign|gimp|inkscape|corel|canva|pixelmator|affinity|figma|paint(?!ed)|krita|sejda"
    r"|pdf\W?escape|pdf-?xchange|foxit\s*(?:phantom|pdf\s*editor)|nitro|master\s*pdf|pdf\W?element|wondershare"
    r"|pdf\W?filler|doc\W?hub|small\W?pdf|i\s?love\W?pdf|pdf\W?candy|libreoffice\s*draw|acrobat\s*(?:pro|editor)",
    re.IGNORECASE,
)
_END, _SIGNED, _LINEARIZED = b"%%EOF", b"/ByteRange", b"/Linearized"


def is_edited(reader: PdfReader, data: bytes) -> bool:
    """Whether an editor of pictures or PDFs is named, the file was changed a day after, or parts were added to it.

    A signature adds a part as well, and a file made for the web ends twice.
    """
    found = reader.metadata
    made_by = " ".join(str(found.get(key) or "")[:200] for key in ("/Producer", "/Creator")) if found else ""
    if _EDITOR.search(made_by):
        return True
    made, changed = (_day(found.get(key)) for key in ("/CreationDate", "/ModDate")) if found else (None, None)
    if made and changed and changed - made > LATER:
        return True
    ends = data.count(_END) - (_LINEARIZED in data[:1024])
    return ends > 1 and _SIGNED not in data


def _day(written: object) -> datetime | None:
    """A PDF's date, to the second, its zone left aside: D:20261128093000+05'30'."""
    parts = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", str(written or ""))
    try:
        return datetime(*(int(part) for part in parts.groups())) if parts else None  # type: ignore[arg-type]
    except ValueError:
        return None
