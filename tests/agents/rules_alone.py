"""How often no model is asked to read a message: `python -m tests.agents.rules_alone` prints it for each labelled set.

Of the labelled utterances, every message of the dialogues with what was asked before it, and the questions to the
knowledge base as first messages.
"""

import asyncio
import dataclasses
import json
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path

from agents.embedded import embedded_services
from agents.model.asking import Ask, Call, ModelFailed, Tool
from agents.model.understanding import ModelUnderstander
from agents.understanding.reading import Reading
from agents.understanding.rules import RulesUnderstander
from kb.search import open_knowledge_base
from server.evaluation.running import Evaluation, no_calls
from server.evaluation.sets import read_sets

TESTS = Path(__file__).parents[1]
Message = tuple[str, str | None]  # with what was asked before it


class Unwilling:
    """A model that answers nothing and counts how often it was asked."""

    name = "none"
    is_available = True
    asked = 0

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:  # noqa: ARG002  as every model has it
        self.asked += 1
        raise ModelFailed("unwilling")

    async def write(self, ask: Ask) -> AsyncGenerator[str]:  # noqa: ARG002  as every model has it
        raise ModelFailed("unwilling")
        yield ""


class Overhearing:
    """The rules, and the messages that they were given."""

    def __init__(self) -> None:
        self._rules = RulesUnderstander()
        self.messages: list[Message] = []

    async def read(self, text: str, asked: str | None) -> Reading:
        self.messages.append((text, asked))
        return await self._rules.read(text, asked)


async def read_by(messages: Iterable[Message]) -> Counter[str]:
    """How many messages were `settled` by the rules, `asked` of the model, or unsettled and `kept` in the house."""
    rules, model, found = RulesUnderstander(), Unwilling(), Counter[str]()
    understander = ModelUnderstander(rules, model)
    for text, asked in messages:
        before = model.asked
        await understander.read(text, asked)
        _, settled = rules.read_by_rules(text, asked)
        found["asked" if model.asked > before else "settled" if settled else "kept"] += 1
    return found


def utterances() -> list[Message]:
    rows = map(json.loads, (TESTS / "vectors" / "utterances.jsonl").read_text(encoding="utf-8").splitlines())
    return [(row["text"], row["asking"]) for row in rows]


async def said_in_dialogues(limit: int | None = None) -> list[Message]:
    sets, overhearing = read_sets(TESTS, "dialogues", limit), Overhearing()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = open_knowledge_base(Path(folder) / "never-opened")
        services = dataclasses.replace(embedded_services(), knowledge=knowledge, understander=overhearing)
        evaluation = Evaluation(services, knowledge, no_calls, sets.as_of)
        for case in sets.cases:
            await evaluation.run(case)
    return overhearing.messages


def questions() -> list[Message]:
    return [(case.name, "desired_amount") for case in read_sets(TESTS, "knowledge").cases]


async def report() -> None:
    sets = {"utterances": utterances(), "dialogues": await said_in_dialogues(), "questions": questions()}
    for name, messages in sets.items():
        found = await read_by(messages)
        shares = ", ".join(
            f"{way} {found[way]} ({found[way] / len(messages):.1%})" for way in ("settled", "kept", "asked")
        )
        print(f"{name}: {len(messages)} messages, {shares}")


if __name__ == "__main__":
    asyncio.run(report())
