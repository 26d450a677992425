"""Where the graph's state is kept between turns: one checkpoint a turn, the last few of a session."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    copy_checkpoint,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

# Older ones serve no one: the transcript and the decisions are kept elsewhere, and a broken turn starts over from the
# newest. Pruning keeps storage from growing with the square of the conversation.
KEPT = 3
PRUNE_EVERY = 10
RECENT_SESSIONS = 200
# In a run's `configurable`, the checkpoint at which the journal says that the session stands.
STANDS_AT = "__stands_at"


def strict_serializer() -> JsonPlusSerializer:
    """Takes back nothing but plain data and messages: a forged row cannot name code to run."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


class Recent:
    """The newest checkpoint of the sessions that spoke last, so that their next turn need not read it.

    Nothing in a checkpoint is changed in place: nodes return changes and reducers make new values of them.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[str, CheckpointTuple] = OrderedDict()

    def keep(self, session_id: str, newest: CheckpointTuple) -> None:
        self._newest[session_id] = newest
        self._newest.move_to_end(session_id)
        if len(self._newest) > RECENT_SESSIONS:
            self._newest.popitem(last=False)

    def find(self, session_id: str, checkpoint_id: str | None) -> CheckpointTuple | None:
        """The session's newest, if just that was asked for."""
        newest = self._newest.get(session_id)
        if newest is None or newest.checkpoint["id"] != checkpoint_id:
            return None
        return newest._replace(checkpoint=copy_checkpoint(newest.checkpoint))  # LangGraph counts versions in it

    def forget(self, session_id: str) -> None:
        self._newest.pop(session_id, None)


class RemembersLatest(BaseCheckpointSaver[str]):
    """Mixed into a saver: which checkpoint of a session was written last, and the checkpoint itself."""

    _written: dict[str, str]
    _recent: Recent

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Told where to start from, LangGraph looks for a newer one as well; the journal knows that there is none."""
        session_id = config["configurable"]["thread_id"]
        wanted = get_checkpoint_id(config) or config["configurable"].get(STANDS_AT)
        return self._recent.find(session_id, wanted) or await super().aget_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        session_id, parent_id = config["configurable"]["thread_id"], get_checkpoint_id(config)
        self._recent.forget(session_id)
        # Shielded: a turn that is cancelled while it writes must not leave a transaction open.
        at = await asyncio.shield(super().aput(config, checkpoint, metadata, new_versions))
        parent = RunnableConfig(configurable=at["configurable"] | {"checkpoint_id": parent_id}) if parent_id else None
        self._recent.keep(session_id, CheckpointTuple(at, checkpoint, metadata, parent, []))
        self._written[session_id] = checkpoint["id"]
        return at

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._recent.forget(config["configurable"]["thread_id"])  # a turn that broke: read what it left
        await asyncio.shield(super().aput_writes(config, writes, task_id, task_path))

    async def adelete_thread(self, thread_id: str) -> None:
        self._recent.forget(thread_id)
        await super().adelete_thread(thread_id)

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

    async def scrub(self) -> None:
        """Leave no trace of what was deleted in the files."""
        ...

    async def close(self) -> None: ...


class _InOneHop(AsyncSqliteSaver):
    """Writes a checkpoint in one visit to the connection's thread instead of three: execute, commit, close.

    The connection commits by itself, so a statement is a transaction.
    """

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002  part of the interface
    ) -> RunnableConfig:
        at = config["configurable"]
        kind, blob = self.serde.dumps_typed(checkpoint)
        told = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False).encode("utf-8", "ignore")
        place = (at["thread_id"], at["checkpoint_ns"], checkpoint["id"], at.get("checkpoint_id"))
        async with self.lock:
            await self.conn.execute_fetchall(_PUT, (*place, kind, blob, told))
        return {"configurable": dict(zip(_PLACE, place[: len(_PLACE)], strict=True))}


_PLACE = ("thread_id", "checkpoint_ns", "checkpoint_id")
_PUT = (
    "INSERT OR REPLACE INTO checkpoints "
    "(thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_PRUNE = (
    "DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id NOT IN "
    "(SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT ?)",
    "DELETE FROM writes WHERE thread_id = ? AND checkpoint_id NOT IN "
    "(SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT ?)",
)


class _SqliteSaver(RemembersLatest, _InOneHop):
    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__(connection, serde=strict_serializer())
        self._written = {}
        self._recent = Recent()


class SqliteCheckpoints:
    """A file beside the database, so that the two never wait for each other's write lock."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._saver = _SqliteSaver(connection)

    @classmethod
    async def open(cls, path: Path) -> "SqliteCheckpoints":
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        checkpoints = cls(await aiosqlite.connect(path, isolation_level=None))
        await checkpoints._saver.setup()
        await checkpoints._connection.execute("PRAGMA synchronous=FULL")
        await checkpoints._connection.execute("PRAGMA secure_delete=ON")
        return checkpoints

    def saver(self) -> _SqliteSaver:
        return self._saver

    async def prune(self, session_id: str) -> None:
        async with self._saver.lock:
            for statement in _PRUNE:
                await self._connection.execute(statement, (session_id, session_id, KEPT))

    async def delete(self, session_id: str) -> None:
        await self._saver.adelete_thread(session_id)

    async def scrub(self) -> None:
        """The write-ahead log still holds what was deleted."""
        async with self._saver.lock, self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") as done:
            await done.fetchall()

    async def close(self) -> None:
        await self._connection.close()
