"""One conversation of an evaluation: the real graph, simulated customers and providers in memory, nothing kept."""

import dataclasses
import re
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from langchain_core.messages import HumanMessage
from langgraph.graph.state import CompiledStateGraph

from agents.application import Application
from agents.context import Context
from agents.loan_view import view
from agents.services import Services
from agents.speaking import Line
from agents.turn_context import NodeStatus
from server.observing.current import TURN, CurrentTurn
from tools.attempts import MemoryAttempts
from tools.clock import Clock
from tools.document_marks import MemoryMarks
from tools.effects import MemoryEffects
from tools.mail import Message
from tools.papers import MemoryPapers
from tools.providers.simulated import Customer, SimulatedProviders
from tools.velocity import MemoryHistory

_CODE = re.compile(r"\d{6}")


@dataclass
class Turn:
    """What came of one message.

    lines   what the reply was made of
    resets  how often words that were shown were taken back
    """

    reply: str = ""
    lines: list[Line] = field(default_factory=list)
    resets: int = 0
    seconds: float = 0.0
    application: Application = field(default_factory=Application)
    awaiting: list[str] = field(default_factory=list)
    turn_id: str = ""

    def node(self, _: str, status: NodeStatus, update: Any = None) -> None:
        if status == "finished" and update and update.get("said"):
            self.lines = update["said"]

    def said(self, chunk: str) -> None:
        """The whole of it is in the state when the turn is over."""

    def taken_back(self) -> None:
        self.resets += 1


class Talk:
    """A customer's side of a conversation with `services`, on a day that may pass."""

    def __init__(
        self, graph: CompiledStateGraph[Any, Any, Any, Any], services: Services, customers: list[Customer], as_of: date
    ) -> None:
        papers = MemoryPapers()
        self._phone = _Phone()
        self._graph = graph
        self._as_of = as_of
        self._session_id = str(uuid4())
        self._services = dataclasses.replace(
            services,
            providers=SimulatedProviders.of(customers).providers(),
            papers=papers,
            effects=MemoryEffects(self._phone, papers),
            history=MemoryHistory(),
            attempts=MemoryAttempts(),
            marks=MemoryMarks(),
            clock=Clock(as_of),
        )
        self.last = Turn(application=Application(), awaiting=view({})["awaiting"])

    def after(self, days: int) -> None:
        """So many days after the first one."""
        self._services = dataclasses.replace(self._services, clock=Clock(self._as_of + timedelta(days=days)))

    async def send(self, text: str) -> Turn:
        return await self._turn(HumanMessage(text, id=str(uuid4())))

    async def upload(self, slip: dict[str, Any]) -> Turn:
        """A salary slip of last month, as it was read: `name`, `net_pay` in rupees, and `employer`."""
        on_record = self.last.application.get("customer") or {}
        claims = {
            "problems": [],
            "employee_name": slip["name"],
            "employer": slip.get("employer") or on_record.get("employer"),
            "net_pay": slip["net_pay"],
            "paid_on": (self._as_of.replace(day=1) - timedelta(days=3)).isoformat(),
            "pan_ref": None,
            "marks": [str(uuid4())],
        }
        upload = {"document_id": str(uuid4()), "kind": "salary_slip", "reading": claims}
        return await self._turn(HumanMessage("[slip]", id=str(uuid4()), additional_kwargs={"upload": upload}))

    @property
    def code(self) -> str:
        """The newest one-time code on the simulated phone, "" before there is one."""
        return self._phone.code

    async def _turn(self, message: HumanMessage) -> Turn:
        turn, started = Turn(turn_id=str(uuid4())), time.perf_counter()
        TURN.set(CurrentTurn(turn.turn_id, self._session_id))  # for the model's budgets
        context = Context.of(self._services, session_id=self._session_id, channel="evaluation", listener=turn)
        config: Any = {"configurable": {"thread_id": self._session_id}}
        state = await self._graph.ainvoke({"messages": [message]}, config, context=context)
        turn.seconds = time.perf_counter() - started
        turn.reply, turn.application = state["messages"][-1].text, state["application"]
        turn.awaiting = view(state)["awaiting"]
        self.last = turn
        return turn


class _Phone:
    """Takes what is sent to the customer and remembers the code."""

    def __init__(self) -> None:
        self.code = ""

    async def send(self, message: Message) -> None:
        if message.channel == "sms" and (found := _CODE.search(message.body)):
            self.code = found.group()
