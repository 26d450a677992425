"""Consultants for tests: one who asks a model over loopback, and models that answer it sensibly."""

import dataclasses
import json
from collections.abc import AsyncIterator
from functools import partial

from agents.consulting import Consulting
from agents.model.asking import Model
from agents.model.consulting import ModelConsultant
from agents.model.masking import Masking
from kb.search import Passage
from tests.agents.model_parts import Parts, shared_rules
from tests.conversation import Conversation
from tests.groq_server import Answer, Body, GroqServer, tool_calls

OFFERED = (
    "I need 3 lakh for 36 months for a wedding, my name is Aarav Mehta",
    *("yes I agree",) * 3,
    "ZZZPM1101A, 18/04/1992, 9000000001",
    "OTP",
)  # what a customer says until there is an offer


class Clauses:
    """Finds the passages it was given, whatever is asked, and notes what that was."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        self.asked: list[str] = []

    async def search(self, query: str, top_k: int = 3) -> list[Passage]:
        self.asked.append(query)
        return list(self.passages[:top_k])


def consulting_by(model: Model, seconds: float = 5.0) -> Consulting:
    return partial(ModelConsultant, model, Masking(shared_rules()), seconds=seconds)


def with_consultant(talk: Conversation, parts: Parts) -> Conversation:
    talk.services = dataclasses.replace(talk.services, consulting=consulting_by(parts.model))
    return talk


def consulted(groq: GroqServer) -> list[Body]:
    """The asks that were about a customer's question."""
    return [body for body in groq.requests if "Answer" in offered(body)]


def offered(body: Body) -> list[str]:
    return [tool["function"]["name"] for tool in body.get("tools") or ()]


def answers(*ids: str) -> Answer:
    return tool_calls(("Answer", {"results": list(ids)}))


def looks_up(*calls: tuple[str, object]) -> Answer:
    """First these calls, then whatever they have found."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        came = [json.loads(message["content"]) for message in body["messages"] if message["role"] == "tool"]
        found = [result["id"] for one in came for result in one.get("results", [])]
        async for part in (answers(*found) if came else tool_calls(*calls))(body):
            yield part

    return answer
