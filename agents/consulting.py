"""Consulting: a customer's question is answered with lines of the phrasebook and clauses of the knowledge base."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from agents.application import Application
from agents.knowledge import Knowledge
from agents.speaking import Line, line
from kb.lender import Lender
from kb.policy import Policy
from kb.search import Passage

MOST_CLAUSES = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """All that questions are answered from. `policy` is the one in force on `today`."""

    knowledge: Knowledge
    policy: Policy
    today: date
    lender: Lender


class Consultant(Protocol):
    """Answers questions about loans, figures and the application; changes nothing."""

    async def answer(
        self,
        question: str,
        asked: str | None,
        application: Application,
        language: str,
        otherwise: Sequence[Line] | None = None,
    ) -> list[Line]:
        """Lines that answer `question`, the customer's message as it came; `asked` is the field it was answered to.

        `otherwise` is said where there is no better answer; None stands for what a search by the customer's own words
        finds, or else whom to ask. Never raises.
        """
        ...


Consulting = Callable[[Reference], Consultant]


class KnowledgeConsultant:
    """The embedded default: the clauses that the customer's own words find."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def answer(
        self,
        question: str,
        asked: str | None,  # noqa: ARG002  of the protocol; words are searched the same whatever was asked
        application: Application,  # noqa: ARG002  of the protocol; clauses are the same for everybody
        language: str,
        otherwise: Sequence[Line] | None = None,
    ) -> list[Line]:
        if otherwise is not None:
            return list(otherwise)
        passages = await self._reference.knowledge.search(question, MOST_CLAUSES)
        found = told([clause_line(passage) for passage in passages if passage.relevant])
        return found or [line("sales.no_answer", **self._reference.lender.desk(language))]


def clause_line(passage: Passage) -> Line:
    return line("sales.answer", text=passage.text, source=passage.source)


def told(lines: Iterable[Line]) -> list[Line]:
    """The lines, each once; a clause behind another is introduced as a further one."""
    said: list[Line] = []
    clauses = 0
    for one in lines:
        if one["key"] == "sales.answer":
            clauses += 1
            if clauses > 1:
                one = line("sales.answer_more", **one["facts"])
        if one not in said:
            said.append(one)
    return said
