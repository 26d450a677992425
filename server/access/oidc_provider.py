"""The lender's identity provider, as far as it must be asked: its configuration, its keys, a code for a token.

Everything comes from the origin of the issuer that the settings name. No redirect is followed, no answer is read beyond
its limit, and what was fetched is kept, so a stranger cannot make us ask often.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from jwt import PyJWK
from jwt.exceptions import PyJWTError
from pydantic import BaseModel, SecretStr, ValidationError

CALL_SECONDS = 5.0
MOST_BYTES = 256 * 1024
KEPT_SECONDS = 3600.0
AGAIN_SECONDS = 60.0  # sooner nobody makes us fetch keys again, known or not
FAILED_SECONDS = 5.0
ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
SHORTEST_RSA = 2048

Answer = TypeVar("Answer")


class ProviderAway(Exception):
    """The provider cannot be reached or does not speak the protocol. Names the kind of fault only."""


class CodeRefused(Exception):
    """The provider gave no token for the code."""


class Configuration(BaseModel):
    """What the provider publishes about itself, as far as it is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


class IdentityProvider:
    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: SecretStr,
        connections: httpx.AsyncClient,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._secret = client_secret
        self._connections = connections
        self._configuration = _Kept(self._fetch_configuration, clock)
        self._keys = _Kept(self._fetch_keys, clock)

    async def configuration(self) -> Configuration:
        """Raises ProviderAway."""
        return await self._configuration.get()

    async def key(self, key_id: str) -> PyJWK | None:
        """The provider's signing key of this id, asked for anew when it is not known. Raises ProviderAway."""
        found = (await self._keys.get()).get(key_id)
        return found or (await self._keys.get(newer=True)).get(key_id)

    async def exchange(self, code: str, verifier: str, redirect_url: str) -> str:
        """The ID token for an authorization code. Raises CodeRefused or ProviderAway."""
        configuration = await self.configuration()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_url,
        }
        client_id, secret = self.client_id, self._secret.get_secret_value()
        auth: httpx.BasicAuth | None = None
        if "client_secret_basic" in configuration.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))
        else:
            form |= {"client_id": client_id, "client_secret": secret}
        answer = await self._ask("POST", configuration.token_endpoint, form, auth, may_refuse=True)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise CodeRefused
        return id_token

    async def _fetch_configuration(self) -> Configuration:
        document = await self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            found = Configuration.model_validate(document)
        except ValidationError:
            raise ProviderAway("its configuration is not readable") from None
        if found.issuer != self.issuer:
            raise ProviderAway("its configuration is another issuer's")
        if not all(
            _same_origin(url, self.issuer)
            for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        ):
            raise ProviderAway("its configuration points elsewhere")
        return found

    async def _fetch_keys(self) -> dict[str, PyJWK]:
        document = await self._ask("GET", (await self.configuration()).jwks_uri)
        listed = document.get("keys")
        keys: dict[str, PyJWK] = {}
        for described in listed if isinstance(listed, list) else []:
            key = _usable(described)
            if key is not None and key.key_id is not None:
                keys.setdefault(key.key_id, key)
        return keys

    async def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
        *,
        may_refuse: bool = False,
    ) -> dict[str, Any]:
        raw = bytearray()
        try:
            async with (
                asyncio.timeout(CALL_SECONDS),
                self._connections.stream(
                    method, url, data=form, auth=auth, headers={"Accept": "application/json"}, follow_redirects=False
                ) as response,
            ):
                async for chunk in response.aiter_bytes():
                    raw += chunk
                    if len(raw) > MOST_BYTES:
                        raise ProviderAway("its answer is too large")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderAway(type(error).__name__) from None
        if may_refuse and response.is_client_error:
            raise CodeRefused
        if response.status_code != httpx.codes.OK:
            raise ProviderAway(f"it answered {response.status_code}")
        with contextlib.suppress(ValueError, RecursionError):
            document = json.loads(raw)
            if isinstance(document, dict):
                return document
        raise ProviderAway("its answer is not readable")


class _Kept(Generic[Answer]):
    """An answer, fetched once at a time and kept for an hour; a failure is kept for a moment as well."""

    def __init__(self, fetch: Callable[[], Awaitable[Answer]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._answer: tuple[float, Answer] | None = None
        self._failure: tuple[float, ProviderAway] | None = None

    async def get(self, *, newer: bool = False) -> Answer:
        """The answer; with `newer`, one that is not older than a minute. Raises ProviderAway."""
        async with self._one_at_a_time:
            now = self._clock()
            if self._answer is not None and now - self._answer[0] < (AGAIN_SECONDS if newer else KEPT_SECONDS):
                return self._answer[1]
            if self._failure is not None and now - self._failure[0] < FAILED_SECONDS:
                raise ProviderAway(str(self._failure[1]))
            try:
                answer = await self._fetch()
            except ProviderAway as away:
                self._failure = (now, away)
                raise
            self._answer, self._failure = (now, answer), None
            return answer


def _usable(described: Any) -> PyJWK | None:
    """A public signing key of a kind that is accepted; its algorithm follows from the kind and nothing else."""
    if not isinstance(described, dict) or "d" in described or described.get("use", "sig") != "sig":
        return None
    kind, curve = described.get("kty"), described.get("crv")
    algorithm = ALGORITHMS.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    if algorithm is None or described.get("alg", algorithm) != algorithm or not isinstance(described.get("kid"), str):
        return None
    try:
        key = PyJWK(described, algorithm)
    except PyJWTError:
        return None
    return None if key.key_type == "RSA" and key.key.key_size < SHORTEST_RSA else key


def _same_origin(url: str, other: str) -> bool:
    try:
        ours, theirs = httpx.URL(url), httpx.URL(other)
    except httpx.InvalidURL:
        return False
    return (ours.scheme, ours.host, ours.port, ours.userinfo) == (theirs.scheme, theirs.host, theirs.port, b"")
