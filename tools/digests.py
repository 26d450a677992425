"""The digest by which a paper is known."""

import hashlib
import json
from collections.abc import Mapping


def canonical_digest(document: Mapping[str, object]) -> str:
    """SHA-256 (hex) of the document as JSON with sorted keys and no blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
