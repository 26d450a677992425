"""Every route of the running service, with values that exist, and what is sent to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fuzz.bodies import CANARY, C, bodies
from tests.fuzz.oddities import HEADERS, METHODS, PATH_PARTS, QUERIES, framings
from tests.fuzz.wire import Headers, request
from tests.server.access.callers import GUY_SESSIONS, LOAN_SESSIONS
from tests.service import Service

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
NO_LETTER = "0123456789abcdef" * 2
# Not in the OpenAPI document: pages, files, and what is no route at all.
OTHERS = (
    "/", "/web/js/main.js", "/web/../server/app.py", "/web/", "/docs", "/redoc", "/openapi.json", "/favicon.ico",
    "/nothing", "/api", "/api/v1/", "/api/v1/ws/" + UNKNOWN, "/ws/" + UNKNOWN, "//", "/.git/config", "/.env",
    "/api/v1/sessions/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A route, the fields of its body, and whether it asks for the session in the query."""

    method: str
    template: str
    query: bool = False
    fields: tuple[str, ...] = ()
    form: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def sessions(self) -> str:
        """Where the sessions are that it is about."""
        return GUY_SESSIONS if self.template.startswith(("/api/sessions", "/api/chat")) else LOAN_SESSIONS

    def path_for(self, session_id: str) -> str:
        """The path with values that exist, where anything exists."""
        return re.sub(r"\{(\w+)\}", lambda part: session_id if part[1] == "session_id" else NO_LETTER, self.template)


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes for the wire. `kind` groups them in the report."""

    kind: str
    name: str
    raw: bytes
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """A session, and the credential that opens it where there is one."""

    session_id: str
    headers: Headers


def visitor(service: Service, sessions: str = LOAN_SESSIONS) -> Visitor:
    """Of the assistant whose sessions are there."""
    answer = httpx.post(f"{service.base_url}{sessions}", trust_env=False, timeout=30).raise_for_status()
    token = answer.headers.get("x-session-token")
    return Visitor(answer.json()["session_id"], [("X-Session-Token", token)] if token else [])


def targets(service: Service) -> list[Target]:
    """From the OpenAPI document, in its order; then what it does not name."""
    document = httpx.get(f"{service.base_url}/openapi.json", trust_env=False, timeout=30).raise_for_status().json()
    found = []
    for template, operations in document["paths"].items():
        if template.endswith("/events"):  # one that opens never ends: tests/contract/test_resume.py
            continue
        for method, operation in operations.items():
            fields, form = _fields(operation.get("requestBody", {}).get("content", {}), document)
            query = any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
            found.append(Target(method.upper(), template, query, fields, form))
    return found + [Target("GET", path) for path in OTHERS]


def _fields(content: dict[str, Any], document: dict[str, Any]) -> tuple[tuple[str, ...], bool]:
    for media, described in content.items():
        schema = described.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return tuple(schema.get("properties", {})), media == "multipart/form-data"
    return (), False


def corpus(target: Target, who: Visitor, port: int) -> Iterator[Sent]:
    """Everything for one route."""
    query = f"?session_id={who.session_id}".encode() if target.query else b""
    path = target.path_for(who.session_id).encode() + query
    for body in bodies(target.fields, form=target.form):
        raw = request(target.method, path, body.raw, [*who.headers, *body.headers], port=port)
        yield Sent("body", body.name, raw, body.ends)
    good = b'{"message": "Hi", "query": "fees"}' if target.method == "POST" else b""

    def odd(kind: str, name: str, path: bytes, headers: Headers = ()) -> Sent:
        return Sent(kind, name, request(target.method, path, good, [*who.headers, *headers], port=port))

    plain = target.path_for(who.session_id).encode()
    for part in PATH_PARTS:
        for broken in (plain.rsplit(b"/", 1)[0] + b"/" + part, _middle(target, part), plain + b"/" + part):
            yield odd("path", repr(broken[:60]), broken + query)
    for junk in QUERIES:
        yield odd("query", repr(junk[:60]), plain + junk)
    for name, headers in HEADERS.items():
        yield odd("header", name, path, headers)
    for name, raw in framings(plain, port):
        yield Sent("framing", name, raw, ends=True)
    for method in METHODS:  # DELETE among them, so this comes last
        for content in (b"", b'{"message": "' + C + b'"}'):
            yield Sent("method", repr(method[:20]), request(method, path, content, who.headers, port=port))


def _middle(target: Target, part: bytes) -> bytes:
    """The path with its parameter replaced, or with the canary in front where it has none."""
    if "{" not in target.template:
        return b"/" + CANARY.encode() + b"/" + part
    return re.sub(rb"\{\w+\}", lambda _: part, target.template.encode())
