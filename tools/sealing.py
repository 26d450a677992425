"""Keyed hashes: references to personal values that tell nothing to whoever lacks the key."""

import hashlib
import hmac
from typing import NamedTuple


class Sealer(NamedTuple):
    key: bytes

    def seal(self, purpose: str, value: str) -> str:
        """HMAC-SHA256, 32 hex digits; `purpose` keeps seals of equal values apart."""
        return hmac.new(self.key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]

    def matches(self, purpose: str, value: str, seal: str) -> bool:
        return hmac.compare_digest(self.seal(purpose, value), seal)


def refs_of_person(sealer: Sealer, pan: str | None, phone: str | None, email: str | None) -> list[str]:
    """Keyed hashes by which one person is known as customer and as officer; of what is known."""
    known = {"pan": pan, "phone": phone, "email": email}
    return [sealer.seal(f"own {name}", value.strip().lower()) for name, value in known.items() if value]
