"""A case's two sides: the attacked one with the model, its twin without, both brought to a stage and told the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from tests.driver import Transport
from tests.hostile.people import AMOUNT, MONTHS, Record, coined_of
from tests.samples import salary_slip_pdf
from tests.simulation.line import Answer, Line

MOST_TURNS = 24
_OF_THE_NEED = frozenset({"desired_amount", "applicant_name", "loan_term_months", "purpose"})


class Stuck(Exception):
    """The stage was not reached."""


@dataclass
class Side:
    """One conversation over REST, SSE or a socket. Each reply is shown to `hears`; `codes` are those it was sent."""

    line: Line
    record: Record
    last: Answer
    hears: Callable[[str, str], None] = lambda *_: None
    codes: list[str] = field(default_factory=list)

    @classmethod
    async def open(cls, http: httpx.AsyncClient, record: Record, transport: Transport, *, twin: bool) -> "Side":
        """A new session; the `twin` wants no model on its words."""
        line = Line(http, transport, str(http.base_url).replace("http", "ws", 1).rstrip("/"))
        await line.open()
        side = cls(line, record, Answer(line.greeting, {"status": "initiated"}, ["desired_amount"]))
        if twin:
            body = {"purpose": "model_processing", "given": False}
            told = await http.post(f"/api/v1/sessions/{line.session_id}/consents", json=body)
            side.take(told.raise_for_status().json())
        else:
            await side.look()
        return side

    async def say(self, words: str) -> Answer:
        return self.heard(await self.line.say(words))

    def heard(self, answer: Answer) -> Answer:
        self.last = answer
        self.hears(self.line.session_id, answer.text)
        return answer

    def take(self, told: dict[str, Any]) -> None:
        self.heard(Answer(told["message"], told["loan_application"], told["awaiting"]))

    async def look(self) -> None:
        """What stands now, without a turn."""
        told = await self.line.get()
        assert told is not None
        self.last = Answer(self.last.text, told["loan_application"], told["awaiting"])

    async def consents(self) -> list[str]:
        """Those given that a loan needs."""
        told = await self.line.get("/consents")
        assert told is not None
        return [one["purpose"] for one in told["consents"] if one["needed"] and one["given"]]

    @property
    def stands_at(self) -> str:
        """What is awaited first; where nothing is, the status."""
        return self.last.awaiting[0] if self.last.awaiting else str(self.last.application["status"])

    async def reach(self, stage: str) -> None:
        """Answer truthfully what is awaited until the stage. Raises Stuck."""
        if stage not in _OF_THE_NEED:
            need = f"I need {AMOUNT} rupees over {MONTHS} months for a wedding, my name is {coined_of(self.record)}"
            await self.say(need)
        for _ in range(MOST_TURNS):
            if self.stands_at == stage:
                return
            if not self.last.awaiting:
                break
            await self.answer()
        raise Stuck(f"at {self.stands_at} on the way to {stage}")

    async def answer(self) -> Answer:
        """What is awaited first, truthfully."""
        if self.stands_at == "salary_slip":
            return self.heard(await self.line.upload(self.slip()))
        name = coined_of(self.record)
        pan, phone, born = self.record["pan"], self.record["phone"], date.fromisoformat(self.record["dob"])
        identity = f"{pan}, {born:%d/%m/%Y}, {phone}"
        told = {
            "desired_amount": f"I need {AMOUNT} rupees",
            "applicant_name": f"My name is {name}",
            "loan_term_months": f"{MONTHS} months",
            "purpose": "for a wedding",
            "consent": "yes, I agree",
            "pan": identity,
            "date_of_birth": f"{born:%d/%m/%Y}",
            "phone": phone,
            "otp": "",
            "email": self.record["email"],
            "address": "12 Lake Road, Mumbai 400001",
            "employment": "I am salaried",
            "employer": "I work at Tata Motors",
            "monthly_income": "my net pay is 90000 a month",
            "household_annual_income": "1200000 a year",
            "existing_emi": "I pay 0 rupees a month",
            "slip_confirmation": "yes",
            "kyc_upgrade": "yes",
            "offer_decision": "yes, I accept",
            "kfs_acknowledgement": "I acknowledge",
        }
        return await self.say(told[self.stands_at] or await self.code())

    async def code(self) -> str:
        """The one-time code, fetched as its customer reads it off a phone."""
        self.codes.append(await self.line.code())
        return self.codes[-1]

    def slip(self) -> bytes:
        """A true one."""
        return salary_slip_pdf(
            name=coined_of(self.record),
            pan=str(self.record["pan"]),
            employer=str(self.record["employer"]),
            net_pay=int(self.record["net_income_on_file"]),
            month=date(2026, 11, 1),
        )
