"""Where the graph's state is kept between turns: one checkpoint a turn, the last few of a session."""

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    copy_checkpoint,
    get_checkpoint_id,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

# Older ones serve no one: the transcript and the decisions are kept elsewhere, and a broken turn starts over from the
# newest. Pruning keeps storage from growing with the square of the conversation.
KEPT = 3
PRUNE_EVERY = 10
RECENT_SESSIONS = 200

Result = TypeVar("Result")


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
        """The session's newest, if that is what was asked for."""
        newest = self._newest.get(session_id)
        if newest is None or checkpoint_id not in {None, newest.checkpoint["id"]}:
            return None
        return newest._replace(checkpoint=copy_checkpoint(newest.checkpoint))  # LangGraph counts versions in it

    def forget(self, session_id: str) -> None:
        self._newest.pop(session_id, None)


class RemembersLatest(BaseCheckpointSaver[str]):
    """Mixed into a saver: which checkpoint of a session was written last, and the checkpoint itself."""

    _written: dict[str, str]
    _recent: Recent

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        session_id = config["configurable"]["thread_id"]
        return self._recent.find(session_id, get_checkpoint_id(config)) or await super().aget_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        session_id, parent_id = config["configurable"]["thread_id"], get_checkpoint_id(config)
        self._recent.forget(session_id)
        at = await super().aput(config, checkpoint, metadata, new_versions)
        parent = RunnableConfig(configurable=at["configurable"] | {"checkpoint_id": parent_id}) if parent_id else None
        self._recent.keep(session_id, CheckpointTuple(at, checkpoint, metadata, parent, []))
        self._written[session_id] = checkpoint["id"]
        return at

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._recent.forget(config["configurable"]["thread_id"])  # a turn that broke: read what it left
        await super().aput_writes(config, writes, task_id, task_path)

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


class _ThreadedSaver(SqliteSaver):
    """LangGraph's own SQLite saver on one thread: one hop an operation, where the asynchronous one hops a statement."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        super().__init__(connection, serde=strict_serializer())
        self._thread = thread

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Shielded: a turn that is cancelled does not leave an operation half-way."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return await self.run(self.get_tuple, config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return await self.run(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await self.run(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.run(self.delete_thread, thread_id)


class _SqliteSaver(RemembersLatest, _ThreadedSaver):
    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        super().__init__(connection, thread)
        self._written = {}
        self._recent = Recent()


class SqliteCheckpoints:
    """A file beside the database, so that the two never wait for each other's write lock."""

    def __init__(self, saver: _SqliteSaver, thread: ThreadPoolExecutor) -> None:
        self._saver = saver
        self._thread = thread

    @classmethod
    async def open(cls, path: Path) -> "SqliteCheckpoints":
        thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoints")

        def connect() -> _SqliteSaver:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, check_same_thread=False)
            saver = _SqliteSaver(connection, thread)
            saver.setup()
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            return saver

        return cls(await asyncio.get_running_loop().run_in_executor(thread, connect), thread)

    def saver(self) -> _SqliteSaver:
        return self._saver

    async def prune(self, session_id: str) -> None:
        kept = "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? ORDER BY checkpoint_id DESC LIMIT ?"

        def delete() -> None:
            with self._saver.cursor() as cursor:
                for table in ("checkpoints", "writes"):
                    cursor.execute(
                        f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id NOT IN ({kept})",  # noqa: S608
                        (session_id, session_id, KEPT),
                    )

        await self._saver.run(delete)

    async def delete(self, session_id: str) -> None:
        await self._saver.adelete_thread(session_id)

    async def scrub(self) -> None:
        """The write-ahead log still holds what was deleted."""
        await self._saver.run(lambda: self._saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    async def close(self) -> None:
        await self._saver.run(self._saver.conn.close)
        await asyncio.to_thread(self._thread.shutdown)
