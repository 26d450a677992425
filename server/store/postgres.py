"""Checkpoints in Postgres, in LangGraph's tables beside the journal. A pool of their own serves what is not remembered
and has to be read.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from server.store.checkpoints import (
    PRUNE_TO_THE_CHAIN,
    Statement,
    StoredCheckpoints,
    TurnSaver,
    strict_serializer,
)
from server.store.database import Database
from server.store.one_at_a_time import one_at_a_time
from server.store.postgres_pool import CONNECT_SECONDS, SESSION, TCP
from server.store.vault import Damaged

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]

CONNECTIONS = 4
WAIT_SECONDS = 3

_PRUNE_BLOBS = """
    DELETE FROM checkpoint_blobs b WHERE b.thread_id = :session AND NOT EXISTS (
        SELECT 1 FROM checkpoints c WHERE c.thread_id = :session AND c.checkpoint_ns = b.checkpoint_ns
        AND c.checkpoint -> 'channel_versions' ->> b.channel = b.version
    )
"""


class _PostgresTurnSaver(TurnSaver, AsyncPostgresSaver):
    _away = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)  # the pool's own among them

    def rows_of(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> list[Statement]:
        at, values = config["configurable"], checkpoint["channel_values"]
        session_id, namespace = at["thread_id"], at["checkpoint_ns"]
        # The library leaves small values in the checkpoint's own row, where anybody could read and change them.
        versions = {channel: version for channel, version in self._new_versions.items() if channel in values}
        blobs = self._dump_blobs(session_id, namespace, values, versions)
        told = Jsonb(get_serializable_checkpoint_metadata(config, metadata))
        stored = Jsonb({**checkpoint, "channel_values": {}})
        row = (session_id, namespace, checkpoint["id"], get_checkpoint_id(config), stored, told)
        put: Statement = (self.UPSERT_CHECKPOINTS_SQL, row)
        return [(self.UPSERT_CHECKPOINT_BLOBS_SQL, blobs), put] if blobs else [put]

    async def _load_checkpoint_tuple(self, value: DictRow) -> CheckpointTuple:
        """Raises Damaged."""
        if value["checkpoint"].get("channel_values"):
            raise Damaged  # nothing of ours: it would come in without a seal
        return await super()._load_checkpoint_tuple(value)

    def rows_of_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Statement:
        at = config["configurable"]
        again = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        place = (at["thread_id"], at["checkpoint_ns"], at["checkpoint_id"])
        rows = self._dump_writes(*place, task_id, task_path, writes)
        return self.UPSERT_CHECKPOINT_WRITES_SQL if again else self.INSERT_CHECKPOINT_WRITES_SQL, rows


class PostgresCheckpoints(StoredCheckpoints):
    tables = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")

    def __init__(self, database: Database, pool: Pool) -> None:
        self._pool = pool
        super().__init__(database, _PostgresTurnSaver(pool, serde=strict_serializer()))

    @classmethod
    async def open(cls, database: Database) -> "PostgresCheckpoints":
        """In the migrated `database`. Connections are checked before use: a restart of Postgres is survived."""
        await asyncio.to_thread(_set_up, database)
        pool: Pool = AsyncConnectionPool(
            _url(database),
            min_size=0,
            max_size=CONNECTIONS,
            timeout=WAIT_SECONDS,
            open=False,
            check=AsyncConnectionPool.check_connection,
            configure=_bound,
            kwargs={
                "autocommit": True,
                "prepare_threshold": 0,
                "row_factory": dict_row,
                "connect_timeout": CONNECT_SECONDS,
                **TCP,
            },
        )
        await pool.open()
        return cls(database, pool)

    @classmethod
    def pruning(cls) -> tuple[str, ...]:
        to_the_chain = (PRUNE_TO_THE_CHAIN.format(table=table) for table in ("checkpoint_writes", "checkpoints"))
        return (*to_the_chain, _PRUNE_BLOBS)

    async def saver(self, session_id: str, stands_at: str | None) -> TurnSaver:
        saver = await super().saver(session_id, stands_at)
        saver.lock = asyncio.Lock()  # type: ignore[attr-defined]  # one that all share would serialise their reading
        return saver

    async def close(self) -> None:
        await self._pool.close()


async def _bound(connection: AsyncConnection[DictRow]) -> None:
    for statement in SESSION:
        await connection.execute(statement)


def _set_up(database: Database) -> None:
    """The library's tables and indexes."""
    by_itself = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with (
        by_itself.connect() as connection,
        one_at_a_time(connection),
        PostgresSaver.from_conn_string(_url(database)) as saver,
    ):
        saver.setup()


def _url(database: Database) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
