"""What earlier versions stored plainly is sealed by the migration: all of it, and it opens as it was."""

import shutil
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from server.store.acts import ActsWriter
from server.store.cases import Cases
from server.store.database import Database
from server.store.decisions import stored_decision
from server.store.ledgers import SqlPapers, Uploads
from server.store.migrating import migrate_in_transaction
from server.store.sessions import Sessions
from server.store.vault import Vault
from tests.keys import SECRET, vault
from tests.server.store.old_rows import PERSONAL, SESSIONS, personal, to_revision, write_old_rows

Open = Callable[..., Any]


async def old_sqlite(folder: Path) -> Database:
    """At the version before, its rows still plain; migrate it."""
    database = Database.sqlite(folder / "esoteric.db", vault=vault())
    await database.run(lambda connection: to_revision(connection, "0012"))
    await database.run(write_old_rows)
    return database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await old_sqlite(tmp_path)
    await opened.migrate()
    yield opened
    await opened.close()


def contents(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def raw(query: str, **values: Any) -> Callable[[Connection], list[Any]]:
    return lambda connection: list(connection.execute(text(query), values).all())


async def check_opens(database: Database) -> None:
    """Through the code that reads it now."""
    acts = ActsWriter(database, [SECRET])
    sessions, papers, cases = Sessions(database, acts), SqlPapers(database), Cases(database, acts)
    for name in SESSIONS:
        own = personal(name)
        session = await sessions.get(name)
        assert session.view["loan_application"]["applicant_name"] == own["name"]
        assert [entry["content"] for entry in await sessions.transcript(name)] == [f"{own['name']} आशा"] * 2
        decision = await sessions.latest_decision(name)
        assert decision is not None
        assert decision["inputs"]["applicant"]["dob"] == own["salary"]
        assert await papers.key_facts(f"k-{name}") == {"borrower": own["name"]}
        assert await papers.letter(f"l-{name}") == f"%PDF-{own['name']}".encode()
        assert await Uploads(database).read(name, f"u-{name}") == own["salary"].encode()
        assert (await cases.get(f"case-{name}")).facts == {"name": own["name"]}
        first, second = await cases.acts(f"case-{name}")
        assert (first.reason, first.details, first.told) == (own["mail"], {"question": own["mail"]}, first.details)
        assert (second.reason, second.details, second.told) == (None, {}, None)
        kept = await database.run(partial(stored_decision, vault=database.vault, decision_id=f"kept-{name}"))
        assert kept == {"inputs": {"applicant": {"dob": own["salary"]}}}
    assert await cases.missing() == list(SESSIONS)


async def check_keys(database: Database) -> None:
    """The columns that are read by the journal and by the ledger of effects."""
    for name in SESSIONS:
        own, key = personal(name), await database.run(partial(database.vault.key, session_id=name))
        rows = await database.run(raw("SELECT turn_id, body, reply, request_hash FROM turns ORDER BY turn_id"))
        done, waiting = (row for row in rows if row[0].endswith(name))
        assert (done[1], waiting[2]) == (None, None)
        assert key.open_json(f"turns.reply:{done[0]}", done[2]) == {"message": own["phone"]}
        assert key.open_json(f"turns.body:{waiting[0]}", waiting[1])["text"] == own["pan"]
        assert done[3] == key.mark("request", "5" * 64)
        effects = dict(await database.run(raw("SELECT key, result FROM effects")))
        pulled = f"bureau:{name}"
        assert key.open_json(f"effects.result:{pulled}", effects[pulled]) == {"salary": own["salary"]}
        assert effects[f"mail:{name}"] is None


async def test_all_of_it_opens_as_it_was(database: Database) -> None:
    await check_opens(database)
    await check_keys(database)


async def test_no_plain_value_is_left_in_the_files(tmp_path: Path) -> None:
    database = await old_sqlite(tmp_path)
    await database.scrub()
    before = contents(tmp_path)
    assert all(value.encode() in before for value in PERSONAL)
    await database.migrate()
    after = contents(tmp_path)
    await database.close()
    assert not [value for value in PERSONAL if value.encode() in after]


async def test_a_process_that_ends_before_it_has_scrubbed_leaves_that_to_the_next(tmp_path: Path) -> None:
    running, left = tmp_path / "running", tmp_path / "left"
    ended = await old_sqlite(running)
    await ended.scrub()
    assert await ended.run(lambda connection: migrate_in_transaction(connection, vault()))
    shutil.copytree(running, left)  # as a kill leaves it
    await ended.close()
    assert any(value.encode() in contents(left) for value in PERSONAL)
    next_one = Database.sqlite(left / "esoteric.db", vault=vault())
    await next_one.migrate()
    await check_opens(next_one)
    after = contents(left)
    assert not [value for value in PERSONAL if value.encode() in after]
    assert not await next_one.run(lambda connection: migrate_in_transaction(connection, vault()))
    await next_one.close()


async def test_a_database_with_sessions_is_not_migrated_without_the_secret(tmp_path: Path) -> None:
    await (await old_sqlite(tmp_path)).close()
    keyless = Database.sqlite(tmp_path / "esoteric.db")
    with pytest.raises(RuntimeError, match="without the service's secret"):
        await keyless.migrate()
    await keyless.close()
    again = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await again.migrate()
    await check_opens(again)
    await again.close()


async def test_many_rows_are_sealed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.migrations.sealing.TOGETHER", 1)
    database = await old_sqlite(tmp_path)
    await database.migrate()
    await check_opens(database)
    await check_keys(database)
    await database.close()


async def test_an_upload_whose_secret_is_gone_stays_shut(tmp_path: Path) -> None:
    await (await old_sqlite(tmp_path)).close()
    database = Database.sqlite(tmp_path / "esoteric.db", vault=Vault([b"another secret, of 32 bytes too."]))
    await database.migrate()
    with pytest.raises(Exception, match=r"^$") as refused:
        await Uploads(database).read("one", "u-one")
    assert type(refused.value).__name__ == "Damaged"
    await database.close()
