"""A session in the log: always the same sixteen digits for one session, of no use to open it."""

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LABEL = b"esoteric session in logs"


def session_hash(secret: bytes) -> Callable[[str], str]:
    """A function of session ids under a key of its own, derived from `secret`."""
    key = HKDF(SHA256(), 32, salt=None, info=LABEL).derive(secret)

    @lru_cache(maxsize=1024)
    def hashed(session_id: str) -> str:
        return hmac.digest(key, session_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:16]

    return hashed
