"""Running cases: with the language that the settings give, and with nothing of the lender's own."""

import asyncio
import contextlib
import dataclasses
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple

from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import select

from agents.embedded import embedded_services
from agents.services import Services
from graph.loan import builder
from kb.search import KnowledgeBase, open_knowledge_base
from kb.store import StoreUnavailable
from server.evaluation.judging import against_reply, against_state, foreign_figures, spoken_in, told_clauses
from server.evaluation.sets import Case
from server.evaluation.talk import Talk, Turn
from server.language import open_language, open_model_of
from server.lifecycle.draining import Draining
from server.observing.observer import Observer
from server.settings import Settings
from server.store.database import Database
from server.store.model_calls import ModelCalls
from server.store.tables import model_calls
from server.store.vault import Vault
from tools.providers.simulated import packaged_customers

_CONSENTS = 3  # asked one by one, each answered by a yes


class ModelCall(NamedTuple):
    """For what a model was asked, how that ended, and the tokens."""

    purpose: str
    outcome: str
    input_tokens: int
    output_tokens: int


CallsOf = Callable[[str], Awaitable[list[ModelCall]]]  # those that a turn has made, by its id


async def no_calls(_: str) -> list[ModelCall]:
    """Where there is no model."""
    return []


def calls_of_turns(database: Database) -> CallsOf:
    """From the record that is kept of what leaves, which holds an estimate where the provider has counted nothing."""

    async def of_turn(turn_id: str) -> list[ModelCall]:
        query = select(model_calls).where(model_calls.c.turn_id == turn_id)
        rows = await database.run(lambda connection: connection.execute(query).all())
        return [ModelCall(row.purpose, row.outcome, row.input_tokens, row.output_tokens) for row in rows]

    return of_turn


@dataclass
class TurnUse:
    """What a turn took: seconds in all, resets, and the calls of the model."""

    seconds: float
    resets: int
    calls: list[ModelCall]


@dataclass
class Result:
    """What became of a case: scores of 0 to 1 by evaluator, and each objection as a sentence."""

    case: Case
    scores: dict[str, float]
    objections: list[str]
    replies: list[str] = field(default_factory=list)
    turns: list[TurnUse] = field(default_factory=list)


class Evaluation:
    """Runs cases one after the other; every one begins with nothing. `language` says what reads and speaks."""

    def __init__(self, services: Services, knowledge: KnowledgeBase, calls_of: CallsOf, as_of: date) -> None:
        self._services, self._knowledge, self._calls_of, self._as_of = services, knowledge, calls_of, as_of
        self.language = services.language_record
        self._graph = builder().compile(checkpointer=InMemorySaver())
        self._clauses = {clause.text: clause.id for clause in knowledge.clauses.values()}

    async def run(self, case: Case) -> Result:
        judge = {"dialogues": self._dialogue, "knowledge": self._question}[case.set]
        marks = _Marks()
        scores = await judge(case, marks)
        return Result(case, scores | marks.scores(), marks.objections, marks.replies, marks.turns)

    async def _dialogue(self, case: Case, marks: "_Marks") -> dict[str, float]:
        talk = self._talk(case.inputs.get("records", {}))
        for said in opening(case.inputs):
            await self._said(talk, {"you": said}, marks)
        for number, (deed, expected) in enumerate(zip(case.inputs["steps"], case.expected["steps"], strict=True), 1):
            before = dict(talk.last.application)
            turn = await self._said(talk, deed, marks)
            where = f"step {number}"
            marks.held("state", where, against_state(expected, turn, before))
            if "says" in expected or "never" in expected:
                marks.held("replies", where, against_reply(expected, turn))
        return {}

    async def _question(self, case: Case, marks: "_Marks") -> dict[str, float]:
        right = set(case.expected["clauses"])
        found = [passage.id for passage in await self._knowledge.search(case.inputs["question"], 3)]
        told = told_clauses(await self._said(self._talk({}), {"you": case.inputs["question"]}, marks), self._clauses)
        fits = bool(right & set(told)) if right else not told
        marks.held("answered" if right else "silent", "the answer", [] if fits else [f"told {told}"])
        if not right:
            return {}
        return {"recall_1": float(bool(right & set(found[:1]))), "recall_3": float(bool(right & set(found)))}

    def _talk(self, records: dict[str, Any]) -> Talk:
        people = [person.model_copy(update=records) for person in packaged_customers()]
        return Talk(self._graph, self._services, people, self._as_of)

    async def _said(self, talk: Talk, deed: dict[str, Any], marks: "_Marks") -> Turn:
        """Do what a step says, and hold against its turns what must be so of each."""
        if "days" in deed:
            talk.after(deed["days"])
            return talk.last
        if "slip" in deed:
            return await self._watched(talk.upload(deed["slip"]), marks)
        if deed["you"] != "CONSENTS":
            return await self._watched(talk.send(talk.code if deed["you"] == "OTP" else deed["you"]), marks)
        for _ in range(_CONSENTS):
            await self._watched(talk.send("yes"), marks)
        return talk.last

    async def _watched(self, taken: Any, marks: "_Marks") -> Turn:
        turn: Turn = await taken
        marks.turns.append(TurnUse(turn.seconds, turn.resets, await self._calls_of(turn.turn_id)))
        marks.replies.append(turn.reply)
        where, spoken, wanted = f"turn {len(marks.turns)}", spoken_in(turn), turn.application["language"]
        marks.held("figures", where, foreign_figures(turn))
        marks.held("language", where, [] if spoken == wanted else [f"answers in {spoken}, not in {wanted}"])
        return turn


class _Marks:
    """What held of a case so far."""

    def __init__(self) -> None:
        self.objections: list[str] = []
        self.replies: list[str] = []
        self.turns: list[TurnUse] = []
        self._held: dict[str, list[bool]] = {}

    def held(self, evaluator: str, where: str, objections: list[str]) -> None:
        self._held.setdefault(evaluator, []).append(not objections)
        self.objections += [f"{evaluator}, {where}: {objection}" for objection in objections]

    def scores(self) -> dict[str, float]:
        return {name: sum(held) / len(held) for name, held in self._held.items()}


@contextlib.asynccontextmanager
async def opened(settings: Settings, as_of: date) -> AsyncIterator[Evaluation]:
    """An evaluation with the model of the settings, if they name one, and a knowledge base of its own.

    Raises StartRefused.
    """
    async with contextlib.AsyncExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="esoteric-evaluation-")))
        knowledge = await asyncio.to_thread(
            open_knowledge_base, folder / "chroma", embedding_model=settings.embedding_model
        )
        cleanup.push_async_callback(knowledge.close)
        with contextlib.suppress(StoreUnavailable):  # then questions are answered by words alone, and the scores say so
            await knowledge.ingest()
        database = Database.sqlite(folder / "evaluation.db", vault=Vault([token_bytes(32)]))
        cleanup.push_async_callback(database.close)
        await database.migrate()
        model = open_model_of(settings, cleanup, Observer(), Draining(), ModelCalls(database))
        language, plain = open_language(model, knowledge)
        services = dataclasses.replace(
            embedded_services(),
            understander=language.understander,
            speaker=language.speaker,
            consulting=language.consulting,
            language_record=language.on_record,
            without_model=plain,
            knowledge=knowledge,
        )
        calls_of = calls_of_turns(database) if model else no_calls
        yield Evaluation(services, knowledge, calls_of, as_of)


def opening(dialogue: dict[str, Any]) -> list[str]:
    """What leads up to the first step, for a dialogue that names its customer and what they ask for."""
    if "customer" not in dialogue:
        return []
    (person,) = (one for one in packaged_customers() if one.customer_id == dialogue["customer"])
    born = person.dob.strftime("%d/%m/%Y")
    return [
        f"My name is {person.name}",
        dialogue["asks"],
        "CONSENTS",
        f"{person.pan}, born {born}, {person.phone}",
        "OTP",
    ]
