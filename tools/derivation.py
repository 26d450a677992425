"""One secret, many keys: each purpose has a key of its own, which tells nothing of the others."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """HKDF-SHA256, `length` bytes. A purpose that is renamed makes unreadable what its key has sealed."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(secret)
