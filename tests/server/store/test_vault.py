"""The keys of sessions: made, wrapped, found, destroyed; what is sealed opens nowhere but in its place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.sessions import Sessions
from server.store.vault import Damaged, NoKey, SessionKey, Vault
from tests.keys import SECRET, vault

NOW = "2026-12-01T10:00:00+00:00"
PLACE = "turns.reply:1"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await opened.migrate()
    sessions = Sessions(opened, ActsWriter(opened, [SECRET]))
    for name in ("one", "two"):
        await sessions.create(name, "loan", "Hello", {}, NOW)
    yield opened
    await opened.close()


async def key_of(database: Database, session_id: str, opened_by: Vault | None = None) -> SessionKey:
    found = opened_by or vault()
    return await database.run(lambda connection: found.key(connection, session_id))


async def test_a_session_has_a_key_of_its_own(database: Database) -> None:
    one, two = await key_of(database, "one"), await key_of(database, "two")
    sealed = one.seal(PLACE, b"ABCDE1234F")
    assert one.open(PLACE, sealed) == b"ABCDE1234F"
    assert b"ABCDE1234F" not in sealed
    with pytest.raises(Damaged):
        two.open(PLACE, sealed)


async def test_the_key_is_found_again_by_another_process(database: Database) -> None:
    sealed = (await key_of(database, "one", database.vault)).seal(PLACE, b"kept")
    assert (await key_of(database, "one")).open(PLACE, sealed) == b"kept"


async def test_another_place_is_refused(database: Database) -> None:
    key = await key_of(database, "one")
    with pytest.raises(Damaged):
        key.open("turns.reply:2", key.seal(PLACE, b"kept"))


@pytest.mark.parametrize("change", [b"", b"{}", b"\x01", b"plain text that is long enough to have a head and a tag"])
async def test_what_was_never_sealed_is_refused(database: Database, change: bytes) -> None:
    with pytest.raises(Damaged):
        (await key_of(database, "one")).open(PLACE, change)


async def test_every_changed_byte_is_noticed(database: Database) -> None:
    key = await key_of(database, "one")
    sealed = key.seal(PLACE, b"kept")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Damaged):
            key.open(PLACE, bytes(changed))


async def test_a_key_moved_to_another_session_is_refused(database: Database) -> None:
    move = "UPDATE session_keys SET wrapped = (SELECT wrapped FROM session_keys WHERE session_id = 'two')"
    await database.run(lambda connection: connection.exec_driver_sql(f"{move} WHERE session_id = 'one'"))
    with pytest.raises(Damaged):
        await key_of(database, "one")
    await key_of(database, "two")


async def test_the_previous_secret_still_opens_and_an_older_one_does_not(database: Database) -> None:
    sealed = (await key_of(database, "one")).seal(PLACE, b"kept")
    both = vault(b"a new secret of thirty-two bytes", SECRET)
    assert (await key_of(database, "one", both)).open(PLACE, sealed) == b"kept"
    with pytest.raises(Damaged):
        await key_of(database, "one", vault(b"a new secret of thirty-two bytes"))


async def test_a_destroyed_key_is_gone(database: Database) -> None:
    await database.run(lambda connection: database.vault.destroy(connection, "one"))
    database.vault.forget("one")
    with pytest.raises(NoKey):
        await key_of(database, "one", database.vault)
    await key_of(database, "two", database.vault)


async def test_a_session_that_goes_takes_its_key_along(database: Database) -> None:
    await database.run(lambda connection: connection.exec_driver_sql("DELETE FROM sessions WHERE session_id = 'one'"))
    with pytest.raises(NoKey):
        await key_of(database, "one")


async def test_marks_tell_equal_texts_of_one_session_only(database: Database) -> None:
    one, two = await key_of(database, "one"), await key_of(database, "two")
    assert one.mark("request", "ABCDE1234F") == one.mark("request", "ABCDE1234F")
    assert one.mark("request", "ABCDE1234F") != one.mark("another", "ABCDE1234F")
    assert one.mark("request", "ABCDE1234F") != two.mark("request", "ABCDE1234F")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_json_comes_back_as_it_was(value: Any) -> None:
    key = SessionKey("one", b"k" * 32)
    assert key.open_json(PLACE, key.seal_json(PLACE, value)) == value


@given(st.text(st.characters()))
def test_any_text_comes_back(text: str) -> None:
    key = SessionKey("one", b"k" * 32)
    assert key.open_text(PLACE, key.seal_text(PLACE, text)) == text


def test_few_keys_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.vault.REMEMBERED", 2)
    keys = vault()
    for name in ("one", "two", "three"):
        wrapped = keys._wrapping.seal(b"k" * 32, name)
        keys.unwrap(name, wrapped)
    assert keys.known("one") is None
    assert keys.known("three") is not None


def test_a_key_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.vault.REMEMBERED_SECONDS", -1.0)
    keys = vault()
    keys.unwrap("one", keys._wrapping.seal(b"k" * 32, "one"))
    assert keys.known("one") is None
