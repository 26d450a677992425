"""Bringing the schema to the newest version, while other processes may be at work on it."""

import time
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from server.store.database import NewerSchema
from server.store.one_at_a_time import one_at_a_time
from server.store.vault import Vault

# Whoever waits for a table holds up all who come after it: rather try again.
LOCK_TIMEOUT: Final = "500ms"  # less than Postgres waits before it breaks a deadlock: ours is the step that yields
TRIES: Final = 60
PAUSE_SECONDS: Final = 0.5
LOCK_NOT_AVAILABLE: Final = "55P03"
# SQLite's number for the application to use, in the transaction of the migration: a process may end before it scrubs.
_TO_BE_SCRUBBED: Final = 1
SCRUBBED: Final = "PRAGMA user_version = 0"


def is_older(connection: Connection) -> bool:
    """Whether a version before this one made the schema; an empty database is of none. Raises NewerSchema."""
    is_newest = _is_newest(connection, _config(connection, None))
    return not is_newest and bool(MigrationContext.configure(connection).get_current_heads())


def migrate_in_transaction(connection: Connection, vault: Vault | None) -> bool:
    """All steps in the connection's transaction. Whether what an older schema held is in SQLite's file yet, and to be
    scrubbed from it; then `SCRUBBED` notes that it was. Raises NewerSchema."""
    config = _config(connection, vault)
    if not _is_newest(connection, config):
        older = bool(MigrationContext.configure(connection).get_current_heads())
        command.upgrade(config, "head")
        if older:
            connection.exec_driver_sql(f"PRAGMA user_version = {_TO_BE_SCRUBBED}")
    return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one() == _TO_BE_SCRUBBED)


def migrate_postgres(engine: Engine, vault: Vault | None) -> None:
    """A transaction a step, one process at a time, while the tables are in use. Raises NewerSchema."""
    with engine.connect() as connection:
        if _is_newest(connection, _config(connection, vault)):
            return
    by_itself = engine.execution_options(isolation_level="AUTOCOMMIT")
    with by_itself.connect() as guard, one_at_a_time(guard), engine.connect() as connection:
        for name, value in (("statement", "0"), ("idle_in_transaction_session", "0"), ("lock", LOCK_TIMEOUT)):
            connection.exec_driver_sql(f"SET {name}_timeout = '{value}'")
        connection.commit()
        try:
            _step_by_step(connection, _config(connection, vault))
        finally:
            connection.invalidate()  # what was set here was for this connection alone


def _step_by_step(connection: Connection, config: Config) -> None:
    for left in reversed(range(TRIES)):
        try:
            if not _is_newest(connection, config):
                connection.rollback()  # outside of a transaction each step gets one of its own
                command.upgrade(config, "head")
        except OperationalError as error:
            connection.rollback()
            if not left or getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _is_newest(connection: Connection, config: Config) -> bool:
    """Raises NewerSchema."""
    script = ScriptDirectory.from_config(config)
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - {step.revision for step in script.walk_revisions()}:
        raise NewerSchema
    return found == set(script.get_heads())


def _config(connection: Connection, vault: Vault | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "server.store:migrations")
    config.attributes |= {"connection": connection, "vault": vault}
    return config
