"""Forged, wrong, dead and odd credentials: every one is refused with the same answer, none breaks anything."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from server.access.keys import key_ring
from server.access.tokens import MAX_SECONDS, TokenRefused, Tokens
from tests.server.access.callers import PREVIOUS, SECRET
from tests.service import Service, fresh_data_dir, service_in_thread

KANARI = "kanari7e1"
RING = key_ring(SECRET.encode())
KEY = RING.signing
PARTNER = ed25519.Ed25519PrivateKey.generate()
STRANGER = ed25519.Ed25519PrivateKey.generate()
EC_PARTNER = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": "esoteric",
        "aud": "esoteric",
        "sub": KANARI,
        "tenant": "acme",
        "scope": "knowledge:read",
        "iat": now,
        "exp": now + 600,
        "jti": f"{KANARI}-jti",
    } | changes
    return {name: value for name, value in whole.items() if value is not ...}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(payload: Any = None, header: Any = None, key: bytes | None = None) -> str:
    """A token signed by hand with HMAC-SHA256, whatever it says of itself."""
    head = part({"typ": "at+jwt", "alg": "HS256", "kid": KEY.kid} if header is None else header)
    body = part(claims() if payload is None else payload)
    digest = hmac.new(KEY.key if key is None else key, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{part(digest)}"


def header(**changes: Any) -> dict[str, Any]:
    whole = {"typ": "at+jwt", "alg": "HS256", "kid": KEY.kid} | changes
    return {name: value for name, value in whole.items() if value is not ...}


def by_partner(key: Any = PARTNER, kid: str = "partner", alg: str = "EdDSA", **changes: Any) -> str:
    payload = claims(**{"iss": "acme", "scope": "knowledge:read"} | changes)
    return jwt.encode(payload, key, algorithm=alg, headers={"typ": "at+jwt", "kid": kid})


def rsa_signed() -> str:
    return jwt.encode(
        claims(),
        rsa.generate_private_key(65537, 2048),
        algorithm="RS256",
        headers={"typ": "at+jwt", "kid": KEY.kid},
    )


def unsigned(alg: str) -> str:
    return f"{part(header(alg=alg))}.{part(claims())}."


def with_bit_flipped(token: str, at: int) -> str:
    head, body, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[at] ^= 1
    return f"{head}.{body}.{part(bytes(raw))}"


def respelled() -> str:
    """The same signature, with the bits that base64 leaves over set."""
    token = signed()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def twice(name: str) -> bytes:
    return json.dumps(claims()).encode()[:-1] + f', "{name}": "{KANARI}"}}'.encode()


def literal(name: str, value: str) -> bytes:
    return json.dumps(claims(**{name: "HERE"})).replace('"HERE"', value).encode()


NOW = time.time
FORGED: dict[str, Callable[[], str]] = {
    # the signature
    "alg none": lambda: unsigned("none") + "x",
    "alg None": lambda: unsigned("None") + "x",
    "no signature": lambda: ".".join(signed().split(".")[:2]) + ".",
    "signature of another token": lambda: signed().rsplit(".", 1)[0] + "." + signed(claims(sub="b")).rsplit(".", 1)[1],
    "first bit flipped": lambda: with_bit_flipped(signed(), 0),
    "last bit flipped": lambda: with_bit_flipped(signed(), 31),
    "another spelling": respelled,
    "wrong key": lambda: signed(key=b"k" * 32),
    "empty key": lambda: signed(key=b""),
    "the secret itself as key": lambda: signed(key=SECRET.encode()),
    "truncated": lambda: signed()[:-5],
    "payload changed": lambda: _with_payload(signed(), claims(scope="operate")),
    "RS256 under our kid": rsa_signed,
    "HS512 under our kid": lambda: jwt.encode(claims(), KEY.key * 2, algorithm="HS512", headers=header(alg=...)),
    "EdDSA under our kid": lambda: by_partner(kid=KEY.kid),
    "HMAC with a partner's public key": lambda: signed(
        claims(iss="acme"), header(kid="partner"), pem(PARTNER).encode()
    ),
    "HMAC called EdDSA": lambda: signed(claims(iss="acme"), header(kid="partner", alg="EdDSA"), pem(PARTNER).encode()),
    # the header
    "unknown kid": lambda: signed(header=header(kid=KANARI)),
    "no kid": lambda: signed(header=header(kid=...)),
    "kid a number": lambda: signed(header=header(kid=1)),
    "kid a list": lambda: signed(header=header(kid=[KEY.kid])),
    "kid a path": lambda: signed(header=header(kid="../../dev/null"), key=b""),
    "typ JWT": lambda: signed(header=header(typ="JWT")),
    "no typ": lambda: signed(header=header(typ=...)),
    "crit": lambda: signed(header=header(crit=["exp"])),
    "crit unknown": lambda: signed(header=header(crit=[KANARI], **{KANARI: 1})),
    "embedded jwk": lambda: signed(header=header(jwk={"kty": "oct", "k": part(b"k" * 32)}), key=b"k" * 32),
    "jku": lambda: signed(header=header(jku="https://attacker.example/keys")),
    "x5u": lambda: signed(header=header(x5u="https://attacker.example/cert")),
    "x5c": lambda: signed(header=header(x5c=["MIIB"])),
    "b64 false": lambda: signed(header=header(b64=False, crit=["b64"])),
    "zip": lambda: signed(header=header(zip="DEF")),
    "header a list": lambda: signed(header=["HS256"]),
    "header a number": lambda: signed(header=1),
    "header twice alg": lambda: signed(
        header=b'{"typ":"at+jwt","alg":"none","alg":"HS256","kid":"%s"}' % KEY.kid.encode()
    ),
    "header not JSON": lambda: signed(header=b"\xff\xfe"),
    # the claims
    **{
        f"without {name}": (lambda name=name: signed(claims(**{name: ...})))  # type: ignore[misc]
        for name in ("iss", "aud", "sub", "tenant", "scope", "iat", "exp", "jti")
    },
    **{
        f"{name} null": (lambda name=name: signed(claims(**{name: None})))  # type: ignore[misc]
        for name in ("iss", "aud", "sub", "tenant", "scope", "iat", "exp", "jti")
    },
    "wrong iss": lambda: signed(claims(iss="https://attacker.example")),
    "iss a list": lambda: signed(claims(iss=["esoteric"])),
    "wrong aud": lambda: signed(claims(aud="another")),
    "aud a list": lambda: signed(claims(aud=["esoteric", "another"])),
    "expired": lambda: signed(claims(iat=int(NOW()) - 700, exp=int(NOW()) - 100)),
    "expires far away": lambda: signed(claims(exp=int(NOW()) + 10 * 365 * 86400)),
    "lives 15 minutes and a second": lambda: signed(claims(exp=int(NOW()) + MAX_SECONDS + 1)),
    "exp a string": lambda: signed(claims(exp=str(int(NOW()) + 600))),
    "exp NaN": lambda: signed(literal("exp", "NaN")),
    "exp Infinity": lambda: signed(literal("exp", "Infinity")),
    "exp 1e999": lambda: signed(literal("exp", "1e999")),
    "exp negative": lambda: signed(claims(exp=-1)),
    "exp a fraction": lambda: signed(claims(exp=NOW() + 600.5)),
    "exp true": lambda: signed(claims(exp=True)),
    "exp of 400 digits": lambda: signed(literal("exp", "9" * 400)),
    "exp before iat": lambda: signed(claims(iat=int(NOW()) + 20, exp=int(NOW()) + 10)),
    "issued in the future": lambda: signed(claims(iat=int(NOW()) + 300, exp=int(NOW()) + 600)),
    "iat a string": lambda: signed(claims(iat=str(int(NOW())))),
    "not yet": lambda: signed(claims(nbf=int(NOW()) + 300)),
    "nbf a string": lambda: signed(claims(nbf="0")),
    "sub a number": lambda: signed(claims(sub=7)),
    "sub empty": lambda: signed(claims(sub="")),
    "sub long": lambda: signed(claims(sub="a" * 65)),
    "sub with NUL": lambda: signed(claims(sub="a\x00b")),
    "sub with a line break": lambda: signed(claims(sub="a\n")),
    "tenant a list": lambda: signed(claims(tenant=["acme"])),
    "tenant with a slash": lambda: signed(claims(tenant="a/../b")),
    "scope a list": lambda: signed(claims(scope=["knowledge:read"])),
    "scope an object": lambda: signed(claims(scope={"knowledge:read": True})),
    "scope with a comma": lambda: signed(claims(scope="knowledge:read,operate")),
    "scope with two blanks": lambda: signed(claims(scope="knowledge:read  operate")),
    "scope of a thousand words": lambda: signed(claims(scope=" ".join(["a"] * 1000))),
    "operate among others": lambda: signed(claims(scope="operate knowledge:read")),
    "jti a number": lambda: signed(claims(jti=5)),
    "jti long": lambda: signed(claims(jti="a" * 65)),
    "sub twice": lambda: signed(twice("sub")),
    "scope twice": lambda: signed(twice("scope")),
    "payload a list": lambda: signed([claims()]),
    "payload a string": lambda: signed("claims"),
    "payload not UTF-8": lambda: signed(b'{"sub": "\xff"}'),
    "payload deep": lambda: signed(b"[" * 2800),
    "payload deep and longer": lambda: signed(b"[" * 3000),
    "payload of deep objects": lambda: signed(b'{"a":' * 560),
    "a partner's payload, deep": lambda: jwt.PyJWS().encode(
        b"[" * 2800, PARTNER, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": "partner"}
    ),
    "payload empty": lambda: signed(b""),
    # the form
    "two parts": lambda: ".".join(signed().split(".")[:2]),
    "four parts": lambda: signed() + ".x",
    "five parts": lambda: signed() + ".x.y",
    "dots": lambda: "..",
    "padded": lambda: signed() + "=",
    "a blank inside": lambda: signed().replace(".", ". ", 1),
    "huge": lambda: signed(claims(more="x" * 20_000)),
    "just too long": lambda: signed(claims(more="x" * 3000)),
    "a word": lambda: KANARI,
    "a capability as a bearer token": lambda: "A" * 43,
    # a partner's key
    "a stranger's key under a partner's kid": lambda: by_partner(STRANGER),
    "tenant of another": lambda: by_partner(tenant="other"),
    "scope beyond the key's": lambda: by_partner(scope="knowledge:read sessions:write"),
    "operate by a partner": lambda: by_partner(scope="operate"),
    "a partner that says it is us": lambda: by_partner(iss="esoteric"),
    "a partner of another curve": lambda: by_partner(EC_PARTNER, kid="partner", alg="ES256"),
    "EdDSA under the ES256 kid": lambda: by_partner(kid="curve"),
}


def _with_payload(token: str, payload: dict[str, Any]) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{part(payload)}.{signature}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("tokens")
    keys = folder / "keys.json"
    entries = [
        {"kid": "partner", "alg": "EdDSA", "public_key": pem(PARTNER)},
        {"kid": "curve", "alg": "ES256", "public_key": pem(EC_PARTNER)},
    ]
    keys.write_text(json.dumps([entry | {"tenant": "acme", "scopes": ["knowledge:read"]} for entry in entries]))
    with service_in_thread(
        fresh_data_dir(folder / "var", knowledge_dir),
        auth_required=True,
        secret_key=SECRET,
        previous_secret_key=PREVIOUS,
        client_keys_file=keys,
    ) as service:
        yield service


NOT_SIGNED_IN = {
    "type": "urn:esoteric:problem:unauthorised",
    "title": "Not signed in",
    "status": 401,
    "detail": "This needs a valid credential.",
    "code": "unauthorised",
    "request_id": "",
}


def ask(service: Service, authorization: bytes) -> tuple[int, dict[str, Any], str]:
    client = service.clients[0] if service.clients else service.client()
    answer = client.post("/api/v1/rag/query", json={"query": "fees"}, headers=[(b"Authorization", authorization)])
    return answer.status_code, {**answer.json(), "request_id": ""}, str(answer.headers) + answer.text


def test_there_are_enough_of_them() -> None:
    assert len(FORGED) >= 40


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_is_refused(guarded: Service, kind: str) -> None:
    token = FORGED[kind]()
    status, problem, all_of_it = ask(guarded, b"Bearer " + token.encode())
    assert status == 401
    assert problem == NOT_SIGNED_IN
    assert KANARI not in all_of_it
    assert "www-authenticate" in all_of_it


ODD = {
    "no token": b"Bearer",
    "another scheme": b"Basic dXNlcjpwYXNz",
    "no scheme": signed().encode(),
    "two tokens": b"Bearer " + signed().encode() + b", Bearer " + signed().encode(),
    "not ASCII": b"Bearer \xc3\xa9.\xc3\xa9.\xc3\xa9",
    "not UTF-8": b"Bearer \xff\xfe.\xff.\xff",
    "a tab": b"Bearer\t" + signed().encode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_header_is_refused(guarded: Service, kind: str) -> None:
    status, _, all_of_it = ask(guarded, ODD[kind])
    assert status == 401
    assert KANARI not in all_of_it


GOOD: dict[str, Callable[[], str]] = {
    "ours": signed,
    "as the command makes it": lambda: Tokens(RING).issue("acme", "acme", ["knowledge:read"]),
    "of the previous secret": lambda: Tokens(key_ring(PREVIOUS.encode())).issue("acme", "acme", ["knowledge:read"]),
    "a partner's": by_partner,
    "a partner's on a curve": lambda: by_partner(EC_PARTNER, kid="curve", alg="ES256"),
    "a clock 20 s ahead": lambda: signed(claims(iat=int(NOW()) + 20, exp=int(NOW()) + 620)),
    "a clock 20 s behind": lambda: signed(claims(iat=int(NOW()) - 820, exp=int(NOW()) - 20)),
    "15 minutes": lambda: signed(claims(exp=int(NOW()) + MAX_SECONDS)),
    "with a scope that we do not know": lambda: signed(claims(scope="knowledge:read other:thing")),
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_token_is_taken(guarded: Service, kind: str) -> None:
    assert ask(guarded, b"Bearer " + GOOD[kind]().encode())[0] == 200
    assert ask(guarded, b"bearer " + GOOD[kind]().encode())[0] == 200


def test_a_token_that_was_good_ends() -> None:
    now = [1_000_000_000.0]
    tokens = Tokens(RING, now=lambda: now[0])
    made = tokens.issue("acme", "acme", ["knowledge:read"], 60)
    for now[0] in (1_000_000_000.0, 1_000_000_089.0):
        assert tokens.read(made).expires_at == 1_000_000_060
    for now[0] in (1_000_000_090.0, 1_000_000_091.0):
        with pytest.raises(TokenRefused):
            tokens.read(made)


def test_a_wrong_credential_is_refused_in_development_too(own_service: Service) -> None:
    client = own_service.client()
    assert client.post("/api/v1/rag/query", json={"query": "fees"}).status_code == 200
    assert ask(own_service, b"Bearer a.b.c")[0] == 401
    assert client.get("/metrics", headers={"X-Session-Token": "short"}).status_code == 401
    assert client.post("/api/v1/sessions", headers={"Authorization": "Bearer a.b.c"}).status_code == 401
