"""The secret of the tests, and the keys that are made of it."""

from typing import Final

from server.store.vault import Vault

SECRET: Final = b"a key for tests alone, 32 bytes."


def vault(*secrets: bytes) -> Vault:
    """Of the tests' secret, or of these, newest first."""
    return Vault(secrets or [SECRET])
