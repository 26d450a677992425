"""Files that are two files at once: a PDF that is also an archive, a page behind a picture.

Who looks at the first kind and stores it should not hand out the second.
"""

# The end of a PDF may be followed by line ends and, from some printers, zeros.
_END_OF_PDF = b"%%EOF"
_HARMLESS = b"\x00\t\n\x0c\r "
# A reader of archives looks for this from the end of the file, behind it at most a comment of 64 KB.
_ARCHIVE_END, _ARCHIVE_ENTRY, _ARCHIVE_REACH = b"PK\x05\x06", b"PK\x01\x02", 65_557
# A reader of PDF is content with a header within the first kilobyte.
_PDF_HEADER, _PDF_REACH = b"%PDF-", 1024
_FOREIGN = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"<script",
    b"<html",
    b"<svg",
    b"<?php",
    b"<!doctype",
)


def pdf_is_alone(data: bytes) -> bool:
    """Whether a PDF begins with the file, ends with it, and is no archive besides."""
    end = data.rfind(_END_OF_PDF)
    tail = data[end + len(_END_OF_PDF) :] if end >= 0 else b""
    return not tail.strip(_HARMLESS) and _opens_as_pdf(data) and not is_archive(data)


def picture_is_alone(data: bytes, end: int) -> bool:
    """Whether nothing foreign is in a picture that ends at `end`.

    Telephones append further pictures (depth, brightness) and a trailer of their own; neither is foreign.
    """
    tail = data[end:].strip(_HARMLESS)
    known = not tail or tail.startswith(b"\xff\xd8\xff") or tail.endswith(b"SEFT")
    lowered = tail.lower()
    return (
        known
        and not any(mark.lower() in lowered for mark in _FOREIGN)
        and _PDF_HEADER not in data[:_PDF_REACH]
        and not is_archive(data)
    )


def is_archive(data: bytes) -> bool:
    """Whether a reader of ZIP archives would find one, wherever it is hidden."""
    return _ARCHIVE_END in data[-_ARCHIVE_REACH:] and _ARCHIVE_ENTRY in data


def _opens_as_pdf(data: bytes) -> bool:
    """Header, comments, then a first object or table: other text there is meant for another reader."""
    for line in data[: 4 * _PDF_REACH].splitlines()[1:]:
        stripped = line.strip(_HARMLESS)
        if stripped and not stripped.startswith(b"%"):
            return stripped[:1].isdigit() or stripped.startswith(b"xref")
    return True
