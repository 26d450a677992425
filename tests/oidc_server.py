"""An identity provider of our own on loopback: authorization code flow with PKCE over real HTTP, keys made here.

    with identity_provider() as provider:
        provider.claims = {"sub": "248289761001", "roles": ["maker"]}
        ... OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=SECRET

`sign` makes the ID token and may be replaced; so may any `document` by its path.
"""

import base64
import contextlib
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.answering import Asked, Told, answering

CLIENT_ID = "esoteric at the lender's"
SECRET = "a secret: of the test + of nobody else"
KINDS: dict[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}

Json = dict[str, Any]


@dataclass
class Key:
    """A private key under a `kid`, for one algorithm."""

    kid: str
    algorithm: str
    private: Any

    @classmethod
    def new(cls, algorithm: str = "ES256", kid: str | None = None) -> "Key":
        private: Any
        if algorithm == "RS256":
            private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        elif algorithm == "ES256":
            private = ec.generate_private_key(ec.SECP256R1())
        else:
            private = ed25519.Ed25519PrivateKey.generate()
        return cls(kid or secrets.token_hex(4), algorithm, private)

    def published(self) -> Json:
        public: Json = KINDS[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        return public | {"kid": self.kid, "use": "sig", "alg": self.algorithm}

    def sign(self, claims: Json, **headers: Any) -> str:
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.kid} | headers)


@dataclass
class Provider:
    """What it will say, and what it was asked."""

    issuer: str = ""
    keys: list[Key] = field(default_factory=lambda: [Key.new()])
    claims: Json = field(default_factory=lambda: {"sub": "248289761001", "roles": ["maker"]})
    changes: Json = field(default_factory=dict)  # of its configuration
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # by path, instead of the right ones
    sign: Callable[["Provider", Json], str] = lambda provider, claims: provider.keys[0].sign(claims)
    codes: dict[str, Json] = field(default_factory=dict)
    one_use: bool = True
    asked: list[str] = field(default_factory=list)
    authorization: Json = field(default_factory=dict)

    def reset(self) -> None:
        fresh = Provider(issuer=self.issuer, keys=self.keys[:1])
        for name in ("claims", "changes", "answers", "sign", "codes", "one_use", "asked", "authorization"):
            setattr(self, name, getattr(fresh, name))

    def configuration(self) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=one",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.changes

    def token_claims(self, nonce: str) -> Json:
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        return {name: value for name, value in (usual | self.claims).items() if value is not None}

    def authorize(self, query: Json) -> str:
        """Somebody signs in and agrees: the address to send the browser back to."""
        assert query["tenant"] == "one" and query["response_type"] == "code" and "openid" in query["scope"].split()
        assert query["client_id"] == CLIENT_ID and query["code_challenge_method"] == "S256"
        assert len(query["state"]) >= 43 and len(query["nonce"]) >= 43
        code = secrets.token_urlsafe(16)
        self.authorization = query
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: Json, authorization: str) -> tuple[int, Json]:
        user, _, password = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        given = (unquote(user), unquote(password)) if authorization else (form["client_id"], form["client_secret"])
        if given != (CLIENT_ID, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.get(form["code"])
        if self.one_use:
            self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        token = self.sign(self, self.token_claims(asked["nonce"]))
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token}

    def answer(self, method: str, target: str, body: str, authorization: str) -> tuple[int, bytes, str | None]:
        """Status, body, and where to go instead."""
        url = urlsplit(target)
        self.asked.append(url.path)
        if url.path in self.answers:
            return *self.answers[url.path], None
        match method, url.path:
            case "GET", "/.well-known/openid-configuration":
                return 200, json.dumps(self.configuration()).encode(), None
            case "GET", "/keys":
                return 200, json.dumps({"keys": [key.published() for key in self.keys]}).encode(), None
            case "GET", "/authorize":
                return 302, b"", self.authorize({name: values[0] for name, values in parse_qs(url.query).items()})
            case "POST", "/token":
                form = {name: values[0] for name, values in parse_qs(body).items()}
                status, answer = self.token(form, authorization)
                return status, json.dumps(answer).encode(), None
        return 404, b"{}", None


@contextlib.contextmanager
def identity_provider() -> Iterator[Provider]:
    provider = Provider()

    def answer(asked: Asked) -> Told:
        authorization = asked.headers.get("Authorization", "")
        status, body, elsewhere = provider.answer(asked.method, asked.target, asked.body.decode(), authorization)
        return Told(status, "application/json", body, elsewhere)

    with answering(answer) as provider.issuer:
        yield provider
