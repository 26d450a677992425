"""Attempts to prove an identity, in SQL. They outlive their sessions and are forgotten after two days."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from server.store.database import Database
from server.store.tables import identity_attempts
from tools.attempts import KEPT, Attempt, AttemptKind

_KNOWN = select(identity_attempts.c.ref).where(identity_attempts.c.key == bindparam("this_key"))
_NOTE = insert(identity_attempts)
_FORGET = delete(identity_attempts).where(identity_attempts.c.at < bindparam("before"))
_SINCE = (
    select(identity_attempts.c.ref, identity_attempts.c.kind, identity_attempts.c.at)
    .where(identity_attempts.c.ref.in_(bindparam("refs", expanding=True)), identity_attempts.c.at >= bindparam("since"))
    .order_by(identity_attempts.c.at)
)

SWEEP_EVERY = 32  # notes; the first of a process sweeps as well


class SqlAttempts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted = -1

    async def note(self, key: str, kind: AttemptKind, refs: Sequence[str], at: datetime) -> None:
        def work(connection: Connection) -> None:
            known = set(connection.execute(_KNOWN, {"this_key": key}).scalars())
            rows = [{"key": key, "ref": ref, "kind": kind, "at": _text(at)} for ref in refs if ref not in known]
            if rows:
                connection.execute(_NOTE, rows)
            if self._noted % SWEEP_EVERY == 0:
                connection.execute(_FORGET, {"before": _text(at - KEPT)})

        self._noted += 1
        try:
            await self._database.run(work)
        except IntegrityError:  # noted by another process in between
            await self._database.run(work)

    async def since(self, refs: Sequence[str], at: datetime) -> list[Attempt]:
        values = {"refs": list(refs), "since": _text(at)}
        rows = await self._database.run(lambda connection: connection.execute(_SINCE, values).all())
        return [Attempt(row.ref, row.kind, datetime.fromisoformat(row.at)) for row in rows]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
