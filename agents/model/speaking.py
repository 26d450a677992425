"""Speaking by a model: it rephrases drafted sentences, and no sentence leaves before it is checked against them."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from agents.model.asking import Ask, Model
from agents.model.draft import Draft, runs_of
from agents.model.figures import asks_for
from agents.model.guard import Guard
from agents.model.prompts import load_prompt
from agents.model.runs import speak_runs
from agents.model.sentences import checked_sentences, joined
from agents.speaking import Line, phrasebook

SPEAKING_SECONDS = 7.0
OPENING_SECONDS = 2.5  # a kindness that nobody waits longer for
MOST_RUNS = 2
LANGUAGE_NAMES = {"en": "English", "hi": "Hindi in Devanagari", "hinglish": "Hinglish: Hindi in Roman letters"}


class ModelSpeaker:
    """Conversational lines in the model's words, everything else as the phrasebook has it; see `speak_runs`."""

    def __init__(self, model: Model, *, seconds: float = SPEAKING_SECONDS) -> None:
        self._model = model
        self.seconds = seconds

    async def speak(self, lines: Sequence[Line], language: str, heard: str | None = None) -> AsyncIterator[str | None]:
        book = phrasebook(language)
        reply = speak_runs(
            runs_of(lines, book, heard),
            model=self._model,
            phrased=lambda draft, seconds: self._sentences(draft, language, _ask(draft, language, heard, seconds)),
            whole=lambda: book.compose(lines),
            seconds=self.seconds,
            tries=MOST_RUNS,
        )
        async for chunk in reply:
            yield chunk

    async def _sentences(self, draft: Draft, language: str, ask: Ask) -> AsyncGenerator[str]:
        """The model's sentences, names put back, and the questions that it left out. Raises ModelFailed, Unfit."""
        said = ""
        async with aclosing(checked_sentences(self._model, ask, Guard(draft, language))) as sentences:
            async for sentence in sentences:
                said = joined(said, sentence)
                yield draft.restored(sentence)
        for field, question in draft.asks.items():
            if not asks_for(said, field):
                yield question


def _ask(draft: Draft, language: str, heard: str | None, seconds: float) -> Ask:
    content = {
        "language": LANGUAGE_NAMES.get(language, LANGUAGE_NAMES["en"]),
        "say": draft.text,
        "keep": list(dict.fromkeys(draft.keep)),
        "heard": heard,
    }
    return Ask("phrase", load_prompt("speaking"), content, seconds if draft.text else min(seconds, OPENING_SECONDS))
