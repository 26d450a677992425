"""A model in an attacker's hands that is asked to consult calls everything with everything: only reads happen."""

import dataclasses
import json
import random
from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

import pytest

from agents.model.asking import Ask, Call, Tool
from agents.services import Services
from tests.agents.consulting_parts import OFFERED, consulting_by
from tests.agents.test_model_worst_case import KEPT
from tests.conversation import Conversation, CountingProviders, talked
from tests.properties.model import WorstModel

AT_EVERY_STAGE = {
    "initiated": (),
    "kyc_pending": OFFERED[:2],
    "offer_made": OFFERED,
    "offer_accepted": (*OFFERED, "yes, I accept"),
    "completed": (*OFFERED, "yes, I accept", "I acknowledge", "thank you"),
    "withdrawn": (*OFFERED, "cancel my application"),
}
QUESTIONS = (
    "What is the processing fee?",
    "What would 3 lakh over 2 years cost a month?",
    "Is 24 or 48 months better?",
    "How is my application going?",
    "5 lakh ya 4 lakh, kya sahi hai?",
)
NEVER = ("50,00,000", "5000000", "99,99,999", "at 1%", "ZZZPM", "OTP and CVV", "https://example")
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 12, 24, 36, 610, 750, 900, 200_000, 300_000, 500_000, 5_000_000, 10**30, "300000", "all", "*",
    "processing fee", "aarav mehta", "' OR 1=1 --", "../../etc/passwd", [], [24, 48], [12, 24, 36], [0], {}, {"a": 1},
)  # fmt: skip
NAMES = (
    "amount",
    "months",
    "emi",
    "score",
    "without_emis",
    "query",
    "session_id",
    "application_id",
    "approve",
    "results",
)


class Grasping:
    """Satisfies `agents.model.asking.Model`: calls all tools at once, with any values, then names all it has seen."""

    name = "worst:model"
    is_available = True

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.refused = self.found = 0

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        seen = json.dumps([ask.content, *(message.text for message in ask.steps)])
        self.refused += seen.count("refused")
        ids = [one for one in seen.replace("\\", "").split('"') if "." in one or one in {"products", "application"}]
        self.found += len(ids)
        if ask.steps and self._rng.random() < 0.7:
            return [Call("Answer", {"results": [*ids, "approve"]}, "0")]
        return [
            Call(str(getattr(tool, "name", "Answer")), self._arguments(tool), str(number))
            for number, tool in enumerate([*tools] * 3)
            if getattr(tool, "name", None)
        ] or [Call("Answer", {"results": ids}, "0")]

    def _arguments(self, tool: Tool) -> dict[str, Any]:
        """Now and then only what the tool takes, so that some calls come through."""
        form = cast(Any, tool).args_schema.model_fields
        names = list(form) if self._rng.random() < 0.7 else NAMES
        given = self._rng.sample(names, k=self._rng.randint(0, len(names))) if names else []
        return {name: self._rng.choice(VALUES) for name in given}

    def write(self, _: Ask) -> AsyncGenerator[str]:
        raise AssertionError("consulting writes nothing")


class Untouchable:
    """Stands for a service that no question may reach."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        raise AssertionError(f"a question reached {self._name}.{attribute}")

    def __call__(self, *_: object) -> Any:
        raise AssertionError(f"a question reached {self._name}")


def sealed_off(services: Services) -> Services:
    """The services without all that acts or asks outside; whatever reaches for one fails."""
    named = ("providers", "history", "attempts", "marks", "effects", "audit", "consents", "papers", "print_letter",
             "one_time_code", "sealer")  # fmt: skip
    return dataclasses.replace(services, **{name: Untouchable(name) for name in named})


@pytest.mark.parametrize("stage", AT_EVERY_STAGE)
async def test_at_every_stage_nothing_but_reads_happens(stage: str) -> None:
    model = Grasping(len(stage))
    talk = await talked(*(AT_EVERY_STAGE[stage] or ("hello",)))
    assert talk.application["status"] == stage
    whole = talk.services
    for question in QUESTIONS * 4:
        consultant = dataclasses.replace(sealed_off(whole), consulting=consulting_by(model)).consultant_for(
            cast(Any, talk.application)
        )
        before = json.dumps(talk.application, sort_keys=True, default=str)
        lines = await consultant.answer(
            question, talk.awaiting[0] if talk.awaiting else None, cast(Any, talk.application), "en"
        )
        assert json.dumps(talk.application, sort_keys=True, default=str) == before
        keys = {one["key"].partition(".")[0] for one in lines}
        assert keys <= {"sales", "estimate", "suppose", "status", "offer", "sanction", "underwriting", "explain"}
    assert model.found


async def test_over_a_whole_conversation_it_changes_nothing() -> None:
    alone, attacked = Conversation(), Conversation()
    attacked.services = dataclasses.replace(attacked.services, consulting=consulting_by(Grasping(7)))
    turns = [*zip((*OFFERED, "yes, I accept", "I acknowledge"), QUESTIONS * 2, strict=False)]
    for message in (words for turn in turns for words in turn):
        await alone.say(message)
        reply = await attacked.say(message)
        assert _kept(attacked) == _kept(alone)
        for lie in NEVER:
            assert lie not in reply
    assert attacked.application["status"] == "sanctioned"
    assert len(cast(CountingProviders, attacked.providers).pulls) == 1


def _kept(talk: Conversation) -> dict[str, Any]:
    return {name: talk.application.get(name) for name in KEPT} | {"awaiting": talk.awaiting}


async def test_the_worst_model_of_the_laws_is_as_powerless() -> None:
    talk = await talked(*OFFERED)
    for seed in range(20):
        services = dataclasses.replace(sealed_off(talk.services), consulting=consulting_by(WorstModel(seed)))
        consultant = services.consultant_for(cast(Any, talk.application))
        lines = await consultant.answer(QUESTIONS[seed % len(QUESTIONS)], None, cast(Any, talk.application), "en")
        assert lines
        assert not [lie for lie in NEVER if lie in str(lines)]


async def test_no_other_session_comes_back() -> None:
    """Two customers, one house, one model that asks for everything: each gets their own."""
    first = await talked(*OFFERED)
    second = await talked("I need 2 lakh for 24 months, my name is Priya Nair")
    model = Grasping(3)
    for talk, others in ((first, ("2,00,000 over", "Priya")), (second, ("3,00,000 over 36", "Aarav", "offer waiting"))):
        talk.services = dataclasses.replace(talk.services, consulting=consulting_by(model))
        for question in ("How is my application going?", "What is the fee?") * 5:
            reply = await talk.say(question)
            for words in others:
                assert words not in reply
