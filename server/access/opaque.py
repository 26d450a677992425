"""Opaque credentials: 256 random bits that are handed over once and kept as a hash."""

import hashlib
import re
import secrets

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def new_credential() -> tuple[str, bytes]:
    """A credential and its hash."""
    credential = secrets.token_urlsafe(32)
    return credential, _digest(credential)


def hash_of(credential: str) -> bytes | None:
    """What is stored and compared; None for what was never a credential."""
    return _digest(credential) if _FORM.fullmatch(credential) else None


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
