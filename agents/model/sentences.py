"""A model's text, sentence by sentence: none leaves before it was checked together with all before it."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from agents.model.asking import Ask, Model
from agents.model.figures import Unfit, shown

_SENTENCE_END = re.compile(r"""[.!?।]+["'”’)]*(?=\s)|\n""")


class Leash(Protocol):
    """What a text must keep to. `most` is its length in characters."""

    @property
    def most(self) -> int: ...

    def check(self, said: str, sentence: str) -> None:
        """Whether the sentence may follow what was said. Raises Unfit."""

    def check_whole(self, said: str) -> None:
        """Whether the text may end here. Raises Unfit."""


async def checked_sentences(model: Model, ask: Ask, leash: Leash) -> AsyncGenerator[str]:
    """The model's sentences as they come; the last one once the text as a whole was checked.

    Raises ModelFailed, Unfit.
    """
    said = ""
    waiting = ""
    async with aclosing(model.write(ask)) as pieces:
        async for piece in pieces:
            waiting += piece
            if len(said) + len(waiting) > leash.most:
                raise Unfit("too_long")
            while end := _SENTENCE_END.search(waiting):
                sentence, waiting = waiting[: end.end()], waiting[end.end() :]
                if sentence := _tidy(sentence):
                    leash.check(said, sentence)
                    said = joined(said, sentence)
                    yield sentence
    if sentence := _tidy(waiting):
        leash.check(said, sentence)
        said = joined(said, sentence)
    if not said:
        raise Unfit("empty")
    leash.check_whole(said)
    if sentence:
        yield sentence


def joined(text: str, sentence: str) -> str:
    """Side by side, unless a sentence brings its own line break: as the phrasebook composes."""
    gap = "" if not text or text[-1:].isspace() or sentence[:1].isspace() else " "
    return text + gap + sentence


def _tidy(sentence: str) -> str:
    return " ".join(shown(sentence).split())
