"""Officers at work on a running service: signed in, with the acts that a test needs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from server.access.passwords import Passwords
from server.store.database import Database
from server.store.officers import OfficerRow, Officers
from tests.driver import Conversation, Json, answer_next, converse, customers
from tests.server.access.desk import CountingHasher
from tests.service import Service
from tools.sealing import refs_of_person

PASSWORD = "correct horse battery staple"
REASON = "Looked at the papers and the record."


@dataclass
class Office:
    """`sign_in` gives a client that is that officer."""

    service: Service
    people: dict[str, "Person"] = field(default_factory=dict)

    def person(self, name: str, *roles: str, limit: int = 500_000, customer: str | None = None) -> "Person":
        """An officer of this name, added and signed in on first use; `customer` is who they are themselves."""
        if name not in self.people:
            self._add(name, roles or ("maker",), limit, customer)
            client = self.service.client()
            body = {"name": name, "password": PASSWORD}
            answer = client.post("/api/v1/officers/sign-in", json=body).raise_for_status()
            client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
            client.cookies.clear()
            self.people[name] = Person(name, client)
        return self.people[name]

    @property
    def maker(self) -> "Person":
        return self.person("asha", "maker")

    @property
    def checker(self) -> "Person":
        return self.person("bela", "checker", limit=2_500_000)

    @property
    def auditor(self) -> "Person":
        return self.person("chand", "auditor", limit=0)

    def _add(self, name: str, roles: tuple[str, ...], limit: int, customer: str | None) -> None:
        assert self.service.house is not None
        refs: list[str] = []
        url = self.service.house.settings.database_url
        if customer is not None:
            known = customers()[customer]
            refs = refs_of_person(self.service.house.services.sealer, known["pan"], known["phone"], None)

        async def add() -> None:
            database = Database.postgres(url) if url else Database.sqlite(self.service.data_dir / "esoteric.db")
            try:
                password_hash = await Passwords(CountingHasher()).hash(PASSWORD)
                row = OfficerRow(name, password_hash, roles, limit, "2026-12-01T00:00:00+00:00")
                await Officers(database).add(row)
                await Officers(database).set_own_refs(name, refs)
            finally:
                await database.close()

        with ThreadPoolExecutor(1) as aside:  # a test with a browser has a loop of its own in this thread
            aside.submit(lambda: asyncio.run(add())).result()


@dataclass
class Person:
    name: str
    client: httpx.Client

    def queue(self, state: str = "waiting") -> list[Json]:
        found: list[Json] = self.client.get("/api/v1/cases", params={"state": state, "limit": 200}).json()["cases"]
        return found

    def case_of(self, conversation: Conversation, state: str = "waiting") -> Json:
        """The newest case of the conversation, with all its details."""
        application_id = conversation.session()["loan_application"]["application_id"]
        own = [case for case in self.queue(state) if case["application_id"] == application_id]
        return self.look(max(own, key=lambda case: case["opened_at"])["case_id"])

    def look(self, case_id: str) -> Json:
        found: Json = self.client.get(f"/api/v1/cases/{case_id}").raise_for_status().json()
        return found

    def try_to(self, act: str, case: Json, **more: Any) -> httpx.Response:
        body = {"act": act, "reason": REASON, "version": case["version"], "key": str(uuid4())} | more
        return self.client.post(f"/api/v1/cases/{case['case_id']}/acts", json=body)

    def do(self, act: str, case: Json, **more: Any) -> Json:
        answer = self.try_to(act, case, **more)
        assert answer.status_code == 200, answer.text
        done: Json = answer.json()
        return done

    def approve(self, case: Json, **more: Any) -> Json:
        """An approval that waives all that can be waived, where that is what it takes."""
        if case["approval"] == "waive":
            more.setdefault("waive", [found["rule"] for found in case["findings"] if found["waiver"]])
        if case["approval"] == "attest":
            more.setdefault("attest", True)
        return self.do("approve", case, **more)


def under_review(service: Service, customer_id: str, transport: str = "rest") -> Conversation:
    """The customer has talked until a person has to look."""
    conversation = Conversation(service, transport)  # type: ignore[arg-type]
    converse(conversation, customer_id)
    assert status_of(conversation) == "under_review", conversation.last["message"]
    return conversation


def status_of(conversation: Conversation) -> str:
    status: str = conversation.session()["loan_application"]["status"]
    return status


def converse_on(conversation: Conversation, customer_id: str) -> None:
    """Go on as the customer from where the officers left it."""
    conversation.answers.clear()
    for _ in range(20):
        if not conversation.awaiting:
            return
        answer_next(conversation, customer_id)
    raise AssertionError(conversation.awaiting)
