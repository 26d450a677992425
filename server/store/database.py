"""The connection to the database: SQLite on one thread of its own, Postgres on a pool of them.

SQLAlchemy is used synchronously in worker threads. A unit of work is one function over one transaction, hence one hop
between threads for it, which costs less than an asynchronous driver's hop for every statement.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

Result = TypeVar("Result")

POSTGRES_CONNECTIONS = 8


class StorageUnavailable(Exception):
    """The database could not be reached or would not work. Names the kind of fault only."""


class Database:
    """Runs units of work. Closing waits for those under way."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self.engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    @classmethod
    def sqlite(cls, path: Path) -> "Database":
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_pragmas)
        return cls(engine, threads=1)

    @classmethod
    def postgres(cls, url: str) -> "Database":
        """`url` as Postgres writes it, `postgresql://…`; needs the extra `postgres`."""
        engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1),
            pool_size=POSTGRES_CONNECTIONS,
            pool_pre_ping=True,
            pool_timeout=3,
            hide_parameters=True,
        )
        return cls(engine, threads=POSTGRES_CONNECTIONS)

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """`work` in one transaction, committed when it returns, rolled back when it raises.

        Shielded: a caller that is cancelled does not leave a transaction half-way. Raises StorageUnavailable.
        """
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._threads, self._transaction, work))

    async def scrub(self) -> None:
        """Empty SQLite's write-ahead log, where deleted rows would be readable until it is next reused."""
        if self.engine.dialect.name == "sqlite":
            await self.run(lambda connection: connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all())

    async def migrate(self) -> None:
        """Bring the schema to the newest version."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._migrate)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()

    def _transaction(self, work: Callable[[Connection], Result]) -> Result:
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except (OperationalError, InterfaceError, NoConnection) as error:
            raise StorageUnavailable(type(error).__name__) from error

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", "server.store:migrations")
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    """Write-ahead log with a sync at every commit: an acknowledged message survives a power cut."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA busy_timeout=5000")
