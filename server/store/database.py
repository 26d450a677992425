"""The connection to the database: SQLite by one writer that commits in groups, Postgres on a pool of threads.

SQLAlchemy is used synchronously in worker threads. A unit of work is one function over one transaction, hence one hop
between threads for it, which costs less than an asynchronous driver's hop for every statement.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from server.store.fence import checked
from server.store.group_commit import Committed, GroupCommit, unheard
from server.store.postgres_pool import Pooled, open_engine
from server.store.vault import Vault

Result = TypeVar("Result")


class StorageUnavailable(Exception):
    """The database could not be reached or would not work. Names the kind of fault only."""


class NewerSchema(StorageUnavailable):
    """The database was migrated by a version of this service that came after this one."""

    def __init__(self) -> None:
        super().__init__("it was made by a newer version")


class OlderSchema(StorageUnavailable):
    """The database holds what a version before this one wrote, and only the service itself brings it up to date."""

    def __init__(self) -> None:
        super().__init__("it was made by an earlier version: start the service once")


class Database:
    """Runs units of work. Closing waits for those under way."""

    def __init__(self, engine: Engine, runner: GroupCommit | Pooled, vault: Vault | None = None) -> None:
        self.engine = engine
        self._runner = runner
        self._vault = vault

    @property
    def vault(self) -> Vault:
        """The keys that this database is read by. One that was opened without them raises RuntimeError."""
        if self._vault is None:
            raise RuntimeError("this database was opened without its keys")
        return self._vault

    @classmethod
    def sqlite(cls, path: Path, committed: Committed = unheard, *, vault: Vault | None = None) -> "Database":
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return cls(engine, GroupCommit(engine, committed), vault)

    @classmethod
    def postgres(cls, url: str, committed: Committed = unheard, *, vault: Vault | None = None) -> "Database":
        """`url` as Postgres writes it, `postgresql://…`; needs the extra `postgres`."""
        engine = open_engine(url)
        return cls(engine, Pooled(engine, committed), vault)

    @property
    def is_shared(self) -> bool:
        """Other processes may be at work on it."""
        return not isinstance(self._runner, GroupCommit)

    async def run(self, work: Callable[[Connection], Result], *, checks_itself: bool = False) -> Result:
        """`work` in one transaction, committed when it returns, rolled back when it raises.

        A caller that is cancelled does not leave it half-way: it goes on. Within a turn nothing is written once another
        replica has taken it over; `work` that sees to that itself says so. Raises StorageUnavailable, Fenced.
        """
        if self.is_shared and not checks_itself:
            work = checked(work)
        try:
            result: Result = await self._runner.submit(work)
        except (OperationalError, InterfaceError, InternalError, NoConnection) as error:
            raise StorageUnavailable(type(error).__name__) from error
        return result

    async def alone(self, work: Callable[[Any], Result]) -> Result:
        """On SQLite, `work` on the driver's own connection and outside of any transaction, while no other runs."""
        if not isinstance(self._runner, GroupCommit):
            raise TypeError("only SQLite has one connection")
        result: Result = await self._runner.submit(work, alone=True)
        return result

    async def scrub(self) -> None:
        """Empty SQLite's write-ahead log, where deleted rows would be readable until it is next reused."""
        if isinstance(self._runner, GroupCommit):
            truncate = "PRAGMA wal_checkpoint(TRUNCATE)"
            await self._runner.submit(lambda driver: driver.execute(truncate).fetchall(), alone=True)

    async def refuse_older(self) -> None:
        """Raises OlderSchema, NewerSchema, StorageUnavailable."""
        from server.store.migrating import is_older

        if await self.run(is_older):
            raise OlderSchema

    async def migrate(self) -> None:
        """Bring the schema to the newest version; one that is newer still is left alone. Raises StorageUnavailable."""
        from server.store.migrating import SCRUBBED, migrate_in_transaction, migrate_postgres

        try:
            if isinstance(self._runner, GroupCommit):
                if await self._runner.submit(lambda connection: migrate_in_transaction(connection, self._vault)):
                    await self.alone(lambda driver: driver.execute("VACUUM"))
                    await self.scrub()
                    await self.alone(lambda driver: driver.execute(SCRUBBED))
            else:
                await asyncio.to_thread(migrate_postgres, self.engine, self._vault)
        except (OperationalError, InterfaceError, InternalError, NoConnection) as error:
            raise StorageUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await asyncio.to_thread(self._runner.close)
        self.engine.dispose()


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    """Write-ahead log with a sync at every commit: an acknowledged message survives a power cut."""
    connection.isolation_level = None  # the driver begins nothing by itself; SQLAlchemy does
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA busy_timeout=2500")
