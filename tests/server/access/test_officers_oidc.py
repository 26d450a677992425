"""OpenID Connect: the way in, and everything that must not lead in."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from server.limits.windows import LocalWindows
from tests.oidc_server import CLIENT_ID, SECRET, Key, Provider, identity_provider
from tests.server.access.oidc_journey import COOKIE, JOURNEY_COOKIE, Journey, me, oidc_settings, refused
from tests.service import COMMAND, Service, clean_environment, fresh_data_dir, run_command, service_in_thread

Claims = dict[str, Any]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[tuple[Provider, Service]]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("oidc") / "var", knowledge_dir)
    with identity_provider() as provider, service_in_thread(data_dir, **oidc_settings(provider)) as service:
        provider.keys = [Key.new("ES256", "first"), Key.new("RS256", "second"), Key.new("EdDSA", "third")]
        yield provider, service


@pytest.fixture
def provider(pair: tuple[Provider, Service]) -> Iterator[Provider]:
    keys = pair[0].keys
    assert pair[1].house is not None
    pair[1].house.limits._windows = LocalWindows()  # each test has its twenty tries
    yield pair[0]
    pair[0].reset()
    pair[0].keys = keys


@pytest.fixture
def service(pair: tuple[Provider, Service]) -> Service:
    return pair[1]


@pytest.fixture
def journey(provider: Provider, service: Service) -> Journey:
    return Journey(service)


@pytest.mark.parametrize("number", range(3), ids=["ES256", "RS256", "EdDSA"])
def test_the_way_in(provider: Provider, service: Service, journey: Journey, number: int) -> None:
    provider.claims = {"sub": f"officer {number}", "roles": ["checker", "maker"], "approval_limit": 2_500_000}
    provider.sign = lambda provider, claims: provider.keys[number].sign(claims)
    answer = me(service, journey.sign_in())
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["roles"], seen["limit_rupees"]) == (["checker", "maker"], 2_500_000)
    assert seen["name"].startswith("oidc-") and f"officer {number}" not in answer.text


def test_what_the_browser_gets(journey: Journey) -> None:
    away = journey.start()
    assert away.headers["cache-control"] == "no-store"
    (left_with,) = away.headers.get_list("set-cookie")
    assert sorted(left_with.split("; ")[1:]) == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax", "Secure"]
    back = journey.leave().come_back()
    lines = {line.partition("=")[0]: line for line in back.headers.get_list("set-cookie")}
    assert "Max-Age=0" in lines[JOURNEY_COOKIE]
    assert "SameSite=strict" in lines[COOKIE] and "HttpOnly" in lines[COOKIE] and "Secure" in lines[COOKIE]
    assert back.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in back.headers["content-security-policy"]
    assert "location" not in back.headers


def test_nothing_of_the_journey_can_be_read_from_its_cookie(provider: Provider, journey: Journey) -> None:
    journey.leave()
    sealed = base64.urlsafe_b64decode(journey.cookie)
    for secret in (provider.authorization["state"], provider.authorization["nonce"]):
        assert secret.encode() not in sealed and secret not in journey.cookie


def test_the_account_is_matched_by_subject_and_takes_todays_roles(
    provider: Provider, service: Service, journey: Journey
) -> None:
    provider.claims = {"sub": "the same person", "roles": ["maker"], "approval_limit": 1}
    first = journey.sign_in()
    provider.claims = {"sub": "the same person", "roles": ["auditor"], "approval_limit": 2}
    second = journey.sign_in()
    assert me(service, first).json() == me(service, second).json()
    assert (me(service, first).json()["roles"], me(service, first).json()["limit_rupees"]) == (["auditor"], 2)
    provider.claims = {"sub": "somebody else", "roles": ["auditor"]}
    assert me(service, journey.sign_in()).json()["name"] != me(service, first).json()["name"]


def test_who_lost_all_roles_is_out(provider: Provider, service: Service, journey: Journey) -> None:
    provider.claims = {"sub": "leaving soon", "roles": ["maker"]}
    token = journey.sign_in()
    provider.claims = {"sub": "leaving soon", "roles": []}
    refused(journey.leave().come_back())
    assert me(service, token).status_code == 401


def test_who_was_disabled_here_stays_out(provider: Provider, service: Service, journey: Journey) -> None:
    provider.claims = {"sub": "disabled here", "roles": ["maker"]}
    token = journey.sign_in()
    disable(service, me(service, token).json()["name"])
    assert me(service, token).status_code == 401
    refused(journey.leave().come_back())


def disable(service: Service, name: str) -> None:
    assert run_command([COMMAND, "officer", "disable", name], clean_environment(service.data_dir)).returncode == 0


@pytest.mark.parametrize(
    "roles",
    [
        None,
        [],
        "",
        "admin",
        ["admin"],
        ["MAKER"],
        ["maker "],
        {"maker": True},
        1,
        True,
        [1],
        [["maker"]],
        "maker checker",
    ],
)
def test_without_a_role_of_the_three_nobody_gets_in(provider: Provider, journey: Journey, roles: object) -> None:
    provider.claims = {"sub": "no role", "roles": roles}
    refused(journey.leave().come_back())


def test_unknown_roles_are_left_out(provider: Provider, service: Service, journey: Journey) -> None:
    provider.claims = {"sub": "more than enough", "roles": ["root", "maker", "operate", 7]}
    assert me(service, journey.sign_in()).json()["roles"] == ["maker"]


@pytest.mark.parametrize("limit", [None, -1, True, "1000000", 1.5, 10**13, [1]])
def test_a_limit_that_is_none_is_nothing(provider: Provider, service: Service, journey: Journey, limit: object) -> None:
    provider.claims = {"sub": "no limit", "roles": ["maker"], "approval_limit": limit}
    assert me(service, journey.sign_in()).json()["limit_rupees"] == 0


def test_signing_in_again_ends_what_the_browser_came_with(service: Service, journey: Journey) -> None:
    first = journey.sign_in()
    assert journey.leave().come_back(old_token=first).status_code == 200
    assert me(service, first).status_code == 401


def test_passwords_are_off(service: Service) -> None:
    body = {"name": "dev-maker", "password": "esoteric-development"}
    answer = httpx.post(f"{service.base_url}/api/v1/officers/sign-in", json=body, trust_env=False)
    refused(answer, 403)


# What a hostile or broken provider, or whoever stands between, may put into the ID token.

NOW = int(time.time())
WRONG_CLAIMS: dict[str, Claims] = {
    "another nonce": {"nonce": "KANARI"},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": 1},
    "a nonce beyond ASCII": {"nonce": "é" * 43},
    "for another client": {"aud": "KANARI"},
    "for nobody": {"aud": None},
    "for no one in a list": {"aud": []},
    "for us and others without a party": {"aud": [CLIENT_ID, "KANARI"]},
    "for us and others by another party": {"aud": [CLIENT_ID, "KANARI"], "azp": "KANARI"},
    "by another party": {"azp": "KANARI"},
    "from another issuer": {"iss": "https://kanari.example"},
    "from no issuer": {"iss": None},
    "expired": {"exp": NOW - 120, "iat": NOW - 400},
    "without an end": {"exp": None},
    "an end that is no number": {"exp": "KANARI"},
    "issued tomorrow": {"iat": NOW + 86_400},
    "issued at no time": {"iat": None},
    "not yet valid": {"nbf": NOW + 86_400},
    "nobody": {"sub": None},
    "a subject that is no text": {"sub": 1},
}


@pytest.mark.parametrize("what", WRONG_CLAIMS)
def test_wrong_claims(provider: Provider, journey: Journey, what: str) -> None:
    provider.claims |= WRONG_CLAIMS[what]
    refused(journey.leave().come_back())


def unsigned(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def by_public_key_as_secret(provider: Provider, claims: Claims) -> str:
    """The old confusion: the public key, known to all, as the secret of a symmetric signature."""
    public = provider.keys[0].private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def part(content: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")

    signed = part({"alg": "HS256", "typ": "JWT", "kid": "first"}) + b"." + part(claims)
    return (signed + b"." + base64.urlsafe_b64encode(hmac.digest(pem, signed, hashlib.sha256)).rstrip(b"=")).decode()


def by_client_secret(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, SECRET, algorithm="HS256", headers={"kid": "first"})


def by_foreign_key_of_the_same_name(provider: Provider, claims: Claims) -> str:
    return Key.new("ES256", "first").sign(claims)


def by_key_in_the_header(provider: Provider, claims: Claims) -> str:
    own = Key.new("ES256", "its own")
    return own.sign(claims, jwk=own.published())


def by_key_from_elsewhere(provider: Provider, claims: Claims) -> str:
    own = Key.new("ES256", "elsewhere")
    return own.sign(claims, jku=f"{provider.issuer}/kanari-keys")


def by_another_key_than_named(provider: Provider, claims: Claims) -> str:
    return Key("second", "ES256", provider.keys[0].private).sign(claims)


def without_key_id(provider: Provider, claims: Claims) -> str:
    return jwt.encode(claims, provider.keys[0].private, algorithm="ES256")


def changed(provider: Provider, claims: Claims) -> str:
    head, _body, signature = provider.keys[0].sign(claims).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims | {"roles": ["checker"]}).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def with_critical_extension(provider: Provider, claims: Claims) -> str:
    return provider.keys[0].sign(claims, crit=["kanari"], kanari=True)


def cut_short(provider: Provider, claims: Claims) -> str:
    return provider.keys[0].sign(claims)[:-10]


def not_a_token(provider: Provider, claims: Claims) -> str:
    return "KANARI"


def not_ascii(provider: Provider, claims: Claims) -> str:
    return "é.\0.\u202e"


def huge(provider: Provider, claims: Claims) -> str:
    return provider.keys[0].sign(claims | {"padding": "KANARI" * 10_000})


def not_an_object(provider: Provider, claims: Claims) -> str:
    return jwt.PyJWS().encode(b"[]", provider.keys[0].private, algorithm="ES256", headers={"kid": "first"})


WRONG_TOKENS: list[Callable[[Provider, Claims], str]] = [
    *(unsigned, by_public_key_as_secret, by_client_secret, by_foreign_key_of_the_same_name, by_key_in_the_header),
    *(by_key_from_elsewhere, by_another_key_than_named, without_key_id, changed, with_critical_extension),
    *(cut_short, not_a_token, not_ascii, huge, not_an_object),
]


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("forge", WRONG_TOKENS, ids=lambda forge: forge.__name__)
def test_wrong_tokens(provider: Provider, journey: Journey, forge: Callable[[Provider, Claims], str]) -> None:
    provider.sign = forge
    refused(journey.leave().come_back())
    assert "/kanari-keys" not in provider.asked
