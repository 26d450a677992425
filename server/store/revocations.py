"""Access tokens that were taken back before their end."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from server.store.database import Database
from server.store.tables import revoked_tokens

FRESH_SECONDS = 5.0


class Revocations:
    """What is asked at every request is kept in memory and read again after `fresh_seconds`."""

    def __init__(
        self,
        database: Database,
        fresh_seconds: float = FRESH_SECONDS,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._fresh_seconds = fresh_seconds
        self._now = now
        self._revoked: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def revoke(self, token_id: str, expires_at: int) -> None:
        """Refuse the token from now on; forget it, and what else has ended, once it has ended by itself."""

        def work(connection: Connection) -> None:
            connection.execute(delete(revoked_tokens).where(revoked_tokens.c.expires_at < int(self._now())))
            connection.execute(delete(revoked_tokens).where(revoked_tokens.c.jti == token_id))
            connection.execute(insert(revoked_tokens).values(jti=token_id, expires_at=expires_at))

        await self._database.run(work)
        self._read_at = None

    async def is_revoked(self, token_id: str) -> bool:
        """As of at most `fresh_seconds` ago. Raises StorageUnavailable."""
        if self._stale():
            async with self._reading:
                if self._stale():
                    self._revoked = frozenset(await self._database.run(_all))
                    self._read_at = time.monotonic()
        return token_id in self._revoked

    def _stale(self) -> bool:
        return self._read_at is None or time.monotonic() - self._read_at > self._fresh_seconds


def _all(connection: Connection) -> list[str]:
    return list(connection.execute(select(revoked_tokens.c.jti)).scalars())
