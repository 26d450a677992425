"""Conversations from outside: one customer over REST, SSE or WebSocket, answering whatever is awaited."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.samples import salary_slip_pdf
from tests.service import Service

Transport = Literal["rest", "sse", "websocket"]
TRANSPORTS: tuple[Transport, ...] = ("rest", "sse", "websocket")
Json = dict[str, Any]

# What each customer asks for.
REQUESTS = {
    "C01": (300_000, 36),
    "C02": (350_000, 48),
    "C03": (450_000, 24),
    "C04": (350_000, 36),
    "C05": (100_000, 24),
    "C06": (100_000, 24),
    "C07": (150_000, 24),
    "C08": (80_000, 12),
    "C09": (100_000, 24),
    "C10": (300_000, 36),
    "C11": (100_000, 24),
    "C12": (200_000, 24),
    "C13": (300_000, 36),
    "C14": (100_000, 24),
    "C15": (100_000, 24),
    "C16": (100_000, 24),
    "C17": (100_000, 24),
    "C18": (200_000, 24),
}
SLIP_IN_ANOTHER_NAME: dict[str, str] = {"C13": "Suresh Patel"}
MOST_TURNS = 30


@cache
def policy_cases() -> Json:
    path = Path(__file__).parent / "vectors" / "policy_cases.json"
    document: Json = json.loads(path.read_text(encoding="utf-8"))
    return document


@cache
def customers() -> dict[str, Json]:
    return {customer["customer_id"]: customer for customer in policy_cases()["customers"]}


@dataclass
class Conversation:
    """One session, talked to over one transport. Every answer is kept in `answers`, every frame in `frames`."""

    service: Service
    transport: Transport = "rest"
    session_id: str = ""
    answers: list[Json] = field(default_factory=list)
    frames: list[Json] = field(default_factory=list)
    _socket: ClientConnection | None = None
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __post_init__(self) -> None:
        self.http = self.service.client()
        if not self.session_id:
            self.session_id = self.http.post("/api/v1/sessions").raise_for_status().json()["session_id"]
        if self.transport == "websocket":
            opening = connect(self.service.socket_url(self.session_id), compression=None, proxy=None)
            self._socket = self._open.enter_context(opening)

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def last(self) -> Json:
        return self.answers[-1]

    @property
    def awaiting(self) -> list[str]:
        fields: list[str] = self.session()["awaiting"] if not self.answers else self.last["awaiting"]
        return fields

    def say(self, text: str, message_id: str | None = None) -> Json:
        """Send a message; the answer in the shape that REST gives it."""
        body: Json = {"message": text} | ({"message_id": message_id} if message_id else {})
        if self.transport == "rest":
            answer = self.http.post("/api/v1/chat", json=body | {"session_id": self.session_id})
            return self._heard(answer.raise_for_status().json())
        if self.transport == "sse":
            frames = list(stream(self.http, body | {"session_id": self.session_id}))
        else:
            assert self._socket is not None
            self._socket.send(json.dumps(body))
            frames = list(self.socket_frames())
        self.frames += frames
        assert frames[-1]["type"] == "end", frames[-1]
        return self._heard(frames[-1] | {"message": frames[-1]["content"]})

    def socket_frames(self) -> Iterator[Json]:
        """The frames that come over the socket, up to the end of a turn."""
        assert self._socket is not None
        while True:
            frame: Json = json.loads(self._socket.recv(timeout=60))
            yield frame
            if frame["type"] in {"end", "error"}:
                return

    def upload(self, data: bytes, name: str = "slip.pdf", media: str = "application/pdf") -> httpx.Response:
        response = self.http.post(
            f"/api/v1/sessions/{self.session_id}/documents",
            files={"file": (name, data, media)},
            data={"kind": "salary_slip"},
        )
        if response.status_code == 201:
            self._heard(response.json())
            if self.transport == "websocket":
                self.frames += list(self.socket_frames())
        return response

    def get(self, path: str) -> Json:
        """A resource of the session, e.g. `/kfs`; "" is the session itself."""
        found: Json = self.http.get(f"/api/v1/sessions/{self.session_id}{path}").raise_for_status().json()
        return found

    def session(self) -> Json:
        return self.get("")

    def transcript(self) -> list[Json]:
        messages: list[Json] = self.get("/messages")["messages"]
        return messages

    def outbox(self) -> list[Json]:
        answer = self.http.get("/api/v1/dev/outbox", params={"session_id": self.session_id})
        messages: list[Json] = answer.raise_for_status().json()["messages"]
        return messages

    def code(self) -> str:
        """The newest one-time code on the simulated phone."""
        texts = [message["body"] for message in self.outbox() if message["channel"] == "sms"]
        found = re.search(r"\b\d{6}\b", texts[-1])
        assert found
        return found.group()

    def _heard(self, answer: Json) -> Json:
        self.answers.append(answer)
        return answer


def stream(client: httpx.Client, body: Json) -> Iterator[Json]:
    """The frames of one message over SSE, checked against the event's own type and id."""
    with client.stream("POST", "/api/v1/chat/stream", json=body) as response:
        if response.status_code != 200:
            response.read()
            response.raise_for_status()
        event: dict[str, str] = {}
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                event[name] = value
            elif event:
                frame: Json = json.loads(event["data"])
                assert (event["event"], event["id"]) == (frame["type"], str(frame["event_id"]))
                event = {}
                yield frame


def answer_for(field_name: str, customer: Json, amount: int, months: int) -> str:
    """What the customer says when `field_name` is awaited; a field only an upload or a code answers is not here."""
    answers: dict[str, str] = {
        "desired_amount": f"I need {amount}",
        "applicant_name": f"My name is {customer['name']}",
        "loan_term_months": f"{months} months",
        "purpose": "my sister's wedding",
        "consent": "yes, I agree",
        "pan": customer["pan"],
        "date_of_birth": date.fromisoformat(customer["dob"]).strftime("%d/%m/%Y"),
        "phone": customer["phone"],
        "slip_confirmation": "yes",
        "kyc_upgrade": "yes",
        "offer_decision": "yes, I accept",
        "kfs_acknowledgement": "I acknowledge",
    }
    return answers[field_name]


def answer_next(conversation: Conversation, customer_id: str) -> Json:
    """One more turn: what the customer does about the field that is awaited first."""
    customer, (amount, months) = customers()[customer_id], REQUESTS[customer_id]
    wanted = conversation.awaiting[0]
    if wanted == "otp":
        return conversation.say(conversation.code())
    if wanted == "salary_slip":
        response = conversation.upload(slip_of(customer_id))
        assert response.status_code == 201, response.text
        return conversation.last
    return conversation.say(answer_for(wanted, customer, amount, months))


def converse(conversation: Conversation, customer_id: str, *, until: str | None = None) -> Json:
    """Talk as the customer until nothing is awaited, or until `until` is next; the last answer."""
    if not conversation.answers:
        conversation.say("Hi")
    for _ in range(MOST_TURNS):
        awaited = conversation.awaiting
        if not awaited or awaited[0] == until:
            return conversation.last
        answer_next(conversation, customer_id)
    raise AssertionError(f"{customer_id} is still asked for {conversation.awaiting}")


def slip_of(customer_id: str) -> bytes:
    """The customer's salary slip of last month, paying what the records say."""
    customer = customers()[customer_id]
    return salary_slip_pdf(
        name=SLIP_IN_ANOTHER_NAME.get(customer_id) or customer["name"],
        employer=customer["employer"],
        net_pay=customer["net_income_on_file"],
        month=date(2026, 11, 1),
    )


def normalised(text: str) -> str:
    """A reply without what may differ from one run to the next."""
    return re.sub(r"/api/v1/letters/[\w-]+", "/api/v1/letters/ID", text)
