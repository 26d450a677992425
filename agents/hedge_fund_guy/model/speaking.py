"""Speaking by a model: what a draft leaves free is put into its words, on the leash; the rest is said as it stands."""

import re
import tomllib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from agents.hedge_fund_guy.model.hiding import hide
from agents.hedge_fund_guy.model.leash import GuyLeash
from agents.hedge_fund_guy.model.patterns import leash_patterns
from agents.hedge_fund_guy.model.sense import sentence_keys
from agents.hedge_fund_guy.model.vocabulary import load_vocabulary
from agents.hedge_fund_guy.reading.rules import RulesReader
from agents.hedge_fund_guy.speaking import Draft
from agents.model.asking import Ask, Model
from agents.model.figures import Unfit
from agents.model.prompts import load_prompt
from agents.model.runs import Run, speak_runs
from agents.model.sentences import checked_sentences

SPEAKING_SECONDS = 7.0
NAME = "[NAME_1]"


class ModelGuySpeaker:
    """A draft with its opinion or small talk in the model's words; see `speak_runs`."""

    def __init__(self, model: Model, rules: RulesReader, *, seconds: float = SPEAKING_SECONDS) -> None:
        """`rules` know abuse when they read it."""
        self._model = model
        self._rules = rules
        self.seconds = seconds
        self._vocabulary = load_vocabulary()
        for table in ("never", "matters"):
            leash_patterns(table)  # compiled here and not in somebody's turn

    async def speak(self, draft: Draft) -> AsyncIterator[str | None]:
        reply = speak_runs(
            _runs(draft),
            model=self._model,
            phrased=self._sentences,
            whole=lambda: draft.text,
            seconds=self.seconds,
            tries=1,
        )
        async for chunk in reply:
            yield chunk

    async def _sentences(self, draft: Draft, seconds: float) -> AsyncGenerator[str]:
        """Raises ModelFailed, Unfit."""
        text = _without(draft.free, draft.name)
        leash = GuyLeash(text, draft.passages, draft.before, self._vocabulary, self._is_abuse)
        ask, used = self._ask(draft, text, seconds), frozenset(draft.used)
        async with aclosing(checked_sentences(self._model, ask, leash)) as sentences:
            async for sentence in sentences:
                said = sentence.replace(NAME, draft.name or "")
                if not used.isdisjoint(sentence_keys(said)):
                    raise Unfit("repeated")
                yield said

    def _is_abuse(self, sentence: str) -> bool:
        return self._rules.read_now(sentence, None)["intent"] == "abuse"

    def _ask(self, draft: Draft, text: str, seconds: float) -> Ask:
        content = {
            "say": text,
            "notes": list(draft.passages),
            "heard": hide(draft.heard, self._vocabulary, (draft.name or "").split()).text,
            "manner": _manner(draft),
        }
        return Ask("phrase", load_prompt("hedge_fund_guy_speaking"), content, seconds)


def _runs(draft: Draft) -> list[Run[Draft]]:
    before, free, after = draft.text.partition(draft.free) if draft.free else (draft.text, "", "")
    runs: list[Run[Draft]] = [Run(before, None), Run(free, draft if free else None), Run(after, None)]
    return [run for run in runs if run.text.strip()]


def _without(text: str, name: str | None) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text) if name else text


def _manner(draft: Draft) -> str:
    """The same for the same draft: a turn that is run again asks for the same."""
    chosen = int.from_bytes(blake2b(draft.text.encode(), digest_size=4).digest())
    return _manners()[chosen % len(_manners())]


@cache
def _manners() -> list[str]:
    document = tomllib.loads((files("agents.hedge_fund_guy.model") / "manners.toml").read_text(encoding="utf-8"))
    return list(document["manners"])
