"""What is left of a slip's text without its holder: equal for a template filled in for two people."""

import hashlib
import re
from collections.abc import Sequence

from tools.documents.amounts import amounts_in

# A slip with fewer figures, or hardly any text, may well be equal to somebody else's by chance.
FEWEST_AMOUNTS = 5
FEWEST_LETTERS = 80

_PAN = re.compile(r"(?<![a-z0-9])[a-z]{5}[0-9]{4}[a-z](?![a-z0-9])")


def text_mark(lines: Sequence[str], holder: str | None) -> str:
    """SHA-256 of the text without the holder's name and PAN, blanks and signs aside; "" when too little is left."""
    if not holder or sum(len(amounts_in(line)) for line in lines) < FEWEST_AMOUNTS:
        return ""
    text = _PAN.sub("", "\n".join(lines).lower().replace(holder.lower(), ""))
    bare = "".join(sign for sign in text if sign.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest() if len(bare) >= FEWEST_LETTERS else ""
