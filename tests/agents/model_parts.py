"""A language model over loopback."""

import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache

from langchain_core.callbacks import BaseCallbackHandler
from pydantic import SecretStr

from agents.model.asking import Ask, Purpose
from agents.model.client import LanguageModel, open_model
from agents.model.draft import Draft
from agents.model.guard import Guard
from agents.model.prompts import load_prompt
from agents.model.sentences import joined
from agents.model.speaking import ModelSpeaker
from agents.model.understanding import ModelUnderstander
from agents.speaking import Line
from agents.understanding.rules import RulesUnderstander
from tests.groq_server import GroqServer
from tools.breaker import Breaker

SECONDS = 5.0  # nothing waits so long but for a fault
HASTY_SECONDS = 2.0


@cache
def shared_rules() -> RulesUnderstander:
    return RulesUnderstander()


@cache
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes longer than most of these tests."""
    return ssl.create_default_context()


def asked(words: str = "hello", *, purpose: Purpose = "understand", seconds: float = SECONDS) -> Ask:
    """A question to a model, whatever it is about."""
    return Ask(purpose, load_prompt("understanding"), {"message": words}, seconds)


def check_reply(draft: Draft, language: str, sentences: Iterable[str]) -> None:
    """Whether a reply of these sentences may leave. Raises Unfit."""
    guard, said = Guard(draft, language), ""
    for sentence in sentences:
        guard.check(said, sentence)
        said = joined(said, sentence)
    guard.check_whole(said)


@dataclass
class Parts:
    groq: GroqServer
    breaker: Breaker
    model: LanguageModel
    understander: ModelUnderstander
    speaker: ModelSpeaker

    async def spoken(self, *lines: Line, language: str = "en", heard: str | None = None) -> tuple[str, int]:
        """The reply that stands in the end, and how often an earlier one was taken back."""
        chunks = [chunk async for chunk in self.speaker.speak(lines, language, heard)]
        resets = chunks.count(None)
        standing = chunks[len(chunks) - chunks[::-1].index(None) :] if resets else chunks
        assert len(standing) > 1, "every reply comes in at least two chunks"
        return "".join(chunk for chunk in standing if chunk), resets


@asynccontextmanager
async def model_over_loopback(
    *,
    name: str = "groq:openai/gpt-oss-20b",
    failures: int = 100,
    seconds: float = SECONDS,
    callbacks: Sequence[BaseCallbackHandler] = (),
) -> AsyncIterator[Parts]:
    async with GroqServer() as groq:
        breaker = Breaker(failures=failures)
        model = open_model(
            name,
            api_key=SecretStr("gsk_not_a_key"),
            base_url=groq.url if name.startswith("groq:") else groq.openai_url,
            call_seconds=30,
            breaker=breaker,
            tls=_tls(),
            callbacks=callbacks,
        )
        try:
            yield Parts(
                groq,
                breaker,
                model,
                ModelUnderstander(shared_rules(), model, seconds=seconds),
                ModelSpeaker(model, seconds=seconds),
            )
        finally:
            await model.close()
