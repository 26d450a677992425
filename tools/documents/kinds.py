"""What a file is, judged by its first bytes and never by its name."""

from typing import Final, Literal

DocumentKind = Literal["pdf", "png", "jpeg"]
WORDS: Final = "words"  # given to a reader in place of a kind: the table of words that an OCR engine found

_SIGNATURES: tuple[tuple[bytes, DocumentKind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)


def sniff_kind(data: bytes) -> DocumentKind | None:
    """Kind of document, or None. The signature must come first: a PDF behind other bytes may be two files in one."""
    return next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), None)
