"""A fresh, migrated database of either kind, with one session in it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.sessions import Sessions
from tests.keys import SECRET, vault
from tests.postgres import Postgres

SESSION = "s-1"
KINDS = ("sqlite", "postgres")


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
