"""Where the graph's state is kept between turns: one checkpoint a turn, the last few of a session."""

import asyncio
from pathlib import Path
from typing import Protocol

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

# Older ones serve no one: the transcript and the decisions are kept elsewhere, and a broken turn starts over from the
# newest. Pruning keeps storage from growing with the square of the conversation.
KEPT = 3
PRUNE_EVERY = 10


def strict_serializer() -> JsonPlusSerializer:
    """Takes back nothing but plain data and messages: a forged row cannot name code to run."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


class RemembersLatest(BaseCheckpointSaver[str]):
    """Mixed into a saver: which checkpoint of a session was written last."""

    _written: dict[str, str]

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        self._written[config["configurable"]["thread_id"]] = checkpoint["id"]
        return await super().aput(config, checkpoint, metadata, new_versions)

    def latest(self, session_id: str) -> str:
        """The id of the checkpoint just written for the session, told once."""
        return self._written.pop(session_id)


class Checkpoints(Protocol):
    """Hands out a saver for the length of a turn."""

    def saver(self) -> RemembersLatest: ...

    async def prune(self, session_id: str) -> None:
        """Delete all but the newest checkpoints of the session."""
        ...

    async def delete(self, session_id: str) -> None: ...

    async def close(self) -> None: ...


class _SqliteSaver(RemembersLatest, AsyncSqliteSaver):
    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, serde=strict_serializer())
        self._written = {}


class SqliteCheckpoints:
    """A file beside the database, so that the two never wait for each other's write lock."""

    def __init__(self, connection: aiosqlite.Connection, saver: _SqliteSaver) -> None:
        self._connection = connection
        self._saver = saver

    @classmethod
    async def open(cls, path: Path) -> "SqliteCheckpoints":
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        connection = await aiosqlite.connect(path)
        saver = _SqliteSaver(connection)
        await saver.setup()
        await connection.execute("PRAGMA synchronous=FULL")
        await connection.execute("PRAGMA secure_delete=ON")
        return cls(connection, saver)

    def saver(self) -> _SqliteSaver:
        return self._saver

    async def prune(self, session_id: str) -> None:
        kept = "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT ?"
        async with self._saver.lock:
            for table in ("checkpoints", "writes"):
                await self._connection.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id NOT IN ({kept})",  # noqa: S608
                    (session_id, session_id, KEPT),
                )
            await self._connection.commit()

    async def delete(self, session_id: str) -> None:
        await self._saver.adelete_thread(session_id)
        async with self._saver.lock:  # the write-ahead log still holds what was deleted
            await self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self._connection.close()
