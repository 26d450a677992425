"""Where the graph's state is kept between turns: one checkpoint a turn, the last few of a session.

A turn's saver writes nothing itself. It keeps the rows that LangGraph's own saver would write, and the journal writes
them in the transaction that finishes the turn: there is no state without its turn, and no turn without its state.
"""

from collections import OrderedDict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol

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
from sqlalchemy import Connection, TextClause, text

from server.store.database import Database, StorageUnavailable
from server.store.sealed_serializer import SealedSerializer
from server.store.vault import Damaged

# Older ones serve no one: the transcript and the decisions are kept elsewhere, and a broken turn starts over from the
# newest. Pruning keeps storage from growing with the square of the conversation.
KEPT = 3
PRUNE_EVERY = 10
RECENT_SESSIONS = 200

Statement = tuple[str, Any]  # in the driver's own spelling, and its parameters: a tuple, or a list of them


def strict_serializer() -> JsonPlusSerializer:
    """Takes back nothing but plain data and messages: a forged row cannot name code to run."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


@dataclass(frozen=True, slots=True)
class Written:
    """What a turn's graph left: its newest checkpoint, and the statements that store it."""

    session_id: str
    newest: CheckpointTuple
    statements: list[Statement]

    @property
    def checkpoint_id(self) -> str:
        return self.newest.checkpoint["id"]

    def store(self, connection: Connection) -> None:
        for statement, parameters in self.statements:
            connection.exec_driver_sql(statement, parameters)


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

    def find(self, session_id: str, checkpoint_id: str) -> CheckpointTuple | None:
        """The session's newest, if just that was asked for."""
        newest = self._newest.get(session_id)
        if newest is None or newest.checkpoint["id"] != checkpoint_id:
            return None
        return newest._replace(checkpoint=copy_checkpoint(newest.checkpoint))  # LangGraph counts versions in it

    def forget(self, session_id: str) -> None:
        self._newest.pop(session_id, None)


class TurnSaver(BaseCheckpointSaver[str]):
    """Mixed into a saver of LangGraph's: one turn's, which starts where the journal says that the session stands.

    Never from "the newest": a clock that was wrong, or a turn that broke, does not decide where a session stands.
    """

    _away: tuple[type[Exception], ...]  # what the driver raises when the database cannot be reached
    _recent: Recent
    _stands_at: str | None = None
    _statements: list[Statement]
    _newest: CheckpointTuple | None = None

    def rows_of(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> list[Statement]:
        """The statements that store a checkpoint, in the library's own tables."""
        raise NotImplementedError

    def rows_of_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Statement:
        """The statement that stores what a node wrote, for a graph that stops in the middle."""
        raise NotImplementedError

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Raises Damaged, StorageUnavailable."""
        wanted = get_checkpoint_id(config) or self._stands_at
        if wanted is None:
            return None
        session_id = config["configurable"]["thread_id"]
        if found := self._recent.find(session_id, wanted):
            return found
        at = {"checkpoint_ns": "", **config["configurable"], "checkpoint_id": wanted}
        try:
            found = await super().aget_tuple({**config, "configurable": at})
        except self._away as error:
            raise StorageUnavailable(type(error).__name__) from error
        if found is None and self._stands_at is not None:
            raise Damaged  # it is on record and not there: to begin anew would lose the conversation
        return found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        self._new_versions = new_versions
        self._statements += self.rows_of(config, checkpoint, metadata)
        place, parent_id = config["configurable"], get_checkpoint_id(config)
        at = {"thread_id": place["thread_id"], "checkpoint_ns": place["checkpoint_ns"]}
        parent = RunnableConfig(configurable=at | {"checkpoint_id": parent_id}) if parent_id else None
        here = RunnableConfig(configurable=at | {"checkpoint_id": checkpoint["id"]})
        self._newest = CheckpointTuple(here, checkpoint, metadata, parent, [])
        return here

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._statements.append(self.rows_of_writes(config, writes, task_id, task_path))

    def written(self, session_id: str) -> Written:
        """Once the graph has ended."""
        if self._newest is None:
            raise LookupError
        return Written(session_id, self._newest, self._statements)


class Checkpoints(Protocol):
    """Hands out a saver for the length of a turn."""

    async def saver(self, session_id: str, stands_at: str | None) -> TurnSaver:
        """What it writes is sealed by the session's key. Raises NoKey, Damaged."""
        ...

    def remember(self, written: Written) -> None:
        """Once it is stored."""
        ...

    async def prune(self, session_id: str) -> None:
        """Delete all but the last checkpoints that led to where the session stands."""
        ...

    async def delete(self, session_id: str) -> None: ...

    async def close(self) -> None: ...


class StoredCheckpoints:
    """Checkpoints in the tables of the journal's database; `template` is the saver that each turn gets a copy of."""

    tables: tuple[str, ...]

    def __init__(self, database: Database, template: TurnSaver) -> None:
        self._database = database
        self._template = template
        self._recent = template._recent = Recent()
        self._prune = [text(statement) for statement in self.pruning()]
        self._delete = [text(f"DELETE FROM {table} WHERE thread_id = :session") for table in self.tables]  # noqa: S608  our own names  # nosec B608

    @classmethod
    def pruning(cls) -> tuple[str, ...]:
        raise NotImplementedError

    async def saver(self, session_id: str, stands_at: str | None) -> TurnSaver:
        vault = self._database.vault
        key = vault.known(session_id)
        if key is None:
            key = await self._database.run(lambda connection: vault.look_up(connection, session_id))
        saver = copy(self._template)
        saver._stands_at, saver._statements = stands_at, []
        saver.serde = SealedSerializer(key, self._template.serde)
        return saver

    def remember(self, written: Written) -> None:
        self._recent.keep(written.session_id, written.newest)

    async def prune(self, session_id: str) -> None:
        await self._run(self._prune, {"session": session_id, "kept": KEPT})

    async def delete(self, session_id: str) -> None:
        self._recent.forget(session_id)
        await self._run(self._delete, {"session": session_id})

    async def _run(self, statements: Sequence[TextClause], values: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            for statement in statements:
                connection.execute(statement, values)

        await self._database.run(work)


# The chain that led to where the session stands, newest first; `kept` of them stay.
PRUNE_TO_THE_CHAIN = """
    WITH RECURSIVE chain(checkpoint_id, place) AS (
        SELECT CAST(s.checkpoint_id AS TEXT), 1 FROM sessions s WHERE s.session_id = :session
        UNION ALL
        SELECT c.parent_checkpoint_id, place + 1 FROM chain JOIN checkpoints c
        ON c.thread_id = :session AND c.checkpoint_ns = '' AND c.checkpoint_id = chain.checkpoint_id
        WHERE place < :kept
    )
    DELETE FROM {table} WHERE thread_id = :session
    AND checkpoint_id NOT IN (SELECT checkpoint_id FROM chain WHERE checkpoint_id IS NOT NULL)
"""
