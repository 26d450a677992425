"""The kinds of caller."""

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["sessions:write", "sessions:read", "knowledge:read", "operate"]
Role = Literal["maker", "checker", "auditor"]
SCOPES: frozenset[str] = frozenset(get_args(Scope))


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody in particular: no credential came."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer. `presented` are the hashes of the capabilities that came along, one a session."""

    presented: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A partner's program, by an access token. `expires_at` in seconds since 1970."""

    client_id: str
    tenant: str
    scopes: frozenset[str]
    token_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs the service, by an access token with the one scope `operate`."""

    client_id: str
    token_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Officer:
    """A person of the lender who is signed in. `limit_rupees` is the largest loan they may decide on; `own_refs` are
    keyed hashes of their own PAN, mobile and mail."""

    name: str
    roles: frozenset[Role]
    limit_rupees: int
    sign_in_id: str
    own_refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Developer:
    """Anybody on this machine, while AUTH_REQUIRED is false."""


Principal = Anonymous | Visitor | ApiClient | Operator | Officer | Developer
