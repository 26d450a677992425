"""Keyed hashes: references to personal values that tell nothing to whoever lacks the key."""

import hashlib
import hmac
from typing import NamedTuple


class Sealer(NamedTuple):
    """Seals by `key`; `previous` ones, newest first, only tell what was sealed by them."""

    key: bytes
    previous: tuple[bytes, ...] = ()

    def seal(self, purpose: str, value: str) -> str:
        """HMAC-SHA256, 32 hex digits; `purpose` keeps seals of equal values apart."""
        return _seal(self.key, purpose, value)

    def seals(self, purpose: str, value: str) -> tuple[str, ...]:
        """The seals of one value under every key, newest first."""
        return tuple(_seal(key, purpose, value) for key in (self.key, *self.previous))

    def matches(self, purpose: str, value: str, seal: str) -> bool:
        """Under any of the keys."""
        return any(hmac.compare_digest(made, seal) for made in self.seals(purpose, value))


def _seal(key: bytes, purpose: str, value: str) -> str:
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def refs_of_person(sealer: Sealer, pan: str | None, phone: str | None, email: str | None) -> list[str]:
    """Keyed hashes by which one person is known as customer and as officer; of what is known, under every key."""
    known = {"pan": pan, "phone": phone, "email": email}
    return [
        seal for name, value in known.items() if value for seal in sealer.seals(f"own {name}", value.strip().lower())
    ]
