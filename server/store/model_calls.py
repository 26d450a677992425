"""What was asked of a language model: when, in whose turn, by which prompt, what left as a digest, what it cost.

A row is there before anything leaves, so that nothing leaves unrecorded; it holds no word of anybody's. It outlives
its session, of which it forgets which.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, and_, bindparam, case, func, insert, select, update

from server.store.database import Database
from server.store.tables import model_calls, sessions

Objection = TypeVar("Objection")

ASKED: Final = "asked"  # it may have left; what came of it is not known


@dataclass(frozen=True, slots=True)
class Asked:
    """A call about to be made, outside of any turn without turn and session. `input_tokens` is an estimate."""

    call_id: str
    session_id: str | None
    turn_id: str | None
    at: str
    purpose: str
    model: str
    prompt: str
    prompt_sha256: str
    sent_sha256: str
    input_tokens: int

    @property
    def day(self) -> str:
        return self.at[:10]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call: `done`, `failed`, `left` half heard, or `resting` when in the end none was made."""

    outcome: str
    input_tokens: int
    output_tokens: int
    ms: int


class Spent(NamedTuple):
    """Of a session so far, in tokens; and of that in one of its turns."""

    session_tokens: int
    turn_tokens: int
    turn_calls: int


class Use(NamedTuple):
    calls: int
    input_tokens: int
    output_tokens: int


class ModelCalls:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(self, call: Asked, objection: Callable[[Spent], Objection | None]) -> Objection | None:
        """Write it down, unless what was spent before gives an objection; that.

        A session that does not exist, as that of a thread in Studio, is left out.
        """
        columns = asdict(call)
        columns |= {"this_session": columns.pop("session_id"), "day": call.day, "outcome": ASKED}

        def work(connection: Connection) -> Objection | None:
            whose = {"session_id": call.session_id, "turn_id": call.turn_id}
            objected = objection(Spent(*connection.execute(_SPENT, whose).one()))
            if objected is None:
                connection.execute(_ASK, columns)
            return objected

        return await self._database.run(work)

    async def answered(self, call_id: str, answer: Answered) -> None:
        values = {"this_call": call_id, **asdict(answer)}
        await self._database.run(lambda connection: connection.execute(_ANSWER, values))

    async def of_session(self, session_id: str) -> Use:
        values = {"session_id": session_id}
        return await self._database.run(lambda connection: Use(*connection.execute(_USE, values).one()))

    async def of_day(self, day: str) -> int:
        """Tokens of a day in UTC, of all sessions."""
        return await self._database.run(lambda connection: connection.execute(_DAY, {"day": day}).scalar_one())


def calls_on_record(connection: Connection, session_id: str | None, day: str | None) -> Iterator[dict[str, Any]]:
    """What is on record, oldest first, of a session, of a day in UTC, or both."""
    of_session = [model_calls.c.session_id == session_id] if session_id else []
    of_day = [model_calls.c.day == day] if day else []
    query = select(model_calls).where(and_(*of_session, *of_day)).order_by(model_calls.c.at, model_calls.c.call_id)
    yield from (dict(row) for row in connection.execute(query).mappings())


def _total(*numbers: Any) -> Any:
    return func.coalesce(func.sum(*numbers), 0)


# Built once: building a statement costs more than running it.
_TOKENS = model_calls.c.input_tokens + model_calls.c.output_tokens
_OF_SESSION = model_calls.c.session_id == bindparam("session_id")
_OF_TURN = model_calls.c.turn_id == bindparam("turn_id")
_SPENT: Select[Any] = select(
    _total(_TOKENS), _total(case((_OF_TURN, _TOKENS), else_=0)), _total(case((_OF_TURN, 1), else_=0))
).where(_OF_SESSION)
_USE: Select[Any] = select(func.count(), _total(model_calls.c.input_tokens), _total(model_calls.c.output_tokens)).where(
    _OF_SESSION
)
_DAY: Select[Any] = select(_total(_TOKENS)).where(model_calls.c.day == bindparam("day"))
_ASK = insert(model_calls).values(
    session_id=select(sessions.c.session_id)
    .where(sessions.c.session_id == bindparam("this_session"))
    .scalar_subquery(),
    output_tokens=0,
)
_ANSWER = update(model_calls).where(model_calls.c.call_id == bindparam("this_call"))
