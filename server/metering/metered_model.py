"""The language model within its budgets. What leaves is on record before it does: nothing recorded, nothing sent."""

import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from agents.model.asking import Ask, Call, Model, ModelFailed, Tool
from agents.model.providers import ANSWER_TOKENS
from server.metering.budgets import LEAST_SECONDS, Budget, Budgets, turn_under_way
from server.moments import now_in_milliseconds
from server.observing.model_calls import tokens_told
from server.store.database import StorageUnavailable
from server.store.fence import Fenced
from server.store.model_calls import Answered, Asked, ModelCalls, Spent

log = logging.getLogger("esoteric.model")

BYTES_A_TOKEN: Final = 4  # of English; of Devanagari, three bytes a letter, more tokens than it really takes
TOOL_TOKENS: Final = 200  # what describing a tool takes, about


class MeteredModel:
    """The model as it is, until a turn, a session or the day is over its budget: then it is not available.

    Over budget, a call raises ModelFailed("over_budget"); one that cannot be put on record, ModelFailed("unrecorded").
    """

    def __init__(self, model: Model, calls: ModelCalls, budgets: Budgets) -> None:
        self._model = model
        self._calls = calls
        self._budgets = budgets

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def is_available(self) -> bool:
        return self._model.is_available and self._budgets.permits(self._budgets.of(turn_under_way()))

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        async with _Metered(ask, self._model, self._calls, self._budgets, tools=len(tools)) as metered:
            calls = await self._model.call(metered.ask, tools)
            metered.heard(json.dumps([call.arguments for call in calls], default=str))
            return calls

    async def write(self, ask: Ask) -> AsyncGenerator[str]:
        async with (
            _Metered(ask, self._model, self._calls, self._budgets) as metered,
            aclosing(self._model.write(metered.ask)) as pieces,
        ):
            async for piece in pieces:
                metered.heard(piece)
                yield piece


class _Metered:
    """One call from before it is made to its end. `ask` is what is asked, in the time that is left for it."""

    def __init__(self, ask: Ask, model: Model, calls: ModelCalls, budgets: Budgets, *, tools: int = 0) -> None:
        self.ask = ask
        self._model, self._calls, self._budgets = model, calls, budgets
        self._whose = turn_under_way()
        self._turn = budgets.of(self._whose)
        self._call_id = str(uuid4())
        self._input = tokens_in(ask.sent) + TOOL_TOKENS * tools
        self._output = 0
        self._held = 0
        self._started = perf_counter()

    async def __aenter__(self) -> Self:
        if not self._model.is_available:
            raise ModelFailed("resting")
        if not self._budgets.permits(self._turn):
            raise ModelFailed("over_budget")
        try:
            over = await self._put_on_record()
        except BaseException as error:
            self._let_go()
            if not isinstance(error, StorageUnavailable):
                raise
            self._turn.seconds += self._seconds
            log.warning("model.unrecorded", extra={"kind": str(error)})
            raise ModelFailed("unrecorded") from None
        if over is not None:
            self._let_go()
            self._budgets.refuse(self._turn, over)
            raise ModelFailed("over_budget")
        self._turn.calls += 1
        left = self._turn.seconds_left - self._seconds
        if left < LEAST_SECONDS:  # the database has taken them
            await self._ended("resting")
            self._budgets.refuse(self._turn, "turn")
            raise ModelFailed("over_budget")
        self.ask = replace(self.ask, seconds=min(self.ask.seconds, left))
        return self

    def heard(self, words: str) -> None:
        self._output += tokens_in(words)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if kind is None:
            outcome = "done"
        elif isinstance(error, ModelFailed):
            outcome = "resting" if str(error) == "resting" else "failed"
        else:
            outcome = "left"
        await self._ended(outcome)

    async def _ended(self, outcome: str) -> None:
        told, seconds = tokens_told(), self._seconds
        input_tokens, output_tokens = told.get("input", self._input), told.get("output", self._output)
        if outcome == "resting":  # nothing has left
            input_tokens = output_tokens = 0
        self._let_go()
        self._budgets.spent(self._turn, input_tokens + output_tokens, seconds)
        answer = Answered(outcome, input_tokens, output_tokens, round(1000 * seconds))
        with contextlib.suppress(StorageUnavailable, Fenced):  # the row says asked, and holds the estimate
            await self._calls.answered(self._call_id, answer)

    @property
    def _seconds(self) -> float:
        return perf_counter() - self._started

    async def _put_on_record(self) -> Budget | None:
        """Write down what is about to leave, or not: the budget that forbids it. Raises StorageUnavailable, Fenced."""
        if not await self._budgets.hold_today(self._most):
            return "day"
        self._held = self._most
        asked = Asked(
            call_id=self._call_id,
            session_id=self._whose.session_id if self._whose else None,
            turn_id=self._whose.turn_id if self._whose else None,
            at=now_in_milliseconds(),
            purpose=self.ask.purpose,
            model=self._model.name,
            prompt=self.ask.prompt.name,
            prompt_sha256=self.ask.prompt.sha256,
            sent_sha256=self.ask.sha256,
            input_tokens=self._input,
        )
        return await self._calls.asked(asked, self._over)

    def _let_go(self) -> None:
        self._budgets.let_go(self._held)
        self._held = 0

    @property
    def _most(self) -> int:
        """Tokens, with the longest answer there may be."""
        return self._input + ANSWER_TOKENS

    def _over(self, spent: Spent) -> Budget | None:
        """What is on record counts as well: the turn may have been begun by another process."""
        self._turn.calls = max(self._turn.calls, spent.turn_calls)
        self._turn.tokens = max(self._turn.tokens, spent.turn_tokens)
        if not self._turn.permits(self._most):
            return "turn"
        return "session" if spent.session_tokens + self._most > self._budgets.session_tokens else None


def tokens_in(words: str) -> int:
    """About how many, rather more than fewer."""
    return -(-len(words.encode(errors="surrogatepass")) // BYTES_A_TOKEN)
