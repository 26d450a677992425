"""The guy with a language model over loopback."""

import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from agents.hedge_fund_guy.model.reading import ModelGuyReader
from agents.hedge_fund_guy.model.sense import sentences_of
from agents.hedge_fund_guy.model.speaking import ModelGuySpeaker
from agents.hedge_fund_guy.reading.rules import RulesReader
from agents.hedge_fund_guy.speaking import Draft
from agents.model.client import LanguageModel
from tests.agents.model_parts import SECONDS, model_over_loopback
from tests.groq_server import Answer, Body, GroqServer, content_of, text
from tools.breaker import Breaker

NOTE = (
    "Momentum is the habit of what went up over the last three to twelve months to keep going up a while longer, and "
    "of what fell to keep falling. It has been found in shares, bonds, currencies and commodities, which is why I take "
    "it seriously."
)
FREE = f"Sit down, this one I know. {NOTE} Frame it, or ignore it like everybody else."
THANKS = "Marcus, then; a name I can shout across a floor."
ASK = "Where would a mail reach you?"
GOOD = (
    "Whatever climbed over the last three to twelve months tends to keep climbing a while, and whatever fell keeps "
    "falling. It turns up in shares, bonds, currencies and commodities, so I take it seriously at any hour."
)


class Written(NamedTuple):
    """A draft's free text, the note behind it, and what a model made of it."""

    say: str
    note: str | None
    reply: str


@cache
def rules() -> RulesReader:
    return RulesReader()


@cache
def written(kind: str) -> list[Written]:
    rows = tomllib.loads((Path(__file__).parent / "model_replies.toml").read_text(encoding="utf-8"))[kind]
    return [Written(row["say"], row.get("note"), row["reply"]) for row in rows]


def draft(free: str = FREE, *, note: str | None = NOTE, around: bool = True, **fields: Any) -> Draft:
    """An opinion, between thanks for the name and the question for an address."""
    given: dict[str, Any] = {"heard": "what about momentum?", "passages": [note] if note else []}
    if around:
        given |= {"text": f"{THANKS} {free} {ASK}", "name": "Marcus"}
    return Draft(**{"text": free, "free": free, **given, **fields})


def sent(body: Body) -> dict[str, Any]:
    """What a request told the model of the turn."""
    content: dict[str, Any] = content_of(body)
    return content


RETOLD = "Sit closer and listen to this:"


def retold(body: Body) -> str:
    """What a model may make of the draft it was sent, whatever the note behind it."""
    first = sentences_of(sent(body)["notes"][0])[0]
    return f"{RETOLD} {first[0].lower()}{first[1:]}"


def telling(answer: Callable[[str], Answer] = text, more: str = "") -> Answer:
    """Answers with what was retold and `more`, by `text` or a way to go wrong."""

    async def tell(body: Body) -> AsyncIterator[bytes]:
        async for part in answer(retold(body) + more)(body):
            yield part

    return tell


@dataclass
class GuyParts:
    groq: GroqServer
    breaker: Breaker
    model: LanguageModel
    reader: ModelGuyReader
    speaker: ModelGuySpeaker

    async def spoken(self, draft: Draft) -> tuple[str, int]:
        """The reply that stands in the end, and how often an earlier one was taken back."""
        chunks = [chunk async for chunk in self.speaker.speak(draft)]
        resets = chunks.count(None)
        standing = chunks[len(chunks) - chunks[::-1].index(None) :] if resets else chunks
        assert len(standing) > 1, "every reply comes in at least two chunks"
        return "".join(chunk for chunk in standing if chunk), resets


@asynccontextmanager
async def guy_over_loopback(*, failures: int = 100, seconds: float = SECONDS) -> AsyncIterator[GuyParts]:
    async with model_over_loopback(failures=failures, seconds=seconds) as parts:
        reader = ModelGuyReader(rules(), parts.model, seconds=seconds)
        speaker = ModelGuySpeaker(parts.model, rules(), seconds=seconds)
        yield GuyParts(parts.groq, parts.breaker, parts.model, reader, speaker)
