"""What a turn, a session and a day may cost of a language model. Whoever is over a budget is served without one."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final, Literal

from langgraph.config import get_config

from server.limits.figures import FIGURES
from server.moments import now_in_milliseconds
from server.observing.current import TURN, CurrentTurn
from server.store.model_calls import ModelCalls

log = logging.getLogger("esoteric.model")

Budget = Literal["turn", "session", "day"]

# With less time left an answer would hardly come, and its timeout would rest the model for everybody.
LEAST_SECONDS: Final = 1.0
TURNS_REMEMBERED: Final = 1024
DAY_LOOK_SECONDS: Final = 60.0


@dataclass(slots=True)
class TurnBudget:
    """What one turn has spent. `over` is the budget that it was refused by: it asks no more."""

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0
    over: Budget | None = None

    @property
    def seconds_left(self) -> float:
        return FIGURES.model_seconds_of_a_turn - self.seconds

    def permits(self, tokens: int = 0) -> bool:
        """Another call, of so many tokens."""
        has_calls = self.calls < FIGURES.model_calls_of_a_turn
        has_tokens = self.tokens + tokens <= FIGURES.model_tokens_of_a_turn
        return has_calls and has_tokens and self.seconds_left >= LEAST_SECONDS


class Budgets:
    """`session_tokens` and `daily_tokens` are input and output together; of a day 0 is no limit.

    A turn's budget is remembered for as long as turns run. Its calls and tokens are on record as well, so that a turn
    which another process runs again goes on with what is left of it.
    """

    def __init__(
        self, calls: ModelCalls, refused: Callable[[Budget], None], *, session_tokens: int, daily_tokens: int
    ) -> None:
        self._calls = calls
        self._refused = refused
        self.session_tokens = session_tokens
        self._daily_tokens = daily_tokens
        self._turns: OrderedDict[str, TurnBudget] = OrderedDict()
        self._day, self._day_tokens, self._looked = "", 0, 0.0
        self._held = 0  # for calls under way, so that many at once do not each take the same rest of a day
        self._told_of = ""

    def of(self, turn: CurrentTurn | None) -> TurnBudget:
        """What asks outside of any turn has a budget of its own each time."""
        if turn is None:
            return TurnBudget()
        found = self._turns.setdefault(turn.turn_id, TurnBudget())
        self._turns.move_to_end(turn.turn_id)
        if len(self._turns) > TURNS_REMEMBERED:
            self._turns.popitem(last=False)
        return found

    def permits(self, turn: TurnBudget) -> bool:
        """Whether the turn may ask at all, as far as this process knows; a refusal is told of."""
        if turn.over is None:
            if not turn.permits():
                self.refuse(turn, "turn")
            elif self._is_over_for_today(0):
                self.refuse(turn, "day")
        return turn.over is None

    async def hold_today(self, tokens: int) -> bool:
        """Whether so many more tokens fit into the day in UTC; if so they are held until `let_go`.

        Raises StorageUnavailable.
        """
        if not self._daily_tokens:
            self._held += tokens
            return True
        today = _today()
        if self._day != today or monotonic() - self._looked > DAY_LOOK_SECONDS:
            self._day_tokens = await self._calls.of_day(today)
            self._day, self._looked = today, monotonic()
        if self._is_over_for_today(self._held + tokens):
            return False
        self._held += tokens
        return True

    def let_go(self, tokens: int) -> None:
        self._held -= tokens

    def spent(self, turn: TurnBudget, tokens: int, seconds: float) -> None:
        turn.tokens += tokens
        turn.seconds += seconds
        self._day_tokens += tokens

    def refuse(self, turn: TurnBudget, budget: Budget) -> None:
        """Told of once a turn; of a day in the log once a day."""
        if turn.over is not None:
            return
        turn.over = budget
        self._refused(budget)
        if budget == "day":
            if self._told_of == self._day:
                return
            self._told_of = self._day
        log.warning("model.over_budget", extra={"kind": budget})

    def _is_over_for_today(self, tokens: int) -> bool:
        if not self._daily_tokens or self._day != _today():
            return False
        return self._day_tokens + max(1, tokens) > self._daily_tokens


def turn_under_way() -> CurrentTurn | None:
    """Of this service, or a run of LangGraph's own server, which keeps a thread in the place of a session."""
    if (turn := TURN.get()) is not None:
        return turn
    try:
        where = get_config().get("configurable", {})
    except RuntimeError:  # outside of any graph
        return None
    run, thread = where.get("run_id"), where.get("thread_id")
    return CurrentTurn(str(run), str(thread)) if run and thread else None


def _today() -> str:
    return now_in_milliseconds()[:10]
