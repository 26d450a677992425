"""A conversation with the real graph in this process: real agents, policy and rules, providers that keep a log."""

import dataclasses
import re
import uuid
from datetime import date
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from agents.context import Context
from agents.embedded import embedded_services
from agents.loan_view import view
from agents.services import Services
from graph.loan import builder
from server.routes.documents import as_claims
from tests.samples import salary_slip_pdf
from tools.attempts import MemoryAttempts
from tools.clock import Clock
from tools.document_marks import MemoryMarks
from tools.documents.child import read_salary_slip
from tools.effects import MemoryEffects
from tools.mail import Message
from tools.papers import MemoryPapers
from tools.providers.protocols import BureauReport
from tools.providers.simulated import Customer, SimulatedProviders, packaged_customers
from tools.velocity import MemoryHistory

AS_OF = date(2026, 12, 1)


class CountingProviders(SimulatedProviders):
    """The simulated providers, with the list of bureau inquiries as the truth of what was asked."""

    pulls: list[str]

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        self.pulls.append(inquiry)
        return await super().pull(pan, inquiry=inquiry)


class MemoryCarrier:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        if message.id not in {earlier.id for earlier in self.sent}:
            self.sent.append(message)


class Conversation:
    """One session. `say` and `upload` return the reply; state, bureau pulls and mails are there to look at."""

    def __init__(self, *, customers: list[Customer] | None = None, as_of: date = AS_OF) -> None:
        self.providers = CountingProviders.of(customers or packaged_customers())
        object.__setattr__(self.providers, "pulls", [])
        self.carrier = MemoryCarrier()
        self.papers = MemoryPapers()
        self.services: Services = dataclasses.replace(
            embedded_services(),
            providers=self.providers.providers(),
            papers=self.papers,
            effects=MemoryEffects(self.carrier, self.papers),
            history=MemoryHistory(),
            attempts=MemoryAttempts(),
            marks=MemoryMarks(),
            clock=Clock(as_of),
        )
        self._graph = builder().compile(checkpointer=InMemorySaver())
        self.session_id = str(uuid.uuid4())
        self.state: dict[str, Any] = {}
        self.reply = ""

    def on(self, day: date) -> None:
        """Go on with the conversation on another day."""
        self.services = dataclasses.replace(self.services, clock=Clock(day))

    async def say(self, text: str) -> str:
        if text == "OTP":
            text = self.code()
        return await self._turn(HumanMessage(text, id=str(uuid.uuid4())))

    async def upload(self, **slip: Any) -> str:
        """Upload a salary slip made to order."""
        application = self.state.get("application", {})
        on_record = application.get("customer") or {}
        employer = on_record.get("employer") or application.get("employer") or "Riverside Software"
        made = {"employer": employer, "month": date(2026, 11, 1), **slip}
        reading = as_claims(read_salary_slip(salary_slip_pdf(**made), kind="pdf"), self.services)
        return await self.receive(reading)

    async def receive(self, reading: dict[str, Any]) -> str:
        """A slip arrives that was read as `reading`."""
        upload = {"document_id": str(uuid.uuid4()), "kind": "salary_slip", "reading": reading}
        return await self._turn(HumanMessage("[slip]", id=str(uuid.uuid4()), additional_kwargs={"upload": upload}))

    def code(self) -> str:
        """The newest code on the simulated phone."""
        texts = [message.body for message in self.carrier.sent if message.channel == "sms"]
        found = re.search(r"\d{6}", texts[-1])
        assert found
        return found.group()

    @property
    def application(self) -> dict[str, Any]:
        return dict(self.state["application"])

    @property
    def awaiting(self) -> list[str]:
        return list(view(self.state)["awaiting"])

    async def _turn(self, message: HumanMessage) -> str:
        context = Context.of(self.services, session_id=self.session_id, channel="test")
        config = {"configurable": {"thread_id": self.session_id}}
        self.state = await self._graph.ainvoke({"messages": [message]}, config, context=context)  # type: ignore[assignment, call-overload]
        self.reply = self.state["messages"][-1].text
        return self.reply


def customer(customer_id: str, **changes: Any) -> Customer:
    """A packaged customer, changed."""
    (found,) = (person for person in packaged_customers() if person.customer_id == customer_id)
    return found.model_copy(update=changes)


async def talked(*messages: str) -> Conversation:
    """A conversation in which the customer has said all of these."""
    conversation = Conversation()
    for message in messages:
        await conversation.say(message)
    return conversation
