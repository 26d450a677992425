"""Checkpoints in SQLite: in the journal's own file, read on a connection of their own, which no writer holds up."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointMetadata,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from sqlalchemy import Connection, select

from server.store.checkpoints import (
    PRUNE_TO_THE_CHAIN,
    Statement,
    StoredCheckpoints,
    TurnSaver,
    strict_serializer,
)
from server.store.database import Database
from server.store.sealed_serializer import SealedSerializer
from server.store.tables import session_keys, sessions

# Where checkpoints were kept by the versions before this one.
FORMER_FILE = "checkpoints.db"

_PUT = (
    "INSERT OR REPLACE INTO checkpoints "
    "(thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_PUT_WRITES = (
    "INSERT OR {what} INTO writes "
    "(thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, value) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FORMER = (
    "SELECT parent_checkpoint_id, type, checkpoint, metadata FROM checkpoints "
    "WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?"
)
_STANDING = (
    select(sessions.c.session_id, sessions.c.checkpoint_id)
    .join_from(sessions, session_keys, session_keys.c.session_id == sessions.c.session_id)
    .where(sessions.c.checkpoint_id.is_not(None))
)


class _SqliteTurnSaver(TurnSaver, AsyncSqliteSaver):
    _away = (sqlite3.OperationalError,)

    def rows_of(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> list[Statement]:
        at = config["configurable"]
        kind, blob = self.serde.dumps_typed(checkpoint)
        told = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False).encode("utf-8", "ignore")
        place = (at["thread_id"], at["checkpoint_ns"], checkpoint["id"], get_checkpoint_id(config))
        return [(_PUT, (*place, kind, blob, told))]

    def rows_of_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Statement:
        at = config["configurable"]
        place = (at["thread_id"], at["checkpoint_ns"], at["checkpoint_id"], task_id, task_path)
        rows = [
            (*place, WRITES_IDX_MAP.get(channel, index), channel, *self.serde.dumps_typed(value))
            for index, (channel, value) in enumerate(writes)
        ]
        again = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        return _PUT_WRITES.format(what="REPLACE" if again else "IGNORE"), rows


class SqliteCheckpoints(StoredCheckpoints):
    tables = ("checkpoints", "writes")

    def __init__(self, database: Database, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        super().__init__(database, _SqliteTurnSaver(connection, serde=strict_serializer()))

    @classmethod
    async def open(cls, database: Database) -> "SqliteCheckpoints":
        """In the file of the migrated `database`; those of a former file beside it are moved there."""
        path = Path(str(database.engine.url.database))
        checkpoints = cls(database, await aiosqlite.connect(path, isolation_level=None))
        await checkpoints._template.setup()  # type: ignore[attr-defined]
        former = path.with_name(FORMER_FILE)
        if former.exists():
            await _move(database, former)
        return checkpoints

    @classmethod
    def pruning(cls) -> tuple[str, ...]:
        return tuple(PRUNE_TO_THE_CHAIN.format(table=table) for table in ("writes", "checkpoints"))

    async def close(self) -> None:
        await self._connection.close()


async def _move(database: Database, former: Path) -> None:
    """Of each session the one it stands at, sealed. The file goes last: a start that is cut short is done again."""
    plain = strict_serializer()

    def work(connection: Connection) -> None:
        standing = connection.execute(_STANDING).all()
        with contextlib.closing(sqlite3.connect(former)) as old:
            for session_id, checkpoint_id in standing:
                found = old.execute(_FORMER, (session_id, checkpoint_id)).fetchone()
                if found is not None:
                    parent_id, kind, blob, told = found
                    sealed = SealedSerializer(database.vault.key(connection, session_id), plain)
                    state = sealed.dumps_typed(plain.loads_typed((kind, blob)))
                    connection.exec_driver_sql(_PUT, (session_id, "", checkpoint_id, parent_id, *state, told))

    await database.run(work)
    await asyncio.to_thread(_remove, former)


def _remove(file: Path) -> None:
    for ending in ("-shm", "-wal", ""):
        file.with_name(file.name + ending).unlink(missing_ok=True)
