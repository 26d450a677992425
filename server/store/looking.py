"""One moment of the database, for commands that only read: a running service is neither stopped nor waited for."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from server.store.database import StorageUnavailable
from server.store.postgres_pool import with_driver


@contextlib.contextmanager
def looking(database_url: str | None, data_dir: Path) -> Iterator[Connection]:
    """Raises StorageUnavailable, also for a database that the service has not made yet."""
    engine = _postgres(database_url) if database_url else _sqlite(data_dir / "esoteric.db")
    try:
        with engine.connect() as connection:
            yield connection
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        raise StorageUnavailable(type(error).__name__) from None
    finally:
        engine.dispose()


def _postgres(url: str) -> Engine:
    return create_engine(with_driver(url), isolation_level="REPEATABLE READ", hide_parameters=True)


def _sqlite(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true", hide_parameters=True)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
