"""The keys that sign access tokens: ours, derived from SECRET_KEY, and partners' public ones from a file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from server.access.principal import Scope
from tools.derivation import derived

ISSUER = "esoteric"
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]


class KeysError(ValueError):
    """The file of partners' keys cannot be used; the message is one line without its content."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key and the one algorithm it is for. A partner's key vouches for its tenant and scopes alone."""

    kid: str
    alg: Literal["HS256", "EdDSA", "ES256"]
    key: Any  # bytes, or a public key
    issuer: str = ISSUER
    tenant: str | None = None
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`signing` is the key of the tokens we make; `keys`, by kid, those we accept."""

    signing: Key
    keys: dict[str, Key]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kid: Name
    alg: Literal["EdDSA", "ES256"]
    tenant: Name
    scopes: list[Scope]
    public_key: str


def key_ring(secret: bytes, previous: bytes | None = None, partners: Path | None = None) -> KeyRing:
    """Tokens of the `previous` secret are accepted, none are made with it. Raises KeysError."""
    signing = _own(secret)
    ring = {key.kid: key for key in ([_own(previous)] if previous else []) + [signing]}
    for key in _partners(partners) if partners else []:
        if key.kid in ring:
            raise KeysError("a kid appears twice")
        ring[key.kid] = key
    return KeyRing(signing, ring)


def _own(secret: bytes) -> Key:
    kid = derived(secret, "esoteric access token kid", 8).hex()
    return Key(kid, "HS256", derived(secret, "esoteric access token key"))


def _partners(path: Path) -> list[Key]:
    try:
        entries = TypeAdapter(list[_Entry]).validate_python(json.loads(path.read_bytes()))
    except OSError:
        raise KeysError("cannot be read") from None
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False, include_url=False)[0]["loc"]))
        raise KeysError(f"is not a list of kid, alg, tenant, scopes, public_key: look at {place or 'it'}") from None
    except (ValueError, RecursionError):
        raise KeysError("is not JSON") from None
    return [_partner(number, entry) for number, entry in enumerate(entries)]


def _partner(number: int, entry: _Entry) -> Key:
    kinds: dict[str, type] = {"EdDSA": Ed25519PublicKey, "ES256": EllipticCurvePublicKey}
    try:
        key = serialization.load_pem_public_key(entry.public_key.encode())
    except ValueError:
        raise KeysError(f"{number}.public_key is not a public key in PEM") from None
    curve_fits = not isinstance(key, EllipticCurvePublicKey) or isinstance(key.curve, SECP256R1)
    if not isinstance(key, kinds[entry.alg]) or not curve_fits:
        raise KeysError(f"{number}.public_key is not one for {entry.alg}")
    if "operate" in entry.scopes:
        raise KeysError(f"{number}.scopes: a partner is no operator")
    if entry.tenant == ISSUER:
        raise KeysError(f"{number}.tenant: that name is ours")
    return Key(entry.kid, entry.alg, key, entry.tenant, entry.tenant, frozenset(entry.scopes))
