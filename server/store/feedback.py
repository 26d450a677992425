"""What customers think of the assistant's answers: a thumb an answer, the newest. It goes with the session."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from server.moments import now_in_seconds
from server.store.database import Database
from server.store.sessions import check_id
from server.store.tables import feedback, turns
from server.store.turn_rows import run_id_of

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Given:
    """A thumb as it is kept. `before` is the one that it replaced, None for the first."""

    message_id: str
    run_id: str
    thumb: Thumb
    given_at: str
    before: Thumb | None


class UnknownAnswer(LookupError):
    """The session has no such answer."""


class Feedback:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, session_id: str, thumb: Thumb, *, message_id: str | None, run_id: str | None) -> Given:
        """The thumb on the answer to that message, or of that run. The same again changes nothing, not even its time.

        Raises UnknownAnswer.
        """

        def work(connection: Connection) -> Given:
            check_id(session_id)
            answered, run = _answer(connection, session_id, message_id, run_id)
            this = {"this_session": session_id, "this_message": answered}
            known = connection.execute(_KNOWN, this).one_or_none()
            if known is not None and known.thumb == thumb:
                return Given(answered, run, thumb, known.given_at, thumb)
            now = now_in_seconds()
            if known is None:
                row = {"session_id": session_id, "message_id": answered, "thumb": thumb, "given_at": now}
                connection.execute(_KEEP, row)
                return Given(answered, run, thumb, now, None)
            connection.execute(_REPLACE, this | {"thumb": thumb, "given_at": now})
            return Given(answered, run, thumb, now, known.thumb)

        try:
            return await self._database.run(work)
        except IntegrityError:  # another process kept one between the look and the insert
            return await self._database.run(work)


_DONE = turns.c.status == literal_column("'done'")
_ANSWERS = select(turns.c.message_id, turns.c.turn_id, turns.c.seq, turns.c.attempts).where(
    turns.c.session_id == bindparam("this_session"), _DONE
)
_ANSWER = _ANSWERS.where(turns.c.message_id == bindparam("this_message"))
_THIS = (feedback.c.session_id == bindparam("this_session"), feedback.c.message_id == bindparam("this_message"))
_KNOWN = select(feedback.c.thumb, feedback.c.given_at).where(*_THIS)
_KEEP, _REPLACE = insert(feedback), update(feedback).where(*_THIS)


def _answer(connection: Connection, session_id: str, message_id: str | None, run_id: str | None) -> tuple[str, str]:
    """Message and run id of the answer that one of them names. Raises UnknownAnswer."""
    this = {"this_session": session_id}
    found = (
        connection.execute(_ANSWERS, this)
        if message_id is None
        else connection.execute(_ANSWER, this | {"this_message": message_id})
    )
    for row in found:
        run = run_id_of(row.turn_id, row.seq, row.attempts)
        if run_id is None or run == run_id:
            return row.message_id, run
    raise UnknownAnswer
