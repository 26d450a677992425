"""Every kind of caller, as the credentials they send, and the objects that they may or may not touch."""

from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from server.access.accounts import DEVELOPMENT_PASSWORD
from server.access.keys import key_ring
from server.access.tokens import Tokens
from tests.service import Service

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PREVIOUS = "9a8b7c6d5e4f30213243546576879809"
EVERY_SCOPE = ("sessions:write", "sessions:read", "knowledge:read")
LOAN_SESSIONS, GUY_SESSIONS = "/api/v1/sessions", "/api/sessions"
CALLERS = (
    "none",
    "visitor",  # of the session that is asked about, by header
    "cookie",  # the same by cookie
    "stranger",  # a visitor of another session
    "expired",  # the visitor of a session that has been silent for more than a day, asking about that one
    "client",  # of the tenant, with every scope
    "scopeless",  # of the tenant, without one that we know
    "foreign",  # of another tenant, with every scope
    "dead",  # a token that has ended
    "operator",
    "maker",
    "checker",
    "auditor",
)


@dataclass
class World:
    """A guarded service with sessions of a visitor, of a tenant and of a visitor who left long ago."""

    service: Service
    http: httpx.Client
    officers: dict[str, str] = field(default_factory=dict)
    strange: str = ""

    @classmethod
    def of(cls, service: Service) -> "World":
        world = cls(service, service.client())
        world.strange = world.start()[1]
        world.sign_in()
        return world

    def sign_in(self) -> None:
        for name in ("maker", "checker", "auditor"):
            body = {"name": f"dev-{name}", "password": DEVELOPMENT_PASSWORD}
            answer = self.http.post("/api/v1/officers/sign-in", json=body)
            assert answer.status_code == 200, answer.text
            self.officers[name] = answer.headers["set-cookie"].partition(";")[0]
            self.http.cookies.clear()

    def start(self, sessions: str = LOAN_SESSIONS) -> tuple[str, str]:
        """A visitor's session and its capability; `sessions` is where its assistant's are."""
        answer = self.http.post(sessions)
        self.http.cookies.clear()
        return answer.json()["session_id"], answer.headers["X-Session-Token"]

    def start_for_tenant(self, sessions: str = LOAN_SESSIONS) -> str:
        answer = self.http.post(sessions, headers=token("acme", *EVERY_SCOPE))
        assert "X-Session-Token" not in answer.headers
        assert "set-cookie" not in answer.headers
        session_id: str = answer.json()["session_id"]
        return session_id

    def credentials(self, caller: str, session_id: str, capability: str) -> dict[str, str]:
        """The headers that the caller sends about a visitor's session."""
        match caller:
            case "none":
                return {}
            case "visitor" | "expired":
                return {"X-Session-Token": capability}
            case "cookie":
                return {"Cookie": f"__Host-session-{session_id}={capability}"}
            case "stranger":
                return {"X-Session-Token": self.strange}
            case "client":
                return token("acme", *EVERY_SCOPE)
            case "scopeless":
                return {"Authorization": f"Bearer {_unknown_scope()}"}
            case "foreign":
                return token("other", *EVERY_SCOPE)
            case "dead":
                ended = Tokens(key_ring(SECRET.encode()), now=lambda: 1_000_000_000)
                return {"Authorization": f"Bearer {ended.issue('acme-app', 'acme', EVERY_SCOPE)}"}
            case "operator":
                return token("ops", "operate")
        return {"Cookie": self.officers[caller]}


def token(tenant: str, *scopes: str) -> dict[str, str]:
    made = Tokens(key_ring(SECRET.encode())).issue(f"{tenant}-app", tenant, scopes)
    return {"Authorization": f"Bearer {made}"}


def missing() -> str:
    return str(uuid4())


def _unknown_scope() -> str:
    import time

    import jwt

    key, now = key_ring(SECRET.encode()).signing, int(time.time())
    claims = {"iss": "esoteric", "aud": "esoteric", "sub": "acme-app", "tenant": "acme", "scope": "other:thing"}
    return jwt.encode(
        claims | {"iat": now, "exp": now + 600, "jti": "unknown-scope"},
        key.key,
        algorithm=key.alg,
        headers={"typ": "at+jwt", "kid": key.kid},
    )
