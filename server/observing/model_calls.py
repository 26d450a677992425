"""Calls to the language model, watched: for which purpose, how they ended, how long they took, how many tokens."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from time import perf_counter
from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.outputs import ChatGeneration, LLMResult

from agents.model.asking import Ask, Call, Model, ModelFailed, Tool
from server.observing.observer import Observer

Tokens = dict[str, int]

_NOT_MADE = frozenset({"resting", "over_budget", "unrecorded"})
_TOKENS: ContextVar[Tokens | None] = ContextVar("tokens", default=None)  # those of the call under way


def tokens_told() -> Tokens:
    """Of the call under way, by direction, `input` and `output`; empty where the model has not told."""
    return _TOKENS.get() or {}


class TokenCounter(AsyncCallbackHandler):
    """Hears from LangChain what a call used."""

    async def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        tokens = _TOKENS.get()
        if tokens is None:
            return
        for generation in (one for several in response.generations for one in several):
            usage = generation.message.usage_metadata if isinstance(generation, ChatGeneration) else None  # type: ignore[attr-defined]
            if usage:
                for direction in ("input", "output"):
                    tokens[direction] = tokens.get(direction, 0) + int(usage[f"{direction}_tokens"])


class WatchedModel:
    """The model as it is. A call ends `done`, `failed`, `resting` when none was made, or `left` half heard."""

    def __init__(self, model: Model, observer: Observer) -> None:
        self._model = model
        self._observer = observer

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def is_available(self) -> bool:
        return self._model.is_available

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        watch = _Watch(self._observer, ask.purpose)
        try:
            calls = await self._model.call(ask, tools)
            watch.outcome = "done"
            return calls
        except ModelFailed as failed:
            watch.outcome = _outcome(failed)
            raise
        finally:
            watch.ended()

    async def write(self, ask: Ask) -> AsyncGenerator[str]:
        watch = _Watch(self._observer, ask.purpose)
        try:
            async with aclosing(self._model.write(ask)) as pieces:
                async for piece in pieces:
                    yield piece
            watch.outcome = "done"
        except ModelFailed as failed:
            watch.outcome = _outcome(failed)
            raise
        finally:
            watch.ended()


class _Watch:
    def __init__(self, observer: Observer, purpose: str) -> None:
        self._observer, self._purpose = observer, purpose
        self.outcome = "left"
        self._tokens: Tokens = {}
        _TOKENS.set(self._tokens)
        self._span = observer.spans.started("model", inside=False, purpose=purpose)
        self._started = perf_counter()

    def ended(self) -> None:
        self._observer.metrics.model(self._purpose, self.outcome, perf_counter() - self._started, self._tokens)
        self._span.ended(self.outcome, **{f"{direction}_tokens": number for direction, number in self._tokens.items()})


def _outcome(failed: ModelFailed) -> str:
    return "resting" if str(failed) in _NOT_MADE else "failed"
