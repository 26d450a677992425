"""Signing in at the lender's identity provider: OpenID Connect, authorization code flow with PKCE, state and nonce.

Between leaving and coming back everything stands in a sealed cookie of the one browser that left, for ten minutes and
for one return.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from cryptography.fernet import Fernet, InvalidToken
from jwt.exceptions import PyJWTError

from server.access.accounts import FROM_PROVIDER, MOST_RUPEES, ROLES, Now, utc_now
from server.access.oidc_provider import CodeRefused, IdentityProvider
from server.access.sign_in import Identity
from tools.derivation import derived

COOKIE = "__Host-officer-oidc"
JOURNEY_SECONDS = 600
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 16 * 1024
LONGEST_PARAMETER = 2048
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nonce"]


class IdentityRefused(Exception):
    """The identity is not proven. The message is for the log and from a fixed set."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Which claims of the ID token say what an officer may do."""

    roles: str = "roles"
    limit: str | None = None


class OpenIdSignIn:
    def __init__(
        self, provider: IdentityProvider, claims: Claims, redirect_url: str, sealing_key: bytes, now: Now = utc_now
    ) -> None:
        self._provider = provider
        self._claims = claims
        self._redirect_url = redirect_url
        self._seal = Fernet(base64.urlsafe_b64encode(derived(sealing_key, "esoteric officer oidc cookie")))
        self._now = now
        self._returned: dict[str, float] = {}

    async def start(self) -> tuple[str, str]:
        """Where to send the browser, and the cookie it keeps meanwhile. Raises ProviderAway."""
        configuration = await self._provider.configuration()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        url = httpx.URL(configuration.authorization_endpoint).copy_merge_params(
            {
                "response_type": "code",
                "client_id": self._provider.client_id,
                "redirect_uri": self._redirect_url,
                "scope": "openid profile",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )
        journey = json.dumps({"state": state, "nonce": nonce, "verifier": verifier}).encode()
        return str(url), self._seal.encrypt_at_time(journey, self._seconds()).decode()

    def came_back(self, parameters: Mapping[str, str], cookie: str | None) -> dict[str, str]:
        """The journey that these query parameters end: nobody but the browser that left has its cookie, and no page
        of somebody else knows its state. Raises IdentityRefused."""
        journey = self._journey(cookie)
        if any(len(value) > LONGEST_PARAMETER for value in parameters.values()):
            raise IdentityRefused("parameter too long")
        if not _same(parameters.get("state", ""), journey["state"]):
            raise IdentityRefused("state")
        return journey

    async def finish(self, parameters: Mapping[str, str], journey: Mapping[str, str]) -> Identity:
        """Who came back. Raises IdentityRefused or ProviderAway."""
        self._only_once(journey["state"])
        configuration = await self._provider.configuration()
        issuer = parameters.get("iss")
        if issuer != self._provider.issuer and (
            issuer is not None or configuration.authorization_response_iss_parameter_supported
        ):
            raise IdentityRefused("issuer of the answer")
        code = parameters.get("code")
        if not code:
            raise IdentityRefused("no code")
        try:
            id_token = await self._provider.exchange(code, journey["verifier"], self._redirect_url)
        except CodeRefused:
            raise IdentityRefused("code") from None
        return self._identity(await self._checked(id_token, journey["nonce"]))

    def _journey(self, cookie: str | None) -> dict[str, str]:
        if cookie is None or len(cookie) > LONGEST_PARAMETER:
            raise IdentityRefused("no cookie")
        try:
            sealed = self._seal.decrypt_at_time(cookie.encode(), JOURNEY_SECONDS, self._seconds())
        except InvalidToken:
            raise IdentityRefused("cookie") from None
        journey: dict[str, str] = json.loads(sealed)
        return journey

    def _only_once(self, state: str) -> None:
        """The provider must refuse a code that comes again; this does not rely on it."""
        now = self._seconds()
        self._returned = {seen: until for seen, until in self._returned.items() if until > now}
        if state in self._returned:
            raise IdentityRefused("returned before")
        self._returned[state] = now + JOURNEY_SECONDS

    async def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of a genuine ID token for us."""
        try:
            if len(id_token) > LONGEST_TOKEN:
                raise IdentityRefused("ID token too long")
            header = jwt.get_unverified_header(id_token)
            key_id = header.get("kid")
            key = await self._provider.key(key_id) if isinstance(key_id, str) else None
            if key is None:
                raise IdentityRefused("key")
            claims: dict[str, Any] = _JWT.decode(
                id_token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._provider.client_id,
                issuer=self._provider.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED},
            )
        except PyJWTError as error:
            raise IdentityRefused(type(error).__name__) from None
        except (ValueError, TypeError, RecursionError, OverflowError):
            raise IdentityRefused("ID token not readable") from None
        if not isinstance(claims["nonce"], str) or not _same(claims["nonce"], nonce):
            raise IdentityRefused("nonce")
        for_whom = claims.get("azp", None if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 else ...)
        if for_whom is not ... and for_whom != self._provider.client_id:
            raise IdentityRefused("party")
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        said = claims.get(self._claims.roles)
        roles = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        limit = claims.get(self._claims.limit) if self._claims.limit else 0
        if not isinstance(limit, int) or isinstance(limit, bool) or not 0 <= limit <= MOST_RUPEES:
            limit = 0
        subject = hashlib.sha256(f"{self._provider.issuer}\0{claims['sub']}".encode()).hexdigest()
        return Identity(subject, FROM_PROVIDER + subject[:16], tuple(r for r in ROLES if r in roles), limit)

    def _seconds(self) -> int:
        return int(self._now().timestamp())


_JWT = jwt.PyJWT({"enforce_minimum_key_length": True})


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
