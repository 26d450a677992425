"""The code printed on a letter: unguessable, and the same for the same letter."""

import base64
import hashlib
import re

from tools.sealing import Sealer

CODE_BYTES = 10  # 80 bits: sixteen letters and digits
_CODE = re.compile(r"[A-Z2-7]{16}")
# Base 32 has none of these digits, so whoever types one means the letter that looks like it.
_MEANT = str.maketrans({"0": "O", "1": "I", "8": "B"})


def verification_code(sealer: Sealer, content_digest: str) -> str:
    """Sixteen characters of base 32 in groups of four; without the house's key nobody can tell it from the letter."""
    sealed = bytes.fromhex(sealer.seal("letter verification code", content_digest))
    code = base64.b32encode(sealed[:CODE_BYTES]).decode("ascii")
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_hash(code: str) -> str | None:
    """SHA-256 (hex) of a code as somebody typed it, None for what is no code. Stored in place of the code."""
    typed = re.sub(r"[\s-]", "", code).upper().translate(_MEANT)
    if not _CODE.fullmatch(typed):
        return None
    return hashlib.sha256(f"letter code\0{typed}".encode()).hexdigest()
