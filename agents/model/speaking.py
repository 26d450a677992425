"""Speaking by a model: it rephrases drafted sentences, and no sentence leaves before it is checked against them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from langchain_core.messages import HumanMessage, SystemMessage

from agents.model.client import Model, ModelFailed
from agents.model.draft import Draft, joined, runs_of
from agents.model.figures import Unfit, asks_for, check_complete, check_stated, shown
from agents.model.prompts import load_prompt
from agents.speaking import Line, in_chunks, phrasebook

SPEAKING_SECONDS = 7.0
MOST_RUNS = 2
LONGER_AT_MOST = 3
SLACK_CHARACTERS = 200
LANGUAGE_NAMES = {"en": "English", "hi": "Hindi in Devanagari", "hinglish": "Hinglish: Hindi in Roman letters"}
_SENTENCE_END = re.compile(r"""[.!?।]+["'”’)]*(?=\s)|\n""")


class ModelSpeaker:
    """Conversational lines in the model's words, everything else as the phrasebook has it.

    A run that fails before any of it has left is said as it stands; after that the whole reply is taken back and said
    anew. Either way the reply is complete within `seconds` of model time.
    """

    def __init__(self, model: Model, *, seconds: float = SPEAKING_SECONDS) -> None:
        self._model = model
        self.seconds = seconds

    async def speak(self, lines: Sequence[Line], language: str) -> AsyncIterator[str | None]:
        book = phrasebook(language)
        runs = runs_of(lines, book)
        deadline = asyncio.get_running_loop().time() + self.seconds
        text = ""
        tries_left = MOST_RUNS
        for number, run in enumerate(runs):
            last = number == len(runs) - 1
            begun = False
            if run.draft and tries_left and self._model.is_available:
                tries_left -= 1
                try:
                    async for sentence in self._sentences(run.draft, language, deadline):
                        begun = True
                        gap = joined(text, sentence)[len(text) :]
                        text += gap
                        for chunk in in_chunks(gap):
                            yield chunk
                    continue
                except (ModelFailed, Unfit):
                    tries_left = 0
                    if begun:
                        yield None
                        for chunk in in_chunks(book.compose(lines)):
                            yield chunk
                        return
            plain = joined(text, run.text)[len(text) :]
            plain = plain.rstrip() if last else plain
            plain = plain if text else plain.lstrip()
            text += plain
            for chunk in in_chunks(plain):
                yield chunk

    async def _sentences(self, draft: Draft, language: str, deadline: float) -> AsyncIterator[str]:
        """The model's sentences, each checked together with all before it. Raises ModelFailed, Unfit."""
        said = ""
        waiting = ""
        most = LONGER_AT_MOST * len(draft.text) + SLACK_CHARACTERS
        seconds = deadline - asyncio.get_running_loop().time()
        async with aclosing(self._model.write(_messages(draft, language), seconds)) as pieces:
            async for piece in pieces:
                waiting += piece
                if len(said) + len(waiting) > most:
                    raise Unfit("too_long")
                while end := _SENTENCE_END.search(waiting):
                    sentence, waiting = waiting[: end.end()], waiting[end.end() :]
                    if sentence := _tidy(sentence):
                        said = _checked(said, sentence, draft)
                        yield draft.restored(sentence)
        if sentence := _tidy(waiting):
            said = _checked(said, sentence, draft)
        if not said:
            raise Unfit("empty")
        check_complete(said, draft.statement)
        if sentence:
            yield draft.restored(sentence)
        for field, question in draft.asks.items():
            if not asks_for(said, field):
                yield question


def _tidy(sentence: str) -> str:
    return " ".join(shown(sentence).split())


def _checked(said: str, sentence: str, draft: Draft) -> str:
    together = joined(said, sentence)
    check_stated(together, draft.statement)
    return together


def _messages(draft: Draft, language: str) -> list[SystemMessage | HumanMessage]:
    content = {
        "language": LANGUAGE_NAMES.get(language, LANGUAGE_NAMES["en"]),
        "say": draft.text,
        "keep": list(dict.fromkeys(draft.keep)),
    }
    return [SystemMessage(load_prompt("speaking")), HumanMessage(json.dumps(content, ensure_ascii=False))]
