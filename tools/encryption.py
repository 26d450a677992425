"""At rest: AES-256-GCM under keys made from a secret.

What is sealed is a version byte, four bytes that tell which key, a nonce, then what AES-GCM makes of the data and of
the place it belongs to. Opened for another place, it is refused.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tools.derivation import derived

VERSION: Final = b"\x01"
_KEY_BYTES, _ID_BYTES, _NONCE_BYTES = 32, 4, 12
_HEAD: Final = len(VERSION) + _ID_BYTES + _NONCE_BYTES


class Damaged(Exception):
    """What is stored was not sealed here for this place, or was changed since."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key and the name it goes by; neither tells anything of the other."""

    name: bytes
    cipher: AESGCM = field(repr=False)

    @classmethod
    def of(cls, secret: bytes, purpose: str) -> "_Key":
        made = derived(secret, f"esoteric/{purpose}/1", _KEY_BYTES + _ID_BYTES)
        return cls(made[_KEY_BYTES:], AESGCM(made[:_KEY_BYTES]))


class FileSeal:
    """Seals with the newest secret; opens what any of them sealed. `place`: what it belongs to, ids in order."""

    def __init__(self, secrets: Sequence[bytes], purpose: str) -> None:
        """`secrets` newest first."""
        keys = [_Key.of(secret, purpose) for secret in secrets]
        self._newest = keys[0]
        self._keys = {key.name: key for key in reversed(keys)}

    @property
    def newest(self) -> str:
        """The name of the key that seals, 8 hex digits."""
        return self._newest.name.hex()

    def knows(self, name: str) -> bool:
        """Whether a key of that name is among ours."""
        return bytes.fromhex(name) in self._keys

    def seal(self, data: bytes, *place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        head = VERSION + self._newest.name + nonce
        return head + self._newest.cipher.encrypt(nonce, data, _bound(head, place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """Raises Damaged; also for a file whose key is no longer among the secrets."""
        head, rest = sealed[:_HEAD], sealed[_HEAD:]
        key = self._keys.get(head[len(VERSION) : len(VERSION) + _ID_BYTES])
        if not head.startswith(VERSION) or key is None:
            raise Damaged
        try:
            return key.cipher.decrypt(head[-_NONCE_BYTES:], rest, _bound(head, place))
        except (InvalidTag, ValueError):  # ValueError: cut so short that it holds no tag
            raise Damaged from None


def _bound(head: bytes, place: Sequence[str]) -> bytes:
    return b"\0".join((head, *(part.encode() for part in place)))
