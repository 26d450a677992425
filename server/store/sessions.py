"""Sessions and their transcript."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.tables import decisions, messages, sessions, turns
from tools.audit import Facts

_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")
CLOSED_WITH_A_LOAN = frozenset({"sanctioned", "completed"})


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as stored; `view` is what the outside may see of its state, `reviewed` whether a case was opened."""

    session_id: str
    assistant: str
    created_at: str
    view: dict[str, Any]
    message_count: int
    last_event_id: int
    checkpoint_id: str | None
    active_at: str = ""
    capability_hash: bytes | None = None
    tenant: str | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    sessions: int
    active_sessions: int
    messages: int


class UnknownSession(LookupError):
    """There is no such session, or not for this caller."""


class Sessions:
    def __init__(self, database: Database, acts: ActsWriter) -> None:
        self._database = database
        self._acts = acts

    async def create(
        self,
        session_id: str,
        assistant: str,
        greeting: str,
        view: dict[str, Any],
        now: str,
        *,
        capability_hash: bytes | None = None,
        tenant: str | None = None,
    ) -> None:
        """A session without an owner is one that LangGraph's server runs."""

        def work(connection: Connection) -> None:
            connection.execute(
                insert(sessions).values(
                    session_id=session_id,
                    assistant=assistant,
                    created_at=now,
                    active_at=now,
                    view=view,
                    message_count=1,
                    last_event_id=0,
                    capability_hash=capability_hash,
                    tenant=tenant,
                )
            )
            self._database.vault.create(connection, session_id)
            connection.execute(
                insert(messages).values(
                    session_id=session_id, role="assistant", content=greeting, message_id="greeting", created_at=now
                )
            )

        await self._database.run(work)

    async def get(self, session_id: str) -> SessionRow:
        """Raises UnknownSession."""
        return await self._database.run(lambda connection: session_row(connection, session_id))

    async def transcript(self, session_id: str) -> list[dict[str, str]]:
        """The whole conversation, oldest first. Raises UnknownSession."""

        def work(connection: Connection) -> list[dict[str, str]]:
            session_row(connection, session_id)
            columns = (messages.c.role, messages.c.content, messages.c.message_id, messages.c.created_at)
            rows = connection.execute(
                select(*columns).where(messages.c.session_id == session_id).order_by(messages.c.number)
            )
            return [dict(row) for row in rows.mappings()]

        return await self._database.run(work)

    async def latest_decision(self, session_id: str) -> dict[str, Any] | None:
        """The newest decision record. Raises UnknownSession."""

        def work(connection: Connection) -> dict[str, Any] | None:
            session_row(connection, session_id)
            newest = decisions.c.decided_at.desc()
            found = connection.execute(
                select(decisions.c.record).where(decisions.c.session_id == session_id).order_by(newest).limit(1)
            )
            return found.scalar_one_or_none()

        return await self._database.run(work)

    async def erase(self, session_id: str) -> None:
        """Delete the session and all that hangs on it; of a sanctioned loan the decision stays, masked.

        Raises UnknownSession.
        """

        def work(connection: Connection) -> None:
            row = session_row(connection, session_id)
            status = row.view.get("loan_application", {}).get("status")
            kept = 0
            for decision_id, record in connection.execute(
                select(decisions.c.decision_id, decisions.c.record).where(decisions.c.session_id == session_id)
            ).all():
                this_one = decisions.c.decision_id == decision_id
                if status in CLOSED_WITH_A_LOAN:
                    kept += 1
                    applicant = {**record["inputs"]["applicant"], "dob": None}
                    masked = {**record, "inputs": {**record["inputs"], "applicant": applicant}}
                    connection.execute(update(decisions).where(this_one).values(session_id=None, record=masked))
                else:
                    connection.execute(delete(decisions).where(this_one))
            connection.execute(delete(sessions).where(sessions.c.session_id == session_id))
            facts: Facts = {"status": status, "decisions_kept": kept}
            self._acts.write(connection, [self._acts.act("session.erased", session_id, facts)])

        await self._database.run(work)
        await self._database.scrub()

    async def ping(self) -> None:
        """Look whether the journal can be read at all. Raises what the database raises."""
        await self._database.run(lambda connection: connection.execute(select(turns.c.turn_id).limit(1)).all())

    async def totals(self, active_since: str) -> Totals:
        def work(connection: Connection) -> Totals:
            count = select(func.count())
            return Totals(
                connection.execute(count.select_from(sessions)).scalar_one(),
                connection.execute(
                    count.select_from(sessions).where(sessions.c.active_at >= active_since)
                ).scalar_one(),
                connection.execute(count.select_from(turns)).scalar_one(),
            )

        return await self._database.run(work)


# Built once: building a statement costs more than running it.
SESSION_COLUMNS = tuple(sessions.c[name] for name in SessionRow.__dataclass_fields__)
_SESSION = select(*SESSION_COLUMNS).where(sessions.c.session_id == bindparam("session_id"))


def check_id(session_id: str) -> None:
    """Raises UnknownSession at what was never an id; Postgres would refuse to look for some, a NUL for one."""
    if not _ID.fullmatch(session_id):
        raise UnknownSession


def session_row(connection: Connection, session_id: str) -> SessionRow:
    check_id(session_id)
    row = connection.execute(_SESSION, {"session_id": session_id}).one_or_none()
    if row is None:
        raise UnknownSession
    return SessionRow(*row)
