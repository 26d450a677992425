"""Sessions of one assistant, page by page, for whom they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from server.store.database import Database
from server.store.sessions import SESSION_COLUMNS, SessionRow, opened_session
from server.store.tables import session_keys, sessions
from server.store.vault import Damaged


@dataclass(frozen=True, slots=True)
class Whose:
    """Of a tenant, of the holders of capabilities with these hashes that were in use since then, of `everybody`; of
    nobody, if nothing is given."""

    everybody: bool = False
    tenant: str | None = None
    capabilities: tuple[bytes, ...] = ()
    active_since: str = ""


class Listing:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, assistant: str, whose: Whose, limit: int, offset: int) -> list[SessionRow]:
        """Newest first. One that cannot be read has an empty view."""
        if whose == Whose():
            return []
        theirs = _theirs(whose).where(sessions.c.assistant == assistant).cte("theirs")
        if whose.capabilities:  # few: rather sorted than looked for among all in the order of their age
            theirs = theirs.prefix_with("MATERIALIZED")
        newest = (theirs.c.created_at.desc(), theirs.c.session_id.desc())
        # What is passed over is counted in an index and not read.
        listed = select(theirs).order_by(*newest).limit(limit).offset(offset).subquery("listed")
        query = (
            select(*SESSION_COLUMNS)
            .join_from(listed, sessions, sessions.c.session_id == listed.c.session_id)
            .join(session_keys, session_keys.c.session_id == sessions.c.session_id)
            .order_by(listed.c.created_at.desc(), listed.c.session_id.desc())
        )

        def work(connection: Connection) -> list[SessionRow]:
            return [self._opened(row) for row in connection.execute(query)]

        return await self._database.run(work)

    def _opened(self, row: Sequence[Any]) -> SessionRow:
        try:
            return opened_session(self._database.vault, row)
        except Damaged:
            return replace(SessionRow(*row[:-1]), view={})


def _theirs(whose: Whose) -> Select[tuple[str, str]]:
    found = select(sessions.c.session_id, sessions.c.created_at)
    if whose.everybody:
        return found
    if whose.tenant is not None:
        return found.where(sessions.c.tenant == whose.tenant)
    return found.where(sessions.c.capability_hash.in_(whose.capabilities), sessions.c.active_at > whose.active_since)
