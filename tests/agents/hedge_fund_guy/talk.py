"""A talk with the real graph in this process, its state through the serializer of the service."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from agents.hedge_fund_guy.context import GuyContext, embedded_guy_services
from agents.hedge_fund_guy.reading.reading import Fact, Facts, Income, Intent, Reader, Reading
from agents.hedge_fund_guy.services import GuyServices
from agents.hedge_fund_guy.turn import GuyTurn
from agents.hedge_fund_guy.view import view
from agents.knowledge import Knowledge
from agents.turn_context import Listener
from graph.hedge_fund_guy import builder
from kb.search import Passage
from server.store.checkpoints import strict_serializer
from tests.conversation import MemoryCarrier
from tools.effects import MemoryEffects
from tools.papers import MemoryPapers

INCOME = Income(low="120000", high=None, currency="USD", period="year")
_END = re.compile(r"(?<=[.!?…])\s+")


def read_as(intent: Intent, *, declined: tuple[Fact, ...] = (), broken: tuple[Fact, ...] = (), **facts: Any) -> Reading:
    return Reading(intent=intent, facts=cast(Facts, facts), declined=list(declined), broken=list(broken))


class AsTold:
    """Reads every message as the test says; `asked` holds what had been asked for, message by message."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self.readings = readings
        self.asked: list[Fact | None] = []

    async def read(self, text: str, asked: Fact | None) -> Reading:
        self.asked.append(asked)
        return self.readings.get(text) or read_as("market")


class Notes:
    """A knowledge base of these passages, whatever the question."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = list(passages)
        self.queries: list[str] = []

    async def search(self, query: str, top_k: int = 3) -> list[Passage]:
        self.queries.append(query)
        return self.passages[:top_k]


def passage(number: int, *, relevant: bool = True) -> Passage:
    text = f"Statement {number} of the notes. It has a second sentence, numbered {number}."
    return Passage(f"notes.n{number}", f"Note {number}", text, f"Notes · notes.n{number}", 1 / number, relevant)


class GuyTalk:
    """One session. `say` returns the reply; state, mails and the chunks of the newest turn are there to look at."""

    def __init__(
        self, reader: Reader | None = None, knowledge: Knowledge | None = None, session_id: str = "s-1", **parts: Any
    ) -> None:
        self.carrier = MemoryCarrier()
        embedded = embedded_guy_services()
        self.services: GuyServices = dataclasses.replace(
            embedded,
            reader=reader or embedded.reader,
            knowledge=knowledge or embedded.knowledge,
            effects=MemoryEffects(self.carrier, MemoryPapers()),
            **parts,
        )
        self.session_id = session_id
        self.chunks: list[dict[str, Any]] = []
        self.graph = builder().compile(checkpointer=InMemorySaver(serde=strict_serializer()))
        self.turns = 0

    @property
    def config(self) -> RunnableConfig:
        return {"configurable": {"thread_id": self.session_id}}

    @property
    def state(self) -> GuyTurn:
        return cast(GuyTurn, self.graph.get_state(self.config).values)

    @property
    def view(self) -> dict[str, Any]:
        return view(dict(self.state))

    async def say(self, text: str, *, listener: Listener | None = None, **extras: Any) -> str:
        self.turns += 1
        message = HumanMessage(text, id=f"{self.session_id}-m{self.turns}", additional_kwargs=extras)
        context = GuyContext.of(self.services, session_id=self.session_id, channel="test", listener=listener)
        stream = self.graph.astream({"messages": [message]}, self.config, context=context, stream_mode="custom")
        self.chunks = [part async for part in stream]
        reply = self.state["messages"][-1].text
        assert reply == _as_streamed(self.chunks)
        return reply


def _as_streamed(parts: list[dict[str, Any]]) -> str:
    text = ""
    for part in parts:
        text = "" if "reset" in part else text + part["chunk"]
    return text


def sentences(text: str) -> list[str]:
    """As somebody compares them who looks for repetitions: case, ends and spaces do not count."""
    return [" ".join(re.findall(r"\w+", sentence.casefold())) for sentence in _END.split(text) if sentence.strip()]
