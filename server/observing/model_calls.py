"""Calls to the language model, heard through LangChain's own callbacks: which purpose, how long, how many tokens."""

from time import perf_counter
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.outputs import ChatGeneration, LLMResult

from server.observing.observer import Observer
from server.observing.spans import Span

PURPOSES = frozenset({"understand", "phrase"})
MOST_OPEN = 1000  # a call whose end is never told must not stay for ever


class ModelCalls(AsyncCallbackHandler):
    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._open: dict[UUID, tuple[str, float, Span]] = {}

    async def on_chat_model_start(self, *_: Any, run_id: UUID, **more: Any) -> None:
        purpose = more.get("name")
        purpose = purpose if purpose in PURPOSES else "other"
        if len(self._open) >= MOST_OPEN:
            self._open.pop(next(iter(self._open)))
        span = self._observer.spans.started("model", inside=False, purpose=purpose)
        self._open[run_id] = purpose, perf_counter(), span

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        self._ended(run_id, "done", _tokens(response))

    async def on_llm_error(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self._ended(run_id, "failed", {})

    def _ended(self, run_id: UUID, outcome: str, tokens: dict[str, int]) -> None:
        purpose, started, span = self._open.pop(run_id, (None, 0.0, None))
        if purpose is None or span is None:
            return
        self._observer.metrics.model(purpose, outcome, perf_counter() - started, tokens)
        span.ended(outcome, **{f"{direction}_tokens": number for direction, number in tokens.items()})


def _tokens(response: LLMResult) -> dict[str, int]:
    for generation in (one for several in response.generations for one in several):
        usage = getattr(generation.message, "usage_metadata", None) if isinstance(generation, ChatGeneration) else None
        if usage:
            return {"input": int(usage["input_tokens"]), "output": int(usage["output_tokens"])}
    return {}
