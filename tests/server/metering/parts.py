"""The metered model over loopback, with a database of either kind, and turns to ask it in."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from agents.model.asking import Model, ModelFailed
from server.metering.budgets import Budgets
from server.metering.metered_model import MeteredModel
from server.observing.current import TURN, CurrentTurn
from server.observing.model_calls import TokenCounter, WatchedModel
from server.observing.observer import Observer
from server.store.database import Database
from server.store.model_calls import ModelCalls
from server.store.tables import model_calls
from tests.agents.model_parts import Parts, asked, model_over_loopback
from tests.groq_server import Body, GroqServer
from tests.server.store.both import SESSION

PLENTY = 10**6


@dataclass
class Metered:
    """`replica` is the same service in another process: it shares the database, and remembers nothing."""

    parts: Parts
    database: Database
    session_tokens: int = PLENTY
    daily_tokens: int = 0
    observer: Observer = field(default_factory=Observer)

    def __post_init__(self) -> None:
        self.model = self.replica()

    @property
    def groq(self) -> GroqServer:
        return self.parts.groq

    def replica(self) -> Model:
        calls = ModelCalls(self.database)
        self.budgets = Budgets(
            calls,
            self.observer.metrics.model_refused,
            session_tokens=self.session_tokens,
            daily_tokens=self.daily_tokens,
        )
        return WatchedModel(MeteredModel(self.parts.model, calls, self.budgets), self.observer)

    async def rows(self) -> list[dict[str, Any]]:
        query = select(model_calls).order_by(model_calls.c.at)
        return await self.database.run(lambda connection: [dict(row) for row in connection.execute(query).mappings()])

    def refused(self) -> dict[str, float]:
        """Turns, by the budget they were over."""
        found = {}
        for budget in ("turn", "session", "day"):
            count = self.observer.metrics.registry.get_sample_value("esoteric_model_refusals_total", {"budget": budget})
            found |= {budget: count} if count else {}
        return found


@asynccontextmanager
async def metered(database: Database, **more: Any) -> AsyncIterator[Metered]:
    async with model_over_loopback(callbacks=[TokenCounter()]) as parts:
        yield Metered(parts, database, **more)


@contextmanager
def turn(turn_id: str = "t-1", session_id: str = SESSION) -> Iterator[None]:
    token = TURN.set(CurrentTurn(turn_id, session_id))
    try:
        yield
    finally:
        TURN.reset(token)


async def written(model: Model, words: str = "hello", seconds: float = 5.0) -> str:
    """What it writes, or the code of its failure."""
    try:
        ask = asked(words, purpose="phrase", seconds=seconds)
        return "".join([piece async for piece in model.write(ask)]).strip()
    except ModelFailed as failed:
        return str(failed)


def digest_of(body: Body) -> str:
    """Of a request's body, as an auditor who has it finds its row."""
    return sha256(json.dumps(body["messages"], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
