"""The audit log: whatever is done to its rows without the key is found, and said of which row."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from server.audit_anchor import AuditAnchor, read_heads
from server.store.acts import ActsWriter
from server.store.audit import AuditChain, Entry, Finding, Head
from server.store.consents import compare_consents
from server.store.database import Database
from tools.audit import check_kind
from tools.consents import ConsentAct

KEY, OTHER = b"a key for tests alone, 32 bytes.", b"another key for tests, 32 bytes."
ROWS = 7
COLUMNS = ("number", "at", "kind", "session_ref", "facts", "key_id", "previous_hash", "hash")
CONSENT = ConsentAct("EF-1", "kyc", True, "1", "00", "en", "rest", "2026-12-01T10:00:00+00:00")


def entries(count: int = ROWS) -> list[Entry]:
    return [
        Entry(f"2026-12-01T10:00:{n:02}", "provider.called", f"ref-{n}", {"provider": f"p{n}"}) for n in range(count)
    ]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.sqlite(tmp_path / "esoteric.db")
    await opened.migrate()
    await opened.run(lambda connection: AuditChain([KEY]).append(connection, entries()))
    yield opened
    await opened.close()


def tampered(*statements: str) -> Callable[[Connection], None]:
    """The work of somebody who may write into the database and has no key."""

    def work(connection: Connection) -> None:
        for table in ("audit_log", "consents"):
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
        for statement in statements:
            connection.execute(text(statement))

    return work


async def verified(database: Database, *secrets: bytes, anchors: tuple[Head, ...] = ()) -> list[Finding]:
    chain = AuditChain(secrets or [KEY])
    return (await database.run(lambda connection: chain.verify(connection, anchors)))[1]


async def test_an_untouched_log_is_intact(database: Database) -> None:
    count, found = await database.run(AuditChain([KEY]).verify)
    assert (count, found) == (ROWS, [])


async def test_an_empty_log_is_intact(tmp_path: Path) -> None:
    empty = Database.sqlite(tmp_path / "empty.db")
    await empty.migrate()
    assert await verified(empty) == []
    await empty.close()


@pytest.mark.parametrize("row", [1, 4, ROWS])
@pytest.mark.parametrize("column", COLUMNS)
async def test_every_column_of_every_row_is_guarded(database: Database, row: int, column: str) -> None:
    new = "number + 100" if column == "number" else f"{column} || 'x'"
    await database.run(tampered(f"UPDATE audit_log SET {column} = {new} WHERE number = {row}"))  # noqa: S608  our own words
    found = await verified(database)
    assert found and found[0].number in {row, row + 100}


async def test_a_reference_taken_out_is_found(database: Database) -> None:
    await database.run(tampered("UPDATE audit_log SET session_ref = NULL WHERE number = 3"))
    assert Finding(3, "was changed") in await verified(database)


@pytest.mark.parametrize("row", [1, 4, ROWS])
async def test_a_row_left_out_is_missed(database: Database, row: int) -> None:
    await database.run(tampered(f"DELETE FROM audit_log WHERE number = {row}"))  # noqa: S608  our own words
    assert Finding(row, "is missing") in await verified(database)


async def test_rows_cut_off_the_end_are_missed_also_after_more_were_written(database: Database) -> None:
    await database.run(tampered("DELETE FROM audit_log WHERE number > 4"))
    assert await verified(database) == [Finding(5, "to 7 are missing")]
    await database.run(lambda connection: AuditChain([KEY]).append(connection, entries(2)))
    assert Finding(5, "to 7 are missing") in await verified(database)


async def test_the_whole_log_cut_off_is_missed(database: Database) -> None:
    await database.run(tampered("DELETE FROM audit_log"))
    assert await verified(database) == [Finding(1, "to 7 are missing")]


async def test_two_rows_that_changed_places_are_found(database: Database) -> None:
    await database.run(
        tampered(
            "UPDATE audit_log SET number = 100 WHERE number = 2",
            "UPDATE audit_log SET number = 2 WHERE number = 5",
            "UPDATE audit_log SET number = 5 WHERE number = 100",
        )
    )
    assert {finding.number for finding in await verified(database)} >= {2, 5}


async def test_a_chain_made_with_another_key_is_none(database: Database) -> None:
    await database.run(tampered("DELETE FROM audit_log", "DELETE FROM audit_head"))
    await database.run(lambda connection: AuditChain([OTHER]).append(connection, entries()))
    found = await verified(database)
    assert {finding.number for finding in found} == set(range(1, ROWS + 1))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 4, hash = (SELECT hash FROM audit_log WHERE number = 4)",
        "UPDATE audit_head SET seal = 'x'",
        "UPDATE audit_head SET key_id = 'x'",
    ],
)
async def test_a_forged_head_is_found_and_never_healed(database: Database, statement: str) -> None:
    await database.run(tampered("DELETE FROM audit_log WHERE number > 4", statement))
    assert await verified(database)
    await database.run(lambda connection: AuditChain([KEY]).append(connection, entries(3)))
    assert await verified(database)


async def test_an_older_copy_of_everything_is_found_by_what_was_noted_elsewhere(
    database: Database, tmp_path: Path
) -> None:
    chain = AuditChain([KEY])
    with closing(sqlite3.connect(tmp_path / "older.db")) as older:
        with closing(sqlite3.connect(tmp_path / "esoteric.db")) as now:
            now.backup(older)
        await database.run(lambda connection: chain.append(connection, entries(2)))
        await AuditAnchor(database, chain, tmp_path).note()
    copy = Database.sqlite(tmp_path / "older.db")
    heads, strange = read_heads(tmp_path / "audit-head", chain)
    assert strange == 0
    assert await verified(copy) == []
    assert await verified(copy, anchors=tuple(heads)) == [Finding(9, "was noted as the newest row once and is missing")]
    assert await verified(database, anchors=tuple(heads)) == []
    await copy.close()


async def test_the_noted_heads_are_one_a_day_and_ours(database: Database, tmp_path: Path) -> None:
    chain, path = AuditChain([KEY]), tmp_path / "audit-head"
    anchor = AuditAnchor(database, chain, tmp_path)
    path.write_text(f"2026-11-30 {chain.signed(Head(1, 'a' * 64))}\n", encoding="ascii")
    await anchor.note()
    await database.run(lambda connection: chain.append(connection, entries(1)))
    await anchor.note()
    heads, strange = read_heads(path, chain)
    assert [head.number for head in heads] == [1, ROWS + 1]
    path.write_text(path.read_text(encoding="ascii").replace(" 8 ", " 7 ") + "nonsense\n", encoding="ascii")
    heads, strange = read_heads(path, chain)
    assert ([head.number for head in heads], strange) == ([1], 2)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("more", [0, 1, 2, 5])
async def test_the_end_cut_off_under_an_older_head_stays_found(
    database: Database, tmp_path: Path, more: int, *, restarted: bool
) -> None:
    """The head is an older one of ours, so the chain by itself is whole, and the service goes on with it."""
    chain = AuditChain([KEY])
    anchor = AuditAnchor(database, chain, tmp_path)
    await anchor.note()
    await database.run(tampered("CREATE TABLE older AS SELECT * FROM audit_head"))
    await database.run(lambda connection: chain.append(connection, entries(2)))
    await anchor.note()
    back = ("DELETE FROM audit_head", "INSERT INTO audit_head SELECT * FROM older")
    await database.run(tampered("DELETE FROM audit_log WHERE number > 7", *back))
    assert await verified(database) == []
    if restarted:
        anchor = AuditAnchor(database, chain, tmp_path)
    await anchor.note()
    if more:
        await database.run(lambda connection: chain.append(connection, entries(more)[::-1]))
    for _ in range(2):
        await anchor.note()
    heads, _ = read_heads(tmp_path / "audit-head", chain)
    assert {finding.number for finding in await verified(database, anchors=tuple(heads))} == {ROWS + 2}


async def test_a_new_secret_goes_on_with_the_chain(database: Database) -> None:
    await database.run(lambda connection: AuditChain([OTHER, KEY]).append(connection, entries(2)))
    assert await verified(database, OTHER, KEY) == []
    assert {finding.number for finding in await verified(database, OTHER)} == set(range(1, ROWS + 1))


@pytest.mark.parametrize("table", ["audit_log", "consents"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET at = 'never'", "DELETE FROM {}"])
async def test_the_database_itself_refuses_changes(database: Database, table: str, statement: str) -> None:
    writer = ActsWriter(database, [KEY])
    await writer.note("s", CONSENT)
    with pytest.raises(DBAPIError, match="stay as they are"):
        await database.run(lambda connection: connection.execute(text(statement.format(table))))
    assert await verified(database) == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM consents", "tells of a consent that is missing from the ledger"),
        ("UPDATE consents SET given = 0", "tells of a consent that the ledger has otherwise"),
        ("UPDATE consents SET purpose = 'marketing'", "tells of a consent that the ledger has otherwise"),
        ("UPDATE consents SET notice_sha256 = '11'", "tells of a consent that the ledger has otherwise"),
        ("UPDATE consents SET session_ref = 'x'", "tells of a consent that the ledger has otherwise"),
        ("UPDATE consents SET at = '2020-01-01'", "tells of a consent that the ledger has otherwise"),
    ],
)
async def test_the_consent_ledger_is_held_against_the_log(database: Database, statement: str, problem: str) -> None:
    writer = ActsWriter(database, [KEY])
    await writer.note("s", CONSENT)
    assert await database.run(compare_consents) == []
    await database.run(tampered(statement))
    assert await database.run(compare_consents) == [Finding(ROWS + 1, problem)]


async def test_a_consent_slipped_into_the_ledger_is_found(database: Database) -> None:
    values = "'k', 'r', 'EF-2', 'kyc', 1, '1', '00', 'en', 'rest', '2026'"
    columns = (
        "act_key, session_ref, application_id, purpose, given, notice_version, notice_sha256, language, channel, at"
    )
    await database.run(tampered(f"INSERT INTO consents ({columns}) VALUES ({values})"))  # noqa: S608  likewise
    assert await database.run(compare_consents) == [Finding(0, "consent k is in the ledger and not in the log")]


async def test_many_writers_leave_one_chain(database: Database) -> None:
    writer = ActsWriter(database, [KEY])
    await asyncio.gather(*(writer.record("officer.read", f"s{n}", {"n": n}) for n in range(40)))
    count, found = await database.run(AuditChain([KEY]).verify)
    assert (count, found) == (ROWS + 40, [])


async def test_a_session_is_found_again_under_the_previous_secret(database: Database) -> None:
    await ActsWriter(database, [KEY]).note("s", CONSENT)
    rotated = ActsWriter(database, [OTHER, KEY])
    assert await rotated.of_session("s") == [CONSENT]
    assert await rotated.of_session("t") == []


def test_a_kind_nobody_listed_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind"):
        check_kind("loan.given")
