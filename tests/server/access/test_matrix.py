"""Every route × every kind of caller × every kind of object. The table below is written by hand, not from the rules."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websockets
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.routing import Mount

from graph.assistants import ASSISTANTS
from server.access.rules import RULES
from server.app import create_app
from server.settings import load_settings
from server.store.vault import SessionKey, Vault
from tests.server.access.callers import (
    CALLERS,
    EVERY_SCOPE,
    GUY_SESSIONS,
    LOAN_SESSIONS,
    SECRET,
    World,
    missing,
    token,
)
from tests.service import Service, fresh_data_dir, service_in_thread

# In the order of CALLERS:
#     none visitor cookie stranger expired client scopeless foreign dead operator maker checker auditor
OPEN = {"": "ok ok ok ok ok ok ok ok ok ok ok ok ok"}
START = {"": "ok ok ok ok ok ok 403 ok 401 403 ok ok ok"}
READ = {
    "visitor's": "401 ok ok 404 404 404 403 404 401 403 404 404 ok",
    "tenant's": "401 404 404 404 404 ok 403 404 401 403 404 404 ok",
    "reviewed": "401 ok ok 404 404 404 403 404 401 403 ok ok ok",
    "missing": "401 404 404 404 404 404 403 404 401 403 404 404 404",
}
TALK = {
    "visitor's": "401 ok ok 404 404 404 403 404 401 403 403 403 403",
    "tenant's": "401 404 404 404 404 ok 403 404 401 403 403 403 403",
    "missing": "401 404 404 404 404 404 403 404 401 403 403 403 403",
}
CHAT = {
    "visitor's": "401 ok ok 404 404 404 403 404 401 403 401 401 401",
    "tenant's": "401 404 404 404 404 ok 403 404 401 403 401 401 401",
    "missing": "401 404 404 404 404 404 403 404 401 403 401 401 401",
    "": START[""],
}
PHONE = {
    "visitor's": "401 ok ok 404 404 403 403 403 401 ok 403 403 403",
    "tenant's": "401 404 404 404 404 403 403 403 401 ok 403 403 403",
    "missing": "401 404 404 404 404 403 403 403 401 404 403 403 403",
}
ASK = {"": "401 403 401 403 403 ok 403 ok 401 403 ok ok ok"}
OPERATE = {"": "401 403 401 403 403 403 403 403 401 ok 403 403 403"}
OFFICER = {"": "401 403 401 403 403 403 403 403 401 403 ok ok ok"}
CASE = {
    "case": "401 403 401 403 403 403 403 403 401 403 ok ok ok",
    "missing": "401 403 401 403 403 403 403 403 401 403 404 404 404",
}
ACT = {
    "case": "401 403 401 403 403 403 403 403 401 403 ok ok 403",
    "missing": "401 403 401 403 403 403 403 403 401 403 404 404 403",
}

GUY_LIST = {"": "401 ok ok ok ok ok 403 ok 401 ok 403 403 403"}
# A session that there is not yet is started.
GUY_SOCKET = {
    "visitor's": "404 ok ok 404 404 404 403 404 401 403 404 404 404",
    "tenant's": "404 404 404 404 404 ok 403 404 401 403 404 404 404",
    "missing": START[""],
}

TABLE: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/"): OPEN,
    ("GET", "/hedge-fund-guy"): OPEN,
    ("MOUNT", "/web"): OPEN,
    ("MOUNT", "/static-offline-docs"): OPEN,
    ("GET", "/health"): OPEN,
    ("GET", "/ready"): OPEN,
    ("GET", "/metrics"): OPERATE,
    ("GET", "/docs"): OPERATE,
    ("GET", "/redoc"): OPERATE,
    ("GET", "/openapi.json"): OPERATE,
    ("POST", "/api/v1/sessions"): START,
    ("GET", "/api/v1/sessions/{session_id}"): READ,
    ("DELETE", "/api/v1/sessions/{session_id}"): TALK,
    ("GET", "/api/v1/sessions/{session_id}/messages"): READ,
    ("GET", "/api/v1/sessions/{session_id}/decision"): READ,
    ("GET", "/api/v1/sessions/{session_id}/kfs"): READ,
    ("GET", "/api/v1/sessions/{session_id}/events"): READ,
    ("POST", "/api/v1/sessions/{session_id}/documents"): TALK,
    ("GET", "/api/v1/sessions/{session_id}/consents"): READ,
    ("POST", "/api/v1/sessions/{session_id}/consents"): TALK,
    ("POST", "/api/v1/sessions/{session_id}/feedback"): TALK,
    ("POST", "/api/v1/chat"): CHAT,
    ("POST", "/api/v1/chat/stream"): CHAT,
    ("WEBSOCKET", "/api/v1/ws/{session_id}"): TALK,
    ("GET", "/api/v1/letters/{letter_id}"): READ,
    ("GET", "/verify"): OPEN,
    ("GET", "/officer"): OPEN,
    ("POST", "/api/v1/letters/verify"): OPEN,
    ("POST", "/api/v1/letters/verify/code"): OPEN,
    ("POST", "/api/v1/rag/query"): ASK,
    ("GET", "/api/v1/dev/outbox"): PHONE,
    ("POST", "/api/v1/officers/sign-in"): OPEN,
    ("POST", "/api/v1/officers/sign-out"): OPEN,
    ("GET", "/api/v1/officers/me"): OFFICER,
    ("GET", "/api/v1/cases"): OFFICER,
    ("GET", "/api/v1/cases/{case_id}"): CASE,
    ("GET", "/api/v1/cases/{case_id}/documents/{document_id}"): CASE,
    ("POST", "/api/v1/cases/{case_id}/acts"): ACT,
    ("GET", "/api/v1/officers/oidc/start"): OPEN,
    ("GET", "/api/v1/officers/oidc/callback"): OPEN,
    ("GET", "/api/greeting"): OPEN,
    ("POST", "/api/sessions"): START,
    ("GET", "/api/sessions"): GUY_LIST,
    ("GET", "/api/sessions/{session_id}"): TALK,  # officers have no business there
    ("DELETE", "/api/sessions/{session_id}"): TALK,
    ("POST", "/api/chat"): CHAT,
    ("POST", "/api/chat/stream"): CHAT,
    ("WEBSOCKET", "/ws/{session_id}"): GUY_SOCKET,
}
UNDER = {"/web": "/web/js/main.js", "/static-offline-docs": "/static-offline-docs/favicon.png"}
NEVER_GIVEN_OUT = {"Last-Event-ID": "999999999999"}
UNKNOWN = {"unknown_session", "unknown_letter", "unknown_case"}


def routes_of_the_app(**settings: object) -> set[tuple[str, str]]:
    """What the app answers, from its own list of routes and from its description."""
    app = create_app(load_settings(_env_file=None, **settings))
    found = set()
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path
        if isinstance(route, APIWebSocketRoute):
            found.add(("WEBSOCKET", path))
        elif isinstance(route, Mount):
            found.add(("MOUNT", route.path))
        else:
            assert isinstance(route, APIRoute), f"{path} is a plain route: no dependency of the app guards it"
            found |= {(method, path) for method in context.methods or ()}
    described = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    assert described <= found
    return found


def test_every_route_has_a_rule_and_a_row() -> None:
    assert routes_of_the_app() == set(TABLE) == set(RULES)


def test_every_rule_is_about_an_assistant_that_there_is() -> None:
    assert {rule.assistant for rule in RULES.values()} - {None} == set(ASSISTANTS)


def test_production_has_no_simulated_phone() -> None:
    there = routes_of_the_app(environment="production", secret_key=SECRET)
    assert set(TABLE) - there == {("GET", "/api/v1/dev/outbox")}


def test_a_route_without_a_rule_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RULES, ("GET", "/health"))
    for caller in ("none", "operator", "client"):
        answer = world.http.get("/health", headers=world.credentials(caller, "", ""))
        assert answer.status_code == 403


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[World]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("matrix") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, secret_key=SECRET) as service:
        yield World.of(service)


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_who_may_do_what(world: World, route: tuple[str, str]) -> None:
    for kind, row in TABLE[route].items():
        expected = dict(zip(CALLERS, row.split(), strict=True))
        told = {caller: outcome(world, route, kind, caller) for caller in CALLERS}
        assert told == expected, kind
    if route == ("POST", "/api/v1/officers/sign-out"):
        world.sign_in()


ABOUT_SESSIONS = [
    route for route, rule in RULES.items() if rule.object not in {"none", "case"} and rule.assistant is not None
]


@pytest.mark.parametrize("route", ABOUT_SESSIONS, ids=" ".join)
def test_a_session_of_the_other_assistant_is_an_unknown_one(
    world: World, own_world: World, route: tuple[str, str]
) -> None:
    """To its visitor, its tenant, officers and developers alike, on every route that is about a session."""
    others = {LOAN_SESSIONS: GUY_SESSIONS, GUY_SESSIONS: LOAN_SESSIONS}[sessions_of(route[1])]
    (session, capability), of_tenant = world.start(others), world.start_for_tenant(others)
    told = {
        "visitor": asked(world, route, session, {"X-Session-Token": capability}),
        "cookie": asked(world, route, session, {"Cookie": f"__Host-session-{session}={capability}"}),
        "client": asked(world, route, of_tenant, token("acme", *EVERY_SCOPE)),
        "developer": asked(own_world, route, own_world.start(others)[0], {}),
    }
    if RULES[route].officers:
        told["auditor"] = asked(world, route, session, {"Cookie": world.officers["auditor"]})
    assert set(told.values()) == {"404"}, told


def test_foreign_and_missing_are_told_alike(world: World) -> None:
    """The same status, the same words, the same headers, but for the request's own id."""
    theirs, _ = world.start()
    letter = keep_letter(world.service, theirs)
    headers = {"X-Session-Token": world.strange}
    for path, other in [
        (f"/api/v1/sessions/{theirs}", f"/api/v1/sessions/{missing()}"),
        (f"/api/v1/sessions/{theirs}/kfs", f"/api/v1/sessions/{missing()}/kfs"),
        (f"/api/v1/letters/{letter}", f"/api/v1/letters/{'0' * 32}"),
        (f"/api/v1/letters/{letter}", "/api/v1/letters/what"),
        (f"/api/v1/dev/outbox?session_id={theirs}", f"/api/v1/dev/outbox?session_id={missing()}"),
    ]:
        assert plain(world.http.get(path, headers=headers)) == plain(world.http.get(other, headers=headers))
        assert plain(world.http.get(path)) == plain(world.http.get(other))


def test_two_tabs_keep_their_sessions(world: World) -> None:
    """One browser, two sessions: each cookie opens its own, both come along, neither takes the other's place."""
    (first, one), (second, two) = world.start(), world.start()
    both = {"Cookie": f"__Host-session-{first}={one}; __Host-session-{second}={two}"}
    assert world.http.get(f"/api/v1/sessions/{first}", headers=both).status_code == 200
    assert world.http.get(f"/api/v1/sessions/{second}", headers=both).status_code == 200
    assert world.http.get(f"/api/v1/sessions/{first}", headers={"Cookie": f"__Host-session-{second}={two}"}).is_error
    letter = keep_letter(world.service, first)
    assert world.http.get(f"/api/v1/letters/{letter}", headers=both).status_code == 200


def test_an_officer_with_a_visitors_cookie_is_both(world: World) -> None:
    mine, capability = world.start()
    theirs, _ = world.start()
    cookies = {"Cookie": f"__Host-session-{mine}={capability}; {world.officers['auditor']}"}
    assert world.http.get(f"/api/v1/sessions/{theirs}", headers=cookies).status_code == 200
    chat = {"message": "Hello", "session_id": mine}
    assert world.http.post("/api/v1/chat", json=chat, headers=cookies).status_code == 200
    assert world.http.post("/api/v1/chat", json=chat | {"session_id": theirs}, headers=cookies).status_code == 404


def test_one_credential_at_a_time(world: World) -> None:
    session, capability = world.start()
    two = world.credentials("client", "", "") | {"X-Session-Token": capability}
    answer = world.http.get(f"/api/v1/sessions/{session}", headers=two)
    assert (answer.status_code, answer.json()["code"]) == (400, "two_credentials")
    twice = [("X-Session-Token", capability), ("X-Session-Token", capability)]
    assert world.http.get(f"/api/v1/sessions/{session}", headers=twice).status_code == 400


def test_a_capability_in_the_address_is_nothing(world: World) -> None:
    session, capability = world.start()
    for name in ("token", "access_token", "X-Session-Token"):
        assert world.http.get(f"/api/v1/sessions/{session}", params={name: capability}).status_code == 401


def test_the_cookie_of_a_session(world: World) -> None:
    answer = world.http.post("/api/v1/chat", json={"message": "Hello"})
    session, capability = answer.json()["session_id"], answer.headers["X-Session-Token"]
    cookie, *traits = answer.headers["set-cookie"].split("; ")
    assert cookie == f"__Host-session-{session}={capability}"
    assert {trait.lower() for trait in traits} == {"httponly", "secure", "samesite=strict", "path=/", "max-age=86400"}
    gone = world.http.delete(f"/api/v1/sessions/{session}", headers={"X-Session-Token": capability})
    assert gone.headers["set-cookie"].startswith(f'__Host-session-{session}=""; ')
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert world.http.get(f"/api/v1/sessions/{session}", headers={"X-Session-Token": capability}).status_code == 404
    stored = world.service.data_dir.rglob("esoteric.db*")
    assert not any(capability.encode() in path.read_bytes() for path in stored)
    world.http.cookies.clear()


def test_a_browser_lets_its_oldest_sessions_go(world: World) -> None:
    held = [f"__Host-session-{uuid4()}={'A' * 43}" for _ in range(25)]
    answer = world.http.post("/api/v1/sessions", headers={"Cookie": "; ".join(held)})
    removed = [line.partition("=")[0] for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line]
    assert removed == [cookie.partition("=")[0] for cookie in held[:6]]
    world.http.cookies.clear()


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
def test_the_developer_may_do_everything(own_world: World, route: tuple[str, str]) -> None:
    of_officers = TABLE[route] in (OFFICER, CASE, ACT)  # only who has signed in as one is one
    for kind in TABLE[route]:
        nowhere = kind == "missing" and TABLE[route] is not GUY_SOCKET
        expected = "401" if of_officers else "404" if nowhere else "ok"
        assert outcome(own_world, route, kind, "none") == expected, kind


@pytest.fixture(scope="module")
def own_world(service: Service) -> World:
    return World(service, service.client())


def outcome(world: World, route: tuple[str, str], kind: str, caller: str) -> str:
    """What the caller is told about an object of that kind: `ok`, or the status that kept them out."""
    sessions = sessions_of(route[1])
    session, capability = world.start(sessions)
    if caller == "expired":
        age(world.service, session)
    ours = {"visitor's": session, "reviewed": session, "case": session, "": session}
    target = missing() if kind == "missing" else ours.get(kind) or start_for_tenant(world, sessions)
    if kind == "reviewed":
        keep_case(world.service, target)
    return asked(world, route, target, world.credentials(caller, session, capability), kind)


def asked(world: World, route: tuple[str, str], target: str, headers: dict[str, str], kind: str = "named") -> str:
    method, path = route
    if path.endswith("/events"):
        headers |= NEVER_GIVEN_OUT  # whom the stream lets in it would keep for ever
    if method == "WEBSOCKET":
        return asyncio.run(
            handshake(f"ws://127.0.0.1:{world.service.port}{fill(world.service, path, target)}", headers)
        )
    answer = world.http.request(
        "GET" if method == "MOUNT" else method,
        UNDER.get(path) or fill(world.service, path, target, kind),
        headers=headers,
        **body_of(route, target, kind),
    )
    world.http.cookies.clear()
    assert answer.status_code < 500
    problem = answer.json() if answer.headers["content-type"] == "application/problem+json" else {"code": ""}
    if answer.status_code in {401, 403} and problem["code"] in {"unauthorised", "forbidden", "not_signed_in"}:
        assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
        return str(answer.status_code)
    return "404" if problem["code"] in UNKNOWN else "ok"


def body_of(route: tuple[str, str], target: str, kind: str) -> dict[str, Any]:
    _, path = route
    if path.startswith(("/api/v1/chat", "/api/chat")):
        return {"json": {"message": "Hello"} | ({"session_id": target} if kind else {})}
    if path.endswith("/documents"):
        return {"files": {"file": b"neither PDF nor picture"}, "data": {"kind": "salary_slip"}}
    if path.endswith("/verify"):
        return {"files": {"file": b"no letter"}}
    if path.endswith("/verify/code"):
        return {"json": {"code": "AAAA-AAAA-AAAA-AAAA"}}
    if path.endswith("/feedback"):
        return {"json": {"message_id": "no such message", "thumb": "up"}}
    if path.endswith("/query"):
        return {"json": {"query": "fees"}}
    return {}


def fill(service: Service, path: str, target: str, kind: str = "") -> str:
    if "{letter_id}" in path:
        return path.format(letter_id=uuid4().hex if kind == "missing" else keep_letter(service, target))
    if "{case_id}" in path:
        case_id = missing() if kind == "missing" else keep_case(service, target)
        return path.format(case_id=case_id, document_id=uuid4())
    filled = path.format(session_id=target)
    return f"{filled}?session_id={target}" if path.endswith("/outbox") else filled


def sessions_of(path: str) -> str:
    """Where the sessions of the route's assistant are."""
    return GUY_SESSIONS if path.startswith(("/api/sessions", "/api/chat", "/ws/")) else LOAN_SESSIONS


def start_for_tenant(world: World, sessions: str = LOAN_SESSIONS) -> str:
    guarded = world.service.house is not None and world.service.house.gate.required
    return world.start_for_tenant(sessions) if guarded else world.start(sessions)[0]


def key_of(service: Service, session_id: str, database: sqlite3.Connection) -> SessionKey:
    assert service.house is not None
    found = database.execute("SELECT wrapped FROM session_keys WHERE session_id = ?", (session_id,)).fetchone()
    return Vault(service.house.settings.secrets()).unwrap(session_id, found[0])


def keep_letter(service: Service, session_id: str) -> str:
    letter_id = uuid4().hex
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        pdf = key_of(service, session_id, database).seal(f"letters.pdf:{letter_id}", b"%PDF-")
        database.execute("INSERT INTO letters VALUES (?, ?, ?)", (letter_id, session_id, pdf))
    database.close()
    return letter_id


def keep_case(service: Service, session_id: str) -> str:
    facts = {"name": None, "customer": {}, "reading": None, "decision": None, "slip": None, "video_kyc_due": False}
    row: dict[str, Any] = {
        "case_id": str(uuid4()),
        "session_id": session_id,
        "application_id": "EF-1",
        "kind": "identity",
    }
    row |= {"kind": "identity", "state": "open", "version": 1, "reasons": "[]", "amount": 1, "refs": "[]"}
    row |= {"opened_at": "2026-12-01T00:00:00+00:00", "due_on": "2026-12-02"}
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        row["facts"] = key_of(service, session_id, database).seal_json(f"cases.facts:{row['case_id']}", facts)
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        database.execute(f"INSERT INTO cases ({names}) VALUES ({places})", row)  # noqa: S608  names of ours
        database.execute("UPDATE sessions SET reviewed = 1 WHERE session_id = ?", (session_id,))
    database.close()
    return str(row["case_id"])


def age(service: Service, session_id: str) -> None:
    """A day and a minute pass for the session."""
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        moved = "strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-1441 minutes')"
        database.execute(f"UPDATE sessions SET active_at = {moved} WHERE session_id = ?", (session_id,))  # noqa: S608
    database.close()


async def handshake(url: str, headers: dict[str, str]) -> str:
    try:
        async with websockets.connect(url, additional_headers=headers, proxy=None):
            return "ok"
    except websockets.InvalidStatus as refused:
        return str(refused.response.status_code)


def plain(answer: httpx.Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    own = {"x-request-id", "date"}
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    return answer.status_code, {**answer.json(), "request_id": ""}, headers
