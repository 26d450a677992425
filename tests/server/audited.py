"""What must hold of every audit log, whatever happened to the service that wrote it."""

import json
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from server.store.audit import AuditChain
from server.store.consents import compare_consents
from server.store.database import Database
from server.store.tables import audit_log


class Logged(NamedTuple):
    number: int
    kind: str
    session_ref: str | None
    facts: dict[str, Any]


def rows_of(connection: Connection) -> list[Logged]:
    columns = (audit_log.c.number, audit_log.c.kind, audit_log.c.session_ref, audit_log.c.facts)
    rows = connection.execute(select(*columns).order_by(audit_log.c.number))
    return [Logged(number, kind, session_ref, json.loads(facts)) for number, kind, session_ref, facts in rows]


async def check_audit(database: Database, key: bytes) -> list[Logged]:
    """The log's rows, found intact, and no provider asked without a consent that is older and stands."""

    def look(connection: Connection) -> tuple[list[Any], list[Logged]]:
        _, found = AuditChain([key]).verify(connection)
        return [*found, *compare_consents(connection)], rows_of(connection)

    found, rows = await database.run(look)
    assert found == []
    check_consents_come_first(rows)
    return rows


def check_consents_come_first(rows: list[Logged]) -> int:
    """Of every provider call; the number of calls."""
    stands: set[tuple[str | None, str]] = set()
    calls = 0
    for row in rows:
        about = (row.session_ref, row.facts.get("purpose", ""))
        if row.kind == "consent_given":
            stands.add(about)
        elif row.kind == "consent_withdrawn":
            stands.discard(about)
        elif row.kind == "provider.called":
            calls += 1
            assert about in stands, row
    return calls
