"""The checkpoints of whichever database the settings name."""

from server.store.checkpoints import Checkpoints
from server.store.database import Database


async def open_checkpoints(database: Database) -> Checkpoints:
    """In the tables of `database`. Raises StorageUnavailable."""
    if not database.is_shared:
        from server.store.sqlite import SqliteCheckpoints

        return await SqliteCheckpoints.open(database)
    from server.store.postgres import PostgresCheckpoints

    return await PostgresCheckpoints.open(database)
