"""Who runs a session's turn: a lease for as long as the turn lasts, with a number that grows, the fence.

Every replica asks the same rows, and the database's clock is the only one. A lease that has run out may be taken by any
replica, which then runs the turn; whoever held it is fenced off: `Database.run` and the journal let nothing of it in.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from server.store.database import Database
from server.store.now import DatabaseNow
from server.store.sessions import SessionRow, UnknownSession, session_row
from server.store.tables import WAITING, sessions, turns
from server.store.turn_rows import TURN_COLUMNS, TurnRow, waiting_turn
from server.store.vault import Damaged, NoKey

log = logging.getLogger("esoteric.leases")

LEASE_SECONDS = 10.0
GIVEN_BACK = 0  # the turn is not over and anybody may go on with it at once


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a turn; `session` is how the session stands, `attempt` how often the turn was begun."""

    session: SessionRow
    fence: int
    attempt: int = 1


class Left(NamedTuple):
    """A turn that is not over and that nobody holds; `lapsed` when somebody held it and let go.

    `last_event_id` is the session's.
    """

    turn: TurnRow
    lapsed: bool
    last_event_id: int


class Leases:
    """Takes leases for this process, the `owner`."""

    def __init__(self, database: Database, owner: str | None = None, seconds: float = LEASE_SECONDS) -> None:
        self.owner = owner or uuid4().hex
        self.seconds = seconds
        self._database = database
        self._span = int(seconds * 1000)
        # Built once: building a statement costs more than running it.
        self._free = _is_free(self.owner, self._span)
        self.until = DatabaseNow() + self._span
        held = {"owner": self.owner, "lease_until": self.until}
        self._take = (
            update(sessions)
            .where(_THIS, sessions.c.finished_seq == bindparam("before"), self._free)
            .values(**held, fence=sessions.c.fence + 1)
            .returning(sessions.c.fence)
        )
        self._seize = update(sessions).where(_THIS).values(**held, fence=sessions.c.fence + 1)
        self._renew = (
            update(sessions)
            .where(sessions.c.session_id.in_(bindparam("those", expanding=True)), _mine(self.owner))
            .values(lease_until=self.until)
            .returning(sessions.c.session_id)
        )
        self._left = (
            select(*TURN_COLUMNS, sessions.c.lease_until.is_not(None), sessions.c.last_event_id)
            .join_from(turns, sessions, sessions.c.session_id == turns.c.session_id)
            .where(WAITING, turns.c.seq > sessions.c.finished_seq, self._free)
            .order_by(turns.c.session_id, turns.c.seq)
        )

    @property
    def is_shared(self) -> bool:
        """Other processes may ask for leases."""
        return self._database.is_shared

    @property
    def is_free(self) -> ColumnElement[bool]:
        """Whether the session's lease may be taken by this process, in a statement on sessions."""
        return self._free

    async def take(self, turn: TurnRow) -> Lease | TurnRow:
        """The lease to run the turn, if it is the next of its session and nobody holds it; else the turn as it stands:
        over, or to be waited for. Raises UnknownSession."""

        def work(connection: Connection) -> Lease | TurnRow:
            values = {"this_session": turn.session_id, "before": turn.seq - 1}
            fence = connection.execute(self._take, values).scalar_one_or_none()
            vault = self._database.vault
            key = vault.look_up(connection, turn.session_id)
            found = connection.execute(_TURN, {"turn": turn.turn_id}).one_or_none()
            if found is None:
                raise UnknownSession
            row = waiting_turn(key, found)
            if fence is None or row.status != "accepted":
                return row
            connection.execute(_BEGIN, {"turn": turn.turn_id})
            return Lease(session_row(connection, vault, turn.session_id), fence, row.attempts + 1)

        try:
            return await self._database.run(work)
        except NoKey:
            raise UnknownSession from None

    async def seize(self, session_id: str) -> None:
        """Take the lease from whoever holds it, for the session is to be erased."""
        await self._database.run(lambda connection: connection.execute(self._seize, {"this_session": session_id}))

    async def renew(self, session_ids: Collection[str]) -> set[str]:
        """Hold those of this process for longer; the sessions that somebody else has taken."""

        def work(connection: Connection) -> set[str]:
            return set(connection.execute(self._renew, {"those": list(session_ids)}).scalars())

        return set(session_ids) - await self._database.run(work)

    async def give_back(self) -> None:
        """All that this process holds: it ends, and somebody else may go on at once."""
        await self._let_go(_mine(self.owner))

    async def free_all(self) -> None:
        """Whoever holds one is gone: this is the only process."""
        await self._let_go(sessions.c.owner.is_not(None))

    async def left(self, session_id: str | None = None) -> list[Left]:
        """The turns, of all sessions or of one, that are not over and that nobody holds, in their order."""

        def work(connection: Connection) -> list[Left]:
            query = self._left if session_id is None else self._left.where(sessions.c.session_id == session_id)
            found = ((self._opened(connection, row[:-2]), *row[-2:]) for row in connection.execute(query).all())
            return [Left(turn, bool(lapsed), last_id) for turn, lapsed, last_id in found if turn is not None]

        return await self._database.run(work)

    async def ask_cancel(self, session_id: str) -> bool:
        """Have the turn that runs elsewhere cancelled; false when none does."""

        def work(connection: Connection) -> bool:
            return bool(connection.execute(_ASK_CANCEL, {"this_session": session_id}).rowcount)

        return await self._database.run(work)

    async def asked_to_cancel(self, turn_ids: Collection[str]) -> set[str]:
        """Of these turns, those that somebody asked another replica to cancel."""

        def work(connection: Connection) -> set[str]:
            return set(connection.execute(_ASKED_TO_CANCEL, {"those": list(turn_ids)}).scalars())

        return await self._database.run(work)

    async def _let_go(self, which: ColumnElement[bool]) -> None:
        statement = update(sessions).where(which).values(owner=None, lease_until=GIVEN_BACK)
        await self._database.run(lambda connection: connection.execute(statement))

    def _opened(self, connection: Connection, row: Sequence[Any]) -> TurnRow | None:
        """None for one whose session cannot be read, or is being erased: the others go on."""
        turn_id, session_id = row[0], row[1]
        try:
            return waiting_turn(self._database.vault.key(connection, session_id), row)
        except NoKey:
            return None
        except Damaged:
            log.error("storage.damaged", extra={"turn_id": turn_id})
            return None


_THIS = sessions.c.session_id == bindparam("this_session")
_TURN = select(*TURN_COLUMNS).where(turns.c.turn_id == bindparam("turn"))
_BEGIN = update(turns).where(turns.c.turn_id == bindparam("turn")).values(attempts=turns.c.attempts + 1)
_ASK_CANCEL = (
    update(turns)
    .where(turns.c.session_id == bindparam("this_session"), WAITING)
    .where(
        turns.c.seq
        == select(sessions.c.finished_seq + 1)
        .where(sessions.c.session_id == turns.c.session_id, sessions.c.lease_until > DatabaseNow())
        .scalar_subquery()
    )
    .values(cancel_asked=True)
)
_ASKED_TO_CANCEL = select(turns.c.turn_id).where(
    turns.c.turn_id.in_(bindparam("those", expanding=True)), turns.c.cancel_asked
)


def _mine(owner: str) -> ColumnElement[bool]:
    return sessions.c.owner == owner


def _is_free(owner: str, span: int) -> ColumnElement[bool]:
    """Nobody's, our own, or past. One that would last far longer than leases do was given before the clock went back.

    Our own: the turn that it was taken for broke in this process, where no turn is run twice at a time.
    """
    until = sessions.c.lease_until
    return or_(until.is_(None), _mine(owner), until <= DatabaseNow(), until > DatabaseNow() + 2 * span)
