"""A customer over HTTP who retries as a good client does, and writes down what was sent and what was told."""

import contextlib
import time
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

import httpx

from tests.driver import REQUESTS, answer_for, customers, stream
from tests.faults.checker import Evidence, History, Json, Sent, violations
from tests.faults.stage import Stage
from tests.load.people import Person

Transport = Literal["rest", "sse"]
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 0.05
MOST_TURNS = 40
ASK_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 507})


class NoAnswer(AssertionError):
    """A message found no answer in time."""


@dataclass
class Talker:
    """One session at one service, or at several that stand for one. `troubles` is what went wrong and was retried."""

    urls: list[str]
    transport: Transport = "rest"
    who: str | Person = "C01"
    deadline: float = DEADLINE_SECONDS
    history: History = field(default_factory=lambda: History(""))
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next = 0
        self.http = httpx.Client(timeout=httpx.Timeout(30, connect=5), trust_env=False)

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> "Talker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def session_id(self) -> str:
        if not self.history.session_id:
            self.history.session_id = self._ask("POST", "/api/v1/sessions").json()["session_id"]
        return self.history.session_id

    def say(self, text: str, *, message_id: str = "") -> Json:
        """Send it, and again under the same id until it is answered. Raises NoAnswer."""
        sent = self.history.add(message_id or f"m-{uuid4()}", text)
        return self.ask(sent)

    def ask(self, sent: Sent) -> Json:
        """Send a message of before (again)."""
        started = time.monotonic()
        while time.monotonic() - started < self.deadline:
            answer = self.once(sent)
            if answer is not None:
                return answer
            time.sleep(PAUSE_SECONDS)
        raise NoAnswer(f"{sent.text!r} found no answer: {self.troubles[-3:]}")

    def once(self, sent: Sent) -> Json | None:
        """One attempt; None where the client may try again. What was told is written down."""
        body = {"message": sent.text, "message_id": sent.message_id, "session_id": self.session_id}
        try:
            answer = self._over_sse(body) if self.transport == "sse" else self._over_rest(body)
        except httpx.TransportError as error:
            self.troubles.append(type(error).__name__)
            return None
        except httpx.HTTPStatusError as error:
            code = _code(error.response)
            self.troubles.append(f"{error.response.status_code} {code}")
            if error.response.status_code not in ASK_AGAIN:
                sent.refused = code
                raise NoAnswer(f"{sent.text!r} was refused: {code}") from None
            return None
        if answer is not None:
            sent.answers.append(answer)
        return answer

    def converse(self, *, until: str | None = None, at_most: int = MOST_TURNS) -> None:
        """Answer what is awaited until nothing is, or `until` is next."""
        for _ in range(at_most):
            words = self.next_words(until)
            if words is None:
                return
            self.say(words)
        assert at_most < MOST_TURNS, f"the conversation does not end: {self.get('')['awaiting']}"

    def next_words(self, until: str | None = None) -> str | None:
        awaiting = self.get("")["awaiting"]
        if not awaiting or awaiting[0] == until:
            return None
        return self.code() if awaiting[0] == "otp" else self._answer_to(awaiting[0])

    def get(self, path: str) -> Json:
        found: Json = self._ask("GET", f"/api/v1/sessions/{self.session_id}{path}").json()
        return found

    def mails(self, channel: str = "") -> list[Json]:
        shown: list[Json] = self._ask("GET", f"/api/v1/dev/outbox?session_id={self.session_id}").json()["messages"]
        return [mail for mail in shown if not channel or mail["channel"] == channel]

    def code(self) -> str:
        deadline = time.monotonic() + self.deadline
        while not (texts := self.mails("sms")):
            assert time.monotonic() < deadline, "the code did not arrive"
            time.sleep(PAUSE_SECONDS)
        return str(texts[-1]["body"])[:6]

    def evidence(self, stage: Stage, pulls: list[str] | None = None, *, mails: int = 0) -> Evidence:
        """What is on record, once so many mails have left."""
        deadline = time.monotonic() + 20
        while len(self.mails()) < mails and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)

        def mine(table: str) -> list[Json]:
            return [row for row in stage.table(table) if row["session_id"] == self.session_id]

        return Evidence(
            turns=mine("turns"),
            transcript=self.get("/messages")["messages"],
            effects=mine("effects"),
            letters=mine("letters"),
            mails=self.mails(),
            pulls=pulls or [],
            view=self.get(""),
        )

    def check(self, stage: Stage, pulls: list[str] | None = None, *, sanctioned: bool = True, codes: int = 1) -> None:
        """Raises AssertionError for whatever does not hold. `codes` is how many may have been sent."""
        evidence = self.evidence(stage, pulls, mails=2 if sanctioned else 0)
        broken = violations(self.history, evidence)
        assert not broken, "; ".join(broken)
        if sanctioned:
            assert evidence.view["loan_application"]["status"] == "sanctioned", evidence.view["loan_application"]
            kinds = sorted(mail["channel"] for mail in evidence.mails)
            assert len(evidence.letters) == kinds.count("email") == 1, (len(evidence.letters), kinds)
            assert 1 <= kinds.count("sms") <= codes, kinds

    def _answer_to(self, field_name: str) -> str:
        if isinstance(self.who, str):
            return answer_for(field_name, customers()[self.who], *REQUESTS[self.who])
        person = self.who
        if field_name == "offer_decision":
            return person.road.acceptance
        customer = {"name": person.name, "pan": person.pan, "phone": person.phone, "dob": person.born.isoformat()}
        return answer_for(field_name, customer, person.road.amount, person.road.months)

    def _over_rest(self, body: Json) -> Json:
        answer: Json = self.http.post(f"{self._url()}/api/v1/chat", json=body).raise_for_status().json()
        return answer

    def _over_sse(self, body: Json) -> Json | None:
        frames: list[Json] = []
        self.history.streams.append(frames)
        self.http.base_url = self._url()
        try:
            frames += stream(self.http, body)
        finally:
            if not frames:
                self.history.streams.remove(frames)
        if not frames or frames[-1]["type"] != "end":
            self.troubles.append(f"stream ended at {frames[-1]['type'] if frames else 'nothing'}")
            return None
        return frames[-1] | {"message": frames[-1]["content"]}

    def _ask(self, method: str, path: str) -> httpx.Response:
        started = time.monotonic()
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = self.http.request(method, f"{self._url()}{path}")
                if answer.status_code not in ASK_AGAIN:
                    return answer.raise_for_status()
            assert time.monotonic() - started < self.deadline, f"{method} {path.partition('?')[0]} finds no answer"
            time.sleep(PAUSE_SECONDS)

    def _url(self) -> str:
        self._next += 1
        return self.urls[self._next % len(self.urls)]


def _code(response: httpx.Response) -> str:
    with contextlib.suppress(ValueError, KeyError, httpx.ResponseNotRead):
        return str(response.json()["code"])
    return "?"
