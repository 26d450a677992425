"""Sessions of one assistant, page by page, for whom they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, or_, select, true
from sqlalchemy.sql import ColumnElement

from server.store.database import Database
from server.store.sessions import SESSION_COLUMNS, SessionRow, opened_session
from server.store.tables import session_keys, sessions
from server.store.vault import Damaged


@dataclass(frozen=True, slots=True)
class Whose:
    """Of a tenant, of the holders of capabilities with these hashes that were in use since then, or of `everybody`."""

    everybody: bool = False
    tenant: str | None = None
    capabilities: tuple[bytes, ...] = ()
    active_since: str = ""


class Listing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, assistant: str, whose: Sequence[Whose], limit: int, offset: int) -> list[SessionRow]:
        """Newest first. One that cannot be read has an empty view."""
        query = (
            select(*SESSION_COLUMNS)
            .join_from(sessions, session_keys, session_keys.c.session_id == sessions.c.session_id)
            .where(sessions.c.assistant == assistant, or_(*map(_of, whose)))
            .order_by(sessions.c.created_at.desc(), sessions.c.session_id.desc())
            .limit(limit)
            .offset(offset)
        )

        def work(connection: Connection) -> list[SessionRow]:
            return [self._opened(row) for row in connection.execute(query)]

        return await self._database.run(work) if whose else []

    def _opened(self, row: Sequence[Any]) -> SessionRow:
        try:
            return opened_session(self._database.vault, row)
        except Damaged:
            return replace(SessionRow(*row[:-1]), view={})


def _of(whose: Whose) -> ColumnElement[bool]:
    if whose.everybody:
        return true()
    if whose.tenant is not None:
        return sessions.c.tenant == whose.tenant
    return and_(sessions.c.capability_hash.in_(whose.capabilities), sessions.c.active_at > whose.active_since)
