"""A fresh, migrated database of either kind, with one session in it."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.sessions import Sessions
from tests.keys import SECRET, vault
from tests.postgres import Postgres, programs

SESSION = "s-1"
KINDS = ("sqlite", "postgres")


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Skips the test where there is none."""
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    folder = programs()
    if folder is None:
        pytest.skip("no Postgres server is installed")
    try:
        cluster = Postgres.create(folder)
    except RuntimeError as error:
        pytest.skip(f"Postgres cannot be set up here: {error}")
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def fresh_url(cluster: Postgres) -> str:
    """A database of its own in the cluster."""
    import psycopg

    name = f"d{uuid4().hex}"
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return cluster.url.replace("/postgres", f"/{name}")


@contextlib.asynccontextmanager
async def opened(where: Path | str) -> AsyncIterator[Database]:
    """SQLite in a folder, or Postgres at a URL."""
    if isinstance(where, Path):
        database = Database.sqlite(where / "esoteric.db", vault=vault())
    else:
        database = Database.postgres(where, vault=vault())
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()


async def with_session(database: Database, session_id: str = SESSION) -> ActsWriter:
    acts = ActsWriter(database, [SECRET])
    await Sessions(database, acts).create(session_id, "loan", "Hello", {}, "2026-12-01T00:00:00+00:00")
    return acts
