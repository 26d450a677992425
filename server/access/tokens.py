"""Access tokens of API clients and operators: signed, short-lived, for this service alone."""

import re
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import jwt
from jwt.utils import base64url_decode, base64url_encode

from server.access.keys import ISSUER, Key, KeyRing
from server.access.principal import SCOPES, ApiClient, Operator
from server.edge.canonical import Malformed, parse_json

AUDIENCE = "esoteric"
TYPE = "at+jwt"
MAX_SECONDS = 15 * 60
LEEWAY = 30
MAX_LENGTH = 4096
MOST_KNOWN = 1024
REQUIRED = ["iss", "aud", "sub", "tenant", "scope", "iat", "exp", "jti"]

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCOPE = re.compile(r"[a-z:]{1,32}( [a-z:]{1,32}){0,15}")


class TokenRefused(Exception):
    """Not a token of ours, or no longer. Why is nobody's business."""


class Tokens:
    """Makes and reads tokens. `now` is in seconds since 1970."""

    def __init__(self, ring: KeyRing, now: Callable[[], float] = time.time) -> None:
        self._ring = ring
        self._now = now
        self._known: dict[str, ApiClient | Operator] = {}  # good ones: a client sends the same for a quarter of an hour
        self._jwt = jwt.PyJWT({"enforce_minimum_key_length": True})

    def issue(self, client: str, tenant: str, scopes: Iterable[str], seconds: int = MAX_SECONDS) -> str:
        """A signed token. Raises ValueError with a line for people."""
        wanted = frozenset(scopes)
        if not (_NAME.fullmatch(client) and _NAME.fullmatch(tenant)):
            raise ValueError("a client and a tenant are 1 to 64 letters, digits, dots, dashes or underscores")
        if not wanted or wanted - SCOPES:
            raise ValueError(f"a scope is one of {', '.join(sorted(SCOPES))}")
        if "operate" in wanted and len(wanted) > 1:
            raise ValueError("the scope operate comes alone")
        if not 0 < seconds <= MAX_SECONDS:
            raise ValueError(f"a token lives up to {MAX_SECONDS // 60} minutes")
        issued, key = int(self._now()), self._ring.signing
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": client,
            "tenant": tenant,
            "scope": " ".join(sorted(wanted)),
            "iat": issued,
            "exp": issued + seconds,
            "jti": str(uuid4()),
        }
        return self._jwt.encode(claims, key.key, algorithm=key.alg, headers={"typ": TYPE, "kid": key.kid})

    def read(self, token: str) -> ApiClient | Operator:
        """Raises TokenRefused. Whether it was revoked is another question."""
        holder = self._known.get(token)
        if holder is None:
            holder = self._verified(token)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[token] = holder
        elif self._now() >= holder.expires_at + LEEWAY:
            del self._known[token]
            raise TokenRefused
        return holder

    def _verified(self, token: str) -> ApiClient | Operator:
        if len(token) > MAX_LENGTH or not _FORM.fullmatch(token):
            raise TokenRefused
        head, body, signature = token.split(".")
        _decoded(signature)
        key = self._key(_object(head))
        try:
            self._jwt.decode(
                token,
                key.key,
                algorithms=[key.alg],
                audience=AUDIENCE,
                issuer=key.issuer,
                options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except (jwt.PyJWTError, ValueError):
            raise TokenRefused from None
        return self._holder(_object(body), key)

    def _key(self, header: dict[str, Any]) -> Key:
        """By its kid and nothing else: a header that brings or points to a key is refused."""
        if header.keys() != {"typ", "alg", "kid"} or header["typ"] != TYPE or not isinstance(header["kid"], str):
            raise TokenRefused
        key = self._ring.keys.get(header["kid"])
        if key is None or header["alg"] != key.alg:
            raise TokenRefused
        return key

    def _holder(self, claims: dict[str, Any], key: Key) -> ApiClient | Operator:
        self._check_times(claims)
        client, tenant, scope, token_id = (claims[name] for name in ("sub", "tenant", "scope", "jti"))
        names = all(isinstance(name, str) and _NAME.fullmatch(name) for name in (client, tenant, token_id))
        if not names or claims["aud"] != AUDIENCE or not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
            raise TokenRefused
        scopes = frozenset(scope.split(" "))
        if key.tenant not in (None, tenant) or (key.scopes is not None and scopes - key.scopes):
            raise TokenRefused
        if "operate" in scopes:
            if len(scopes) > 1:
                raise TokenRefused
            return Operator(client, token_id, claims["exp"])
        return ApiClient(client, tenant, scopes & SCOPES, token_id, claims["exp"])

    def _check_times(self, claims: dict[str, Any]) -> None:
        """Whole seconds, in order, now. PyJWT takes strings and fractions and any lifetime."""
        times = [claims["iat"], claims["exp"], claims.get("nbf", claims["iat"])]
        if any(type(moment) is not int for moment in times):
            raise TokenRefused
        issued, expires, starts = times
        now = self._now()
        lives = 0 < expires - issued <= MAX_SECONDS
        if not (lives and issued <= now + LEEWAY and starts <= now + LEEWAY and now < expires + LEEWAY):
            raise TokenRefused


def _decoded(part: str) -> bytes:
    """Raises TokenRefused; the same bytes in another spelling are refused too."""
    try:
        raw = base64url_decode(part)
    except ValueError:
        raise TokenRefused from None
    if base64url_encode(raw).decode() != part:
        raise TokenRefused
    return raw


def _object(part: str) -> dict[str, Any]:
    """A part of a token, read as strictly as any other JSON that comes in. Raises TokenRefused."""
    try:
        found = parse_json(_decoded(part))
    except Malformed:
        raise TokenRefused from None
    if not isinstance(found, dict):
        raise TokenRefused
    return found
