"""The connection to the database: SQLite by one writer that commits in groups, Postgres on a pool of threads.

SQLAlchemy is used synchronously in worker threads. A unit of work is one function over one transaction, hence one hop
between threads for it, which costs less than an asynchronous driver's hop for every statement.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from server.store.group_commit import Committed, GroupCommit, unheard

Result = TypeVar("Result")

POSTGRES_CONNECTIONS = 8


class StorageUnavailable(Exception):
    """The database could not be reached or would not work. Names the kind of fault only."""


def with_driver(url: str) -> str:
    """A Postgres URL as Postgres writes it, for SQLAlchemy."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


class Database:
    """Runs units of work. Closing waits for those under way."""

    def __init__(self, engine: Engine, runner: "GroupCommit | _Pooled") -> None:
        self.engine = engine
        self._runner = runner

    @classmethod
    def sqlite(cls, path: Path, committed: Committed = unheard) -> "Database":
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return cls(engine, GroupCommit(engine, committed))

    @classmethod
    def postgres(cls, url: str, committed: Committed = unheard) -> "Database":
        """`url` as Postgres writes it, `postgresql://…`; needs the extra `postgres`."""
        engine = create_engine(
            with_driver(url),
            pool_size=POSTGRES_CONNECTIONS,
            pool_pre_ping=True,
            pool_timeout=3,
            hide_parameters=True,
        )
        return cls(engine, _Pooled(engine, committed))

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """`work` in one transaction, committed when it returns, rolled back when it raises.

        A caller that is cancelled does not leave it half-way: it goes on. Raises StorageUnavailable.
        """
        try:
            result: Result = await self._runner.submit(work)
        except (OperationalError, InterfaceError, NoConnection) as error:
            raise StorageUnavailable(type(error).__name__) from error
        return result

    async def scrub(self) -> None:
        """Empty SQLite's write-ahead log, where deleted rows would be readable until it is next reused."""
        if isinstance(self._runner, GroupCommit):
            truncate = "PRAGMA wal_checkpoint(TRUNCATE)"
            await self._runner.submit(lambda driver: driver.execute(truncate).fetchall(), alone=True)

    async def migrate(self) -> None:
        """Bring the schema to the newest version."""
        await self._runner.submit(_migrate)

    async def close(self) -> None:
        await asyncio.to_thread(self._runner.close)
        self.engine.dispose()


class _Pooled:
    """A thread and a connection for every unit of work, up to `POSTGRES_CONNECTIONS`."""

    def __init__(self, engine: Engine, committed: Committed) -> None:
        self._engine = engine
        self._committed = committed
        self._threads = ThreadPoolExecutor(POSTGRES_CONNECTIONS, thread_name_prefix="database")

    def submit(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._transaction, work)
        return asyncio.shield(running)

    def close(self) -> None:
        self._threads.shutdown()

    def _transaction(self, work: Callable[[Connection], Any]) -> Any:
        started = perf_counter()
        with self._engine.begin() as connection:
            result = work(connection)
        self._committed(1, perf_counter() - started)
        return result


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "server.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    """Write-ahead log with a sync at every commit: an acknowledged message survives a power cut."""
    connection.isolation_level = None  # the driver begins nothing by itself; SQLAlchemy does
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA busy_timeout=5000")
