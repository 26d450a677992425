"""The hedge fund guy over REST: sessions, answers, lists for whom they are, leads that are mailed and forgotten."""

import time
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.hedge_fund_guy.talking import NOTHING_COLLECTED
from tests.contract.test_erasure import copies
from tests.contract.test_problems import BAD_BODIES, CANARY, UNKNOWN, check_problem
from tests.driver import Json
from tests.server.access.callers import EVERY_SCOPE, GUY_SESSIONS, SECRET, World, token
from tests.service import Service, fresh_data_dir, service_in_thread

NAME, MAIL, INCOME = "Quokkina Zanzibar", "quokkina.zanzibar@example.com", "987,123"
FACTS = f"My name is {NAME}, my email is {MAIL} and I earn ${INCOME} a year."
PERSONAL = {what: what.encode() for what in (NAME, MAIL, INCOME, INCOME.replace(",", ""), "Quokkina", "Zanzibar")}
LEADS = "leads@fund.example.com"


@pytest.fixture(scope="module")
def http(service: Service) -> httpx.Client:
    return service.client()


@pytest.fixture
def session_id(http: httpx.Client) -> str:
    return begun(http)


def begun(http: httpx.Client) -> str:
    created: str = http.post(GUY_SESSIONS).raise_for_status().json()["session_id"]
    return created


def said(http: httpx.Client, session_id: str, text: str, **more: str) -> Json:
    body = {"message": text, "session_id": session_id, **more}
    answer: Json = http.post("/api/chat", json=body).raise_for_status().json()
    return answer


def session(http: httpx.Client, session_id: str) -> Json:
    found: Json = http.get(f"{GUY_SESSIONS}/{session_id}").raise_for_status().json()
    return found


def listed(http: httpx.Client, headers: dict[str, str] | None = None, **paging: int) -> list[Json]:
    found: list[Json] = http.get(GUY_SESSIONS, params=paging, headers=headers).raise_for_status().json()
    return found


# Sessions and answers


def test_a_session_begins(http: httpx.Client) -> None:
    answer = http.post(GUY_SESSIONS)
    created = answer.raise_for_status().json()
    assert set(created) == {"session_id", "timestamp", "status"}
    assert created["status"] == "active"
    assert answer.headers["X-Session-Token"] in answer.headers["set-cookie"]
    found = session(http, created["session_id"])
    (greeting,) = found.pop("conversation_history")
    assert found == created | {"data": {"name": None, "email": None, "income": None}}
    assert set(greeting) == {"role", "content", "timestamp"}
    assert greeting["role"] == "assistant" and greeting["content"]


def test_the_conversation_oldest_first(http: httpx.Client, session_id: str) -> None:
    answers = [said(http, session_id, text) for text in ("Hello!", "What is momentum?", "And carry?")]
    assert all(set(one) == {"response", "session_id", "data_collected", "is_complete"} for one in answers)
    assert all(one["session_id"] == session_id for one in answers)
    _, *history = session(http, session_id)["conversation_history"]
    assert [entry["role"] for entry in history] == ["user", "assistant"] * 3
    assert [entry["content"] for entry in history[1::2]] == [one["response"] for one in answers]
    moments = [datetime.fromisoformat(entry["timestamp"]) for entry in history]
    assert moments == sorted(moments)


def test_what_is_collected(http: httpx.Client, session_id: str) -> None:
    first = said(http, session_id, f"You may call me {NAME}. My name is {NAME}.")
    assert first["data_collected"] == NOTHING_COLLECTED | {"name": True}
    last = said(http, session_id, FACTS)
    assert last["data_collected"] == {"name": True, "email": True, "income": True}
    assert last["is_complete"] is True
    found = session(http, session_id)
    assert found["status"] == "complete"
    assert found["data"]["name"] == NAME and found["data"]["email"] == MAIL
    assert INCOME in found["data"]["income"] and "year" in found["data"]["income"]


def test_a_message_without_a_session_starts_one(service: Service) -> None:
    with httpx.Client(base_url=service.base_url, trust_env=False, timeout=30) as http:
        answer = http.post("/api/chat", json={"message": "Hello!"})
        started = answer.raise_for_status().json()["session_id"]
        assert answer.headers["X-Session-Token"]
        assert session(http, started)["conversation_history"][-1]["content"] == answer.json()["response"]


def test_a_message_sent_again(http: httpx.Client, session_id: str) -> None:
    first = said(http, session_id, "What is momentum?", message_id="m-1")
    said(http, session_id, "And value?", message_id="m-2")
    before = session(http, session_id)
    assert said(http, session_id, "What is momentum?", message_id="m-1") == first
    assert session(http, session_id) == before
    other = {"message": "And value?", "session_id": session_id, "message_id": "m-1"}
    assert check_problem(http.post("/api/chat", json=other), 409)["code"] == "message_id_reused"


@pytest.mark.parametrize(("name", "raw", "field"), BAD_BODIES, ids=[body[0] for body in BAD_BODIES])
def test_bad_bodies(http: httpx.Client, name: str, raw: bytes, field: str | None) -> None:
    answer = http.post("/api/chat", content=raw, headers={"Content-Type": "application/json"})
    assert check_problem(answer, 422)["code"] in {"invalid_json", "invalid_input"}
    assert CANARY not in answer.text


@pytest.mark.parametrize("unknown", [UNKNOWN, CANARY, "%00", "..%2f..%2fetc", "a" * 3000])
def test_unknown_sessions(http: httpx.Client, unknown: str) -> None:
    for method in ("GET", "DELETE"):
        answer = http.request(method, f"{GUY_SESSIONS}/{unknown}")
        check_problem(answer, 404)
        assert CANARY not in answer.text


def test_greetings_differ(http: httpx.Client) -> None:
    greetings = {http.get("/api/greeting").raise_for_status().json()["greeting"] for _ in range(60)}
    assert len(greetings) >= 8


def test_both_are_counted(http: httpx.Client) -> None:
    before = http.get("/metrics").json()
    said(http, begun(http), "Hello!")
    http.post("/api/v1/sessions").raise_for_status()
    after = http.get("/metrics").json()
    assert after["total_sessions"] == before["total_sessions"] + 2
    assert after["total_messages"] == before["total_messages"] + 1


# Lists


def test_a_list_is_newest_first(own_service: Service) -> None:
    http = own_service.client()
    made = [begun(http) for _ in range(25)]
    http.post("/api/v1/sessions").raise_for_status()
    newest = made[::-1]
    assert [row["session_id"] for row in listed(http)] == newest[:20]
    assert [row["session_id"] for row in listed(http, limit=100)] == newest
    pages = [listed(http, limit=7, offset=offset) for offset in range(0, 35, 7)]
    assert [row["session_id"] for page in pages for row in page] == newest
    assert [len(page) for page in pages] == [7, 7, 7, 4, 0]
    said(http, made[3], FACTS)  # what is said in one moves it nowhere
    assert [row["session_id"] for row in listed(http, limit=100)] == newest
    (row,) = listed(http, limit=1, offset=21)
    found = session(http, made[3])
    del found["conversation_history"]
    assert row == found


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=KANARI-7351"])
def test_pages_that_are_none(http: httpx.Client, query: str) -> None:
    answer = http.get(f"{GUY_SESSIONS}?{query}")
    assert check_problem(answer, 422)["code"] == "invalid_input"
    assert CANARY not in answer.text


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[World]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("guarded") / "var", knowledge_dir)
    with service_in_thread(data_dir, auth_required=True, secret_key=SECRET) as service:
        yield World.of(service)


def test_a_list_holds_what_is_ones_own(world: World) -> None:
    (first, one), (second, two), (foreign, three) = (world.start(GUY_SESSIONS) for _ in range(3))
    tenants = world.start_for_tenant(GUY_SESSIONS)
    loan, four = world.start()
    world.http.post("/api/chat", json={"message": FACTS, "session_id": first}, headers={"X-Session-Token": one})
    world.http.cookies.clear()

    def ids(headers: dict[str, str]) -> list[str]:
        rows = [row["session_id"] for row in listed(world.http, headers, limit=100)]
        world.http.cookies.clear()
        return rows

    assert ids({"X-Session-Token": one}) == [first]
    assert ids({"X-Session-Token": three}) == [foreign]
    assert ids({"X-Session-Token": four}) == []  # the loan assistant's session
    held = "; ".join(f"__Host-session-{name}={value}" for name, value in ((first, one), (second, two), (loan, four)))
    assert ids({"Cookie": held}) == [second, first]
    assert ids(token("acme", *EVERY_SCOPE)) == [tenants]
    assert ids(token("other", *EVERY_SCOPE)) == []
    (own,) = listed(world.http, {"X-Session-Token": one})
    assert own["data"]["name"] == NAME
    assert check_problem(world.http.get(GUY_SESSIONS), 401)["code"] == "unauthorised"


def test_an_operator_sees_that_and_not_who(world: World) -> None:
    session_id, capability = world.start(GUY_SESSIONS)
    body = {"message": FACTS, "session_id": session_id}
    world.http.post("/api/chat", json=body, headers={"X-Session-Token": capability}).raise_for_status()
    world.http.cookies.clear()
    answer = world.http.get(GUY_SESSIONS, params={"limit": 100}, headers=token("ops", "operate"))
    rows = {row["session_id"]: row for row in answer.raise_for_status().json()}
    assert rows[session_id]["status"] == "complete"
    assert all(row["data"] == {"name": None, "email": None, "income": None} for row in rows.values())
    assert not [value for value in PERSONAL if value in answer.text]
    one = world.http.get(f"{GUY_SESSIONS}/{session_id}", headers=token("ops", "operate"))
    assert check_problem(one, 403)["code"] == "forbidden"
    for officer in world.officers.values():
        assert check_problem(world.http.get(GUY_SESSIONS, headers={"Cookie": officer}), 403)


# Leads


def mails_in(data_dir: Path) -> list[EmailMessage]:
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in data_dir.glob("outbox/*.eml")]
    return [mail for mail in read if isinstance(mail, EmailMessage)]


@pytest.mark.parametrize(
    ("settings", "to"),
    [({"leads_email": LEADS}, LEADS), ({"mail_from": "desk@fund.example.com"}, "desk@fund.example.com")],
)
def test_a_lead_is_mailed_once_and_forgotten(data_dir: Path, settings: dict[str, Any], to: str) -> None:
    """After the erasure none of its bytes is in any file."""
    with service_in_thread(data_dir, **settings) as service:
        http = service.client()
        session_id, other = begun(http), begun(http)
        assert said(http, session_id, "Hello!")["is_complete"] is False
        assert said(http, session_id, FACTS)["is_complete"] is True
        said(http, session_id, "What is momentum?")
        outbox = http.get("/api/v1/dev/outbox", params={"session_id": session_id}).json()["messages"]
        assert [(mail["channel"], mail["to"]) for mail in outbox] == [("email", to)]
        assert NAME in outbox[0]["body"] and MAIL in outbox[0]["body"] and INCOME in outbox[0]["body"]
        wait_for_mail(data_dir)
        assert [mail["To"] for mail in mails_in(data_dir)] == [to]
        beside = {path: found for path, found in copies(data_dir, PERSONAL).items() if found}
        assert {place for found in beside.values() for place in found} == {
            str(path.relative_to(data_dir)) for path in data_dir.glob("outbox/*.eml")
        }
        deleted = http.delete(f"{GUY_SESSIONS}/{session_id}").raise_for_status()
        assert deleted.json() == {"session_id": session_id, "message": "Session deleted"}
        assert "Max-Age=0" in deleted.headers["set-cookie"]
        assert copies(data_dir, PERSONAL) == {}
        assert mails_in(data_dir) == []
        for method in ("GET", "DELETE"):
            check_problem(http.request(method, f"{GUY_SESSIONS}/{session_id}"), 404)
        check_problem(http.post("/api/chat", json={"message": "Hello!", "session_id": session_id}), 404)
        assert [row["session_id"] for row in listed(http)] == [other]
        assert said(http, other, "Hello!")["response"]
    assert copies(data_dir, PERSONAL) == {}


def wait_for_mail(data_dir: Path) -> None:
    """The sender works behind the turn."""
    deadline = time.monotonic() + 30
    while not mails_in(data_dir):
        assert time.monotonic() < deadline
        time.sleep(0.05)
