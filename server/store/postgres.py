"""Checkpoints in Postgres: a saver a turn over one pool, since a single saver serialises every turn."""

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from server.store.checkpoints import Recent, RemembersLatest, strict_serializer

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]

CONNECTIONS = 8
WAIT_SECONDS = 3


class _PostgresSaver(RemembersLatest, AsyncPostgresSaver):
    def __init__(self, pool: Pool, recent: Recent) -> None:
        super().__init__(pool, serde=strict_serializer())
        self._written = {}
        self._recent = recent


class PostgresCheckpoints:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._recent = Recent()

    @classmethod
    async def open(cls, url: str) -> "PostgresCheckpoints":
        """`url` is `postgresql://…`. Connections are checked before use, so that a restart of Postgres is survived."""
        pool: Pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=WAIT_SECONDS,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        )
        await pool.open()
        checkpoints = cls(pool)
        await checkpoints.saver().setup()
        return checkpoints

    def saver(self) -> _PostgresSaver:
        return _PostgresSaver(self._pool, self._recent)

    async def prune(self, session_id: str) -> None:
        await self.saver().aprune([session_id], strategy="keep_latest")

    async def delete(self, session_id: str) -> None:
        await self.saver().adelete_thread(session_id)

    async def scrub(self) -> None:
        """Postgres' own vacuum does that, in its time."""

    async def close(self) -> None:
        await self._pool.close()
