"""Consulting by a model: it looks things up with the tools of the stage and names which results answer the question.

Nothing that it writes is used. What a customer is told are the lines that stand behind the results it names.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.application import Application
from agents.consulting import KnowledgeConsultant, Reference, told
from agents.model.asking import Ask, Call, Model, ModelFailed
from agents.model.masking import Masking
from agents.model.prompts import load_prompt
from agents.model.pseudonyms import PLACEHOLDER
from agents.model.tools.clauses import clauses_for
from agents.model.tools.view import view_of
from agents.model.tools.workbench import Workbench
from agents.speaking import Line

CONSULTING_SECONDS = 5.0
MOST_ASKS = 3  # beside one to understand and two to phrase: the six of a turn
MOST_TOLD = 3


class Answer(BaseModel):
    """Ends the work: which results the customer is told."""

    model_config = ConfigDict(extra="ignore")

    results: list[str] = Field(
        description="ids of results that were found, at most three, in the order to tell them; empty if none answers"
    )


class ModelConsultant:
    """Any failure, and an answer that names nothing, leaves what the embedded default would say."""

    def __init__(
        self, model: Model, masking: Masking, reference: Reference, *, seconds: float = CONSULTING_SECONDS
    ) -> None:
        self._model = model
        self._masking = masking
        self._reference = reference
        self._embedded = KnowledgeConsultant(reference)
        self.seconds = seconds

    async def answer(
        self,
        question: str,
        asked: str | None,
        application: Application,
        language: str,
        otherwise: Sequence[Line] | None = None,
    ) -> list[Line]:
        masked = self._masking.masked(question, asked)
        found: list[Line] = []
        if masked is not None and self._model.is_available:
            with suppress(ModelFailed):
                found = await self._consulted(question, masked, asked, application)
        return found or await self._embedded.answer(question, asked, application, language, otherwise)

    async def _consulted(self, question: str, masked: str, asked: str | None, application: Application) -> list[Line]:
        """The lines that the model chose; none where it chose nothing in time. Raises ModelFailed.

        The clauses that the customer's own words find go along at once: where they answer, one ask is enough.
        """
        view = view_of(self._reference, application, PLACEHOLDER.sub(" ", masked))
        bench = Workbench(view)
        content = {
            "stage": application["status"],
            "asked": asked,
            "message": masked,
            "found": bench.keep(await clauses_for(question, view)),
        }
        deadline = asyncio.get_running_loop().time() + self.seconds
        steps: tuple[BaseMessage, ...] = ()
        for asks_left in reversed(range(MOST_ASKS)):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            tools = bench.tools if asks_left else []  # the last ask can only be answered by naming results
            calls = await self._model.call(
                Ask("consult", load_prompt("consulting"), content, left, steps), [*tools, Answer]
            )
            steps += await bench.make(calls)
            named = [call for call in calls if call.name == Answer.__name__]
            if named:
                return _lines_of(named[0], bench)
        return []


def _lines_of(call: Call, bench: Workbench) -> list[Line]:
    """What stands behind the results that the model names; nothing behind one that was never found."""
    try:
        named = dict.fromkeys(Answer.model_validate(call.arguments).results)
    except ValidationError:
        return []
    found = [bench.results[name] for name in named if name in bench.results][:MOST_TOLD]
    return told(one for result in found for one in result.lines)
