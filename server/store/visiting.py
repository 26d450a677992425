"""The database, for a command that runs beside the service or without it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from server.store.database import Database
from server.store.vault import Vault


def opened(database_url: str | None, data_dir: Path, vault: Vault) -> Database:
    """Whichever the settings name, as it is."""
    if database_url:
        return Database.postgres(database_url, vault=vault)
    return Database.sqlite(data_dir / "esoteric.db", vault=vault)


@contextlib.asynccontextmanager
async def visiting(database_url: str | None, data_dir: Path, vault: Vault) -> AsyncIterator[Database]:
    """Open for a moment, at the newest schema; a running service goes on meanwhile.

    What an earlier version wrote is sealed as it is migrated, under a secret that a command may not have been given.
    Raises OlderSchema, StorageUnavailable.
    """
    database = opened(database_url, data_dir, vault)
    try:
        await database.refuse_older()
        await database.migrate()
        yield database
    finally:
        await database.close()
