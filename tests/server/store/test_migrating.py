"""Migrations: several processes at once, while the tables are in use, and never back from a newer version."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from server.store.database import Database, NewerSchema
from server.store.postgres_pool import open_engine, with_driver
from tests.keys import vault
from tests.postgres import Postgres

OLDEST_IN_USE = "0009"  # of the version before this one
SESSION = {"session": "00000000-0000-4000-8000-000000000000"}
# As the version before this one writes.
OPEN = text(
    "INSERT INTO sessions (session_id, assistant, created_at, active_at, view, message_count, last_event_id)"
    " VALUES (:session, 'loan', '', '', '{}', 0, 0)"
)
ACCEPT = text(
    "INSERT INTO turns (turn_id, session_id, message_id, request_hash, channel, status, accepted_at)"
    " VALUES (:turn, :session, :turn, '', 'rest', 'accepted', '')"
)
FINISH = text("UPDATE turns SET status = 'done' WHERE turn_id = :turn")
COUNT = text("UPDATE sessions SET message_count = message_count + 1")


@pytest.fixture
def url(postgres: Postgres, request: pytest.FixtureRequest) -> str:
    """An empty database for one test."""
    name = f"d{abs(hash(request.node.name))}"
    engine = create_engine(with_driver(postgres.url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return postgres.url.replace("/postgres", f"/{name}")


@contextlib.contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def migrate_to(url: str, revision: str) -> None:
    """As the version of that schema did."""
    with engine_of(url) as engine, engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "server.store:migrations")
        config.attributes |= {"connection": connection, "vault": vault()}
        command.upgrade(config, revision)


def migrate(url: str) -> None:
    async def to_the_newest() -> None:
        database = Database.postgres(url, vault=vault())
        try:
            await database.migrate()
        finally:
            await database.close()

    asyncio.run(to_the_newest())


def version(url: str) -> list[str]:
    with engine_of(url) as engine, engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())


def test_several_processes_start_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(migrate, url) for _ in range(4)]:
            done.result()
    assert len(version(url)) == 1


def test_a_newer_schema_is_left_alone(url: str) -> None:
    migrate(url)
    with engine_of(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema):
        migrate(url)
    assert version(url) == ["9999"]


async def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await database.migrate()
    await database.run(lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema):
        await database.migrate()
    await database.close()


def test_it_waits_for_a_table_without_holding_up_the_others(url: str) -> None:
    """Somebody reads a table for long; meanwhile the others still write to it, and at last the step is done."""
    migrate_to(url, OLDEST_IN_USE)
    with engine_of(url) as engine:
        with engine.begin() as connection:
            connection.execute(OPEN, SESSION)
        with ThreadPoolExecutor(1) as threads:
            with engine.connect() as long_reader:
                long_reader.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
                long_reader.exec_driver_sql("SELECT count(*) FROM sessions")
                migrating = threads.submit(migrate, url)
                for _ in range(20):
                    with engine.begin() as writer:
                        writer.execute(COUNT)
                    time.sleep(0.1)
                assert not migrating.done()
                long_reader.rollback()
            migrating.result()
        with engine.connect() as reader:
            assert reader.exec_driver_sql("SELECT message_count FROM sessions").scalar_one() == 20
    assert version(url) != [OLDEST_IN_USE]


def test_the_version_before_works_on_while_it_migrates(url: str) -> None:
    """What it wrote by its own statements, before, meanwhile and after, is there."""
    migrate_to(url, OLDEST_IN_USE)
    written, failed, stop = [0], list[str](), threading.Event()

    def work() -> None:
        with engine_of(url) as engine:
            while not stop.is_set():
                written[0] += 1
                turn = {"turn": f"{written[0]:036}"}
                try:
                    with engine.begin() as connection:
                        connection.execute(ACCEPT, turn | SESSION)
                        connection.execute(FINISH, turn)
                        connection.execute(COUNT)
                except DBAPIError as error:
                    failed.append(str(error.orig))

    def work_on() -> None:
        enough = written[0] + 10
        while written[0] < enough and not working.done():
            time.sleep(0.01)

    with engine_of(url) as engine, engine.begin() as connection:
        connection.execute(OPEN, SESSION)
    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work)
        try:
            work_on()
            migrate(url)
            work_on()
        finally:
            stop.set()
        working.result()
    assert failed == []
    with engine_of(url) as engine, engine.connect() as connection:
        done = connection.exec_driver_sql("SELECT count(*) FROM turns WHERE status = 'done'").scalar_one()
        assert done == written[0] > 10
        assert connection.exec_driver_sql("SELECT message_count FROM sessions").scalar_one() == written[0]
