"""The database, for a command that runs beside the service or without it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy.exc import OperationalError

from server.store.database import Database, StorageUnavailable
from server.store.vault import Vault


@contextlib.asynccontextmanager
async def visiting(database_url: str | None, data_dir: Path, vault: Vault) -> AsyncIterator[Database]:
    """Open for a moment, at the newest schema; a running service goes on meanwhile. Raises StorageUnavailable."""
    if database_url:
        database = Database.postgres(database_url, vault=vault)
    else:
        database = Database.sqlite(data_dir / "esoteric.db", vault=vault)
    try:
        try:
            await database.migrate()
        except OperationalError as error:
            raise StorageUnavailable(type(error).__name__) from None
        yield database
    finally:
        await database.close()
