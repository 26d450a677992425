"""The identity provider as we ask it, with a clock that the test moves, and its settings."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr

from server.access.oidc_provider import AGAIN_SECONDS, FAILED_SECONDS, KEPT_SECONDS, IdentityProvider, ProviderAway
from server.settings import SettingsError, load_settings
from tests.oidc_server import CLIENT_ID, SECRET, Key, Provider, identity_provider
from tests.server.access.oidc_journey import CALLBACK, REDIRECT_URL


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as running:
        yield running


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def asking(provider: Provider) -> AsyncIterator[tuple[IdentityProvider, Seconds]]:
    clock = Seconds()
    async with httpx.AsyncClient(trust_env=False) as connections:
        yield IdentityProvider(provider.issuer, CLIENT_ID, SecretStr(SECRET), connections, clock), clock


Asking = tuple[IdentityProvider, Seconds]


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://kanari.example"},
        {"jwks_uri": "https://kanari.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://kanari.example/authorize"},
        {"token_endpoint": None},
        {"token_endpoint": "http://["},
    ],
)
async def test_a_configuration_that_points_elsewhere(
    provider: Provider, asking: Asking, changes: dict[str, str | None]
) -> None:
    provider.changes = dict(changes)
    with pytest.raises(ProviderAway) as away:
        await asking[0].configuration()
    assert "kanari" not in str(away.value)


async def test_what_was_fetched_is_kept_for_an_hour(provider: Provider, asking: Asking) -> None:
    identity, clock = asking
    for _ in range(3):
        await identity.configuration()
        assert await identity.key(provider.keys[0].kid)
    assert sorted(provider.asked) == ["/.well-known/openid-configuration", "/keys"]
    clock.now += KEPT_SECONDS + 1
    await identity.key(provider.keys[0].kid)
    assert provider.asked.count("/keys") == 2


async def test_a_new_key_is_found_and_unknown_ones_are_asked_for_once_a_minute(
    provider: Provider, asking: Asking
) -> None:
    identity, clock = asking
    assert await identity.key(provider.keys[0].kid)
    old, fresh = provider.keys, Key.new()
    provider.keys = [*old, fresh]
    try:
        assert await identity.key(fresh.kid) is None
        clock.now += AGAIN_SECONDS + 1
        assert await identity.key(fresh.kid)
        for _ in range(5):
            assert await identity.key("unknown") is None
        assert provider.asked.count("/keys") == 2
    finally:
        provider.keys = old


async def test_a_provider_that_is_down_is_not_asked_at_every_call(provider: Provider, asking: Asking) -> None:
    identity, clock = asking
    provider.answers = {"/.well-known/openid-configuration": (503, b"")}
    for _ in range(5):
        with pytest.raises(ProviderAway):
            await identity.configuration()
    assert len(provider.asked) == 1
    provider.answers = {}
    clock.now += FAILED_SECONDS + 1
    assert (await identity.configuration()).issuer == provider.issuer


UNUSABLE = {
    "a secret": {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"},
    "another use": {"use": "enc"},
    "another algorithm": {"alg": "ES384"},
    "another curve": {"crv": "P-384"},
    "private": {"d": "AAAA"},
    "no point": {"x": "AAAA", "y": "AAAA"},
    "no name": {"kid": None},
}


@pytest.mark.parametrize("what", UNUSABLE)
async def test_keys_that_are_none(provider: Provider, asking: Asking, what: str) -> None:
    published = provider.keys[0].published() | UNUSABLE[what]
    listed = [None, 1, [], {}, published]
    provider.answers = {"/keys": (200, json.dumps({"keys": listed}).encode())}
    assert await asking[0].key(provider.keys[0].kid) is None


async def test_a_provider_that_wants_the_secret_in_the_form(provider: Provider, asking: Asking) -> None:
    provider.changes = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
    provider.codes["code"] = {"code_challenge": challenge, "redirect_uri": REDIRECT_URL, "nonce": "nonce"}
    assert (await asking[0].exchange("code", "verifier", REDIRECT_URL)).count(".") == 2


GIVEN: dict[str, object] = {
    "_env_file": None,
    "oidc_issuer": "https://login.example",
    "oidc_client_id": "esoteric",
    "oidc_client_secret": "secret",
    "oidc_redirect_url": f"https://loans.example{CALLBACK}",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("oidc_issuer", "http://login.example"),
        ("oidc_issuer", "https://login.example?tenant=1"),
        ("oidc_issuer", "https://KANARI@login.example"),
        ("oidc_issuer", "https://["),
        ("oidc_issuer", "file:///etc/passwd"),
        ("oidc_client_id", None),
        ("oidc_client_secret", None),
        ("oidc_redirect_url", None),
        ("oidc_redirect_url", f"http://loans.example{CALLBACK}"),
        ("oidc_redirect_url", "https://loans.example/elsewhere"),
    ],
)
def test_settings_that_do_not_fit(name: str, value: str | None) -> None:
    load_settings(**GIVEN)
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN | {name: value})
    assert str(error.value).startswith(f"{name.upper()}: ") and "KANARI" not in str(error.value)
