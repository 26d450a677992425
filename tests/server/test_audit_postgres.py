"""The audit log in Postgres, where transactions truly run at the same time, in several processes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.store.acts import ActsWriter
from server.store.audit import AuditChain, Finding
from server.store.consents import compare_consents
from server.store.database import Database
from tests.postgres import Postgres
from tests.server.test_audit_log import CONSENT

KEY = b"a key for tests alone, 32 bytes."
EMPTY = "; ".join(
    (
        "SET session_replication_role = replica",  # no trigger fires, as somebody with the rights could have it
        *("DELETE FROM audit_log", "DELETE FROM audit_head", "DELETE FROM consents"),
    )
)


@pytest.fixture
async def databases(postgres: Postgres) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' connections to one database whose log is empty."""
    both = Database.postgres(postgres.url), Database.postgres(postgres.url)
    await both[0].migrate()
    await changed(both[0], EMPTY)
    yield both
    for database in both:
        await database.close()


async def changed(database: Database, *statements: str) -> None:
    await database.run(
        lambda connection: (
            [connection.execute(text(part)) for part in "; ".join(statements).split("; ")]
            and connection.execute(text("SET session_replication_role = origin"))
        )
    )


def writer(database: Database) -> ActsWriter:
    return ActsWriter(database, [KEY])


async def test_two_processes_leave_one_chain(databases: tuple[Database, Database]) -> None:
    writers = [writer(database) for database in databases]
    await asyncio.gather(*(writers[n % 2].record("officer.read", f"s{n}", {"n": n}) for n in range(60)))
    assert await databases[0].run(AuditChain([KEY]).verify) == (60, [])


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET at = 'never'", "DELETE FROM {}", "TRUNCATE {}"],
)
@pytest.mark.parametrize("table", ["audit_log", "consents"])
async def test_the_database_itself_refuses_changes(
    databases: tuple[Database, Database], table: str, statement: str
) -> None:
    await writer(databases[0]).note("s", CONSENT)
    with pytest.raises(DBAPIError, match="stay as they are"):
        await databases[0].run(lambda connection: connection.execute(text(statement.format(table))))
    assert await databases[0].run(AuditChain([KEY]).verify) == (1, [])


async def test_what_was_done_behind_the_triggers_is_found(databases: tuple[Database, Database]) -> None:
    database, off = databases[0], "SET session_replication_role = replica"
    for n in range(5):
        await writer(database).record("officer.read", f"s{n}", {"n": n})
    await writer(database).note("s", CONSENT)
    await changed(database, off, "UPDATE audit_log SET facts = '{}' WHERE number = 2")
    await changed(database, off, "DELETE FROM audit_log WHERE number = 4")
    await changed(database, off, "DELETE FROM consents")
    _, found = await database.run(AuditChain([KEY]).verify)
    assert found == [
        Finding(2, "was changed"),
        Finding(4, "is missing"),
        Finding(5, "does not follow the row before it"),
    ]
    assert await database.run(compare_consents) == [
        Finding(6, "tells of a consent that is missing from the ledger"),
    ]
