"""The same in Postgres: rows of earlier versions, their checkpoints among them, and rows that somebody put there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.postgres import PostgresSaver
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, create_engine, text

from server.store.acts import ActsWriter
from server.store.checkpoints import strict_serializer
from server.store.database import Database
from server.store.postgres import PostgresCheckpoints
from server.store.postgres_pool import with_driver
from server.store.sealed_serializer import SEALED
from server.store.sessions import Sessions
from server.store.vault import Damaged
from tests.keys import SECRET, vault
from tests.postgres import Postgres
from tests.server.personal import files
from tests.server.store.old_rows import PERSONAL, SESSIONS, STATE, to_revision, write_old_rows
from tests.server.store.test_sealing import check_keys, check_opens

NOW = "2026-12-01T10:00:00+00:00"


@pytest.fixture
def url(postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own."""
    engine = create_engine(with_driver(postgres.url), isolation_level="AUTOCOMMIT")
    name = f"sealing_{abs(hash(request.node.name)) % 10**8}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield postgres.url.replace("/postgres", f"/{name}")
    engine.dispose()


def old_checkpoints(url: str) -> dict[str, str]:
    """As LangGraph's own saver left them, two a session; by session the one on which it stands."""
    stands = {}
    with PostgresSaver.from_conn_string(url) as saver:
        saver.serde = strict_serializer()
        saver.setup()
        for session_id in SESSIONS:
            at: Any = {"configurable": {"thread_id": session_id, "checkpoint_ns": ""}}
            for number in (1, 2):
                values = {"application": {"pan": PERSONAL[0], "number": number}, "version": number}
                checkpoint = empty_checkpoint() | {"channel_values": values}
                checkpoint["channel_versions"] = dict.fromkeys(values, f"{number:032}.0")
                at = saver.put(at, checkpoint, {"source": "loop"}, checkpoint["channel_versions"])
            stands[session_id] = at["configurable"]["checkpoint_id"]
            saver.put_writes(at, [("application", STATE)], "a task")
    return stands


async def test_rows_and_checkpoints_of_earlier_versions(url: str, postgres: Postgres) -> None:
    database = Database.postgres(url, vault=vault())
    await database.run(lambda connection: to_revision(connection, "0012"))
    await database.run(write_old_rows)
    stands = old_checkpoints(url)
    for session_id, checkpoint_id in stands.items():
        moved = f"UPDATE sessions SET checkpoint_id = '{checkpoint_id}' WHERE session_id = '{session_id}'"  # noqa: S608  our own ids
        await database.run(raw_change(moved))
    checkpoint_all(url)
    before = b"".join(files(postgres.data / "base").values())
    assert not [value for value in PERSONAL if value.encode() not in before]
    await database.migrate()
    await check_opens(database)
    await check_keys(database)
    checkpoints = await PostgresCheckpoints.open(database)
    for session_id, checkpoint_id in stands.items():
        saver = await checkpoints.saver(session_id, checkpoint_id)
        found = await saver.aget_tuple({"configurable": {"thread_id": session_id}})
        assert found is not None
        assert found.checkpoint["channel_values"] == {"application": {"pan": PERSONAL[0], "number": 2}, "version": 2}
    kinds = text("SELECT DISTINCT type FROM checkpoint_blobs")
    assert {kind.endswith(SEALED) for (kind,) in await database.run(lambda c: c.execute(kinds).all())} == {True}
    await checkpoints.close()
    await database.close()
    checkpoint_all(url)
    after = b"".join(files(postgres.data / "base").values())
    assert not [value for value in PERSONAL if value.encode() in after]


def raw_change(statement: str) -> Callable[[Connection], object]:
    return lambda connection: connection.exec_driver_sql(statement)


def checkpoint_all(url: str) -> None:
    """All that was changed is in the files, and files that were replaced are gone."""
    engine = create_engine(with_driver(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()


CHANGES = {
    "stripped": "UPDATE checkpoint_blobs SET type = replace(type, '+session1', '') WHERE thread_id = 'one'",
    "plain": "UPDATE checkpoint_blobs SET type = 'msgpack', blob = :plain WHERE thread_id = 'one'",
    "moved": "UPDATE checkpoint_blobs b SET type = o.type, blob = o.blob FROM checkpoint_blobs o "
    "WHERE b.thread_id = 'one' AND o.thread_id = 'two' AND o.channel = b.channel",
    "inline": "UPDATE checkpoints SET checkpoint = jsonb_set(checkpoint, '{channel_values}', :inline) "
    "WHERE thread_id = 'one'",
    "gone": "DELETE FROM checkpoints WHERE thread_id = 'one'",
}


@pytest.mark.parametrize("how", CHANGES)
async def test_what_was_not_sealed_for_the_session_is_refused(url: str, how: str) -> None:
    database = Database.postgres(url, vault=vault())
    await database.migrate()
    checkpoints = await PostgresCheckpoints.open(database)
    stands = {}
    for session_id in SESSIONS:
        await Sessions(database, ActsWriter(database, [SECRET])).create(session_id, "loan", "Hello", {}, NOW)
        saver = await checkpoints.saver(session_id, None)
        values: dict[str, Any] = {"application": {"pan": PERSONAL[0]}, "version": 1, "secret": PERSONAL[1]}
        checkpoint = empty_checkpoint() | {"channel_values": values}
        checkpoint["channel_versions"] = dict.fromkeys(values, f"{1:032}.0")
        place: Any = {"configurable": {"thread_id": session_id, "checkpoint_ns": ""}}
        await saver.aput(place, checkpoint, {"source": "loop"}, checkpoint["channel_versions"])
        written = saver.written(session_id)
        await database.run(written.store)
        stands[session_id] = written.checkpoint_id

    async def read(session_id: str) -> Any:
        saver = await checkpoints.saver(session_id, stands[session_id])
        found = await saver.aget_tuple({"configurable": {"thread_id": session_id}})
        return found and found.checkpoint["channel_values"]

    rows = "SELECT checkpoint::text || metadata::text FROM checkpoints"
    told = "".join(await database.run(lambda c: c.execute(text(rows)).scalars().all()))
    assert not [value for value in PERSONAL if value in told]
    assert await read("one") == await read("two") == values
    plain = {"plain": strict_serializer().dumps_typed(STATE)[1], "inline": Jsonb({"application": {"pan": "forged"}})}
    await database.run(lambda c: c.execute(text(CHANGES[how]), plain))
    with pytest.raises(Damaged):
        await read("one")
    assert await read("two") == values
    await checkpoints.close()
    await database.close()
