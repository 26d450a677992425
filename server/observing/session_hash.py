"""A session in the log: always the same sixteen digits for one session, of no use to open it."""

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache

from tools.derivation import derived


def session_hash(secret: bytes) -> Callable[[str], str]:
    """A function of session ids under a key of its own, derived from `secret`."""
    key = derived(secret, "esoteric session in logs")

    @lru_cache(maxsize=1024)
    def hashed(session_id: str) -> str:
        return hmac.digest(key, session_id.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:16]

    return hashed
