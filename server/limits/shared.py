"""Moving windows that several processes share, in Redis.

What this process has let through is counted here as well. So a Redis that is away, slow or was emptied never opens the
door: then half of each limit is let through, of a full one nothing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from server.limits.figures import Limit
from server.limits.windows import Charge, LocalWindows, Refused
from server.redis_faults import BROKEN_TALK
from tools.breaker import Breaker

log = logging.getLogger("esoteric.limits")

LOOKS, LOOK_SECONDS = 4, 0.01
LAST_LOOKS = 4  # without waiting
FAILURES, PAUSE_SECONDS = 3, 1.0
SPARE_SECONDS = 1.0
CONNECTIONS = 16  # more would be opened at the moment when there is no time for it

Answer = TypeVar("Answer")


class SharedWindows:
    """The windows of all limits, in Redis and, stricter, here."""

    def __init__(
        self, storage: RedisStorage, local: LocalWindows, leave: Callable[[], Awaitable[None]], look_seconds: float
    ) -> None:
        self._windows = MovingWindowRateLimiter(storage)
        self._local = local
        self._breaker = Breaker(failures=FAILURES, pause=PAUSE_SECONDS)
        self._look_seconds = look_seconds
        self._away = False
        self.close = leave

    @property
    def degraded(self) -> bool:
        return self._away

    @classmethod
    def of(cls, url: str, local: LocalWindows, look_seconds: float = LOOK_SECONDS) -> Self:
        """Connects when it is first asked, and waits `LOOKS` times `look_seconds`. Needs the extra `redis`."""
        from redis.asyncio import BlockingConnectionPool
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        most: Any = LOOKS * look_seconds + SPARE_SECONDS  # the client's own deadlines only look at the time
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=most,
            socket_timeout=most,
            socket_connect_timeout=most,
            retry=Retry(NoBackoff(), 0),
        )
        storage = RedisStorage(f"async+{url}", implementation="redispy", wrap_exceptions=True, connection_pool=pool)
        return cls(storage, local, pool.disconnect, look_seconds)

    async def greet(self) -> None:
        """Connect before anybody waits for it, or say that Redis is away."""
        for _ in range(FAILURES):
            try:
                await self._in_time(self._windows.clear(_NOBODY, ""))
            except (StorageError, *BROKEN_TALK) as error:
                self._fail(error)
            else:
                return

    async def charge(self, *charges: Charge) -> Refused | None:
        if refused := self._local.over(charges):
            return refused
        if self._breaker.is_open:
            return self._local.charge_now(charges, halved=True)
        try:
            refused = await self._in_time(self._ask(charges))
        except (StorageError, *BROKEN_TALK) as error:
            self._fail(error)
            return self._local.charge_now(charges, halved=True)
        self._succeed()
        return refused or self._local.charge_now(charges)

    async def forget(self, limit: Limit, key: bytes) -> None:
        await self._local.forget(limit, key)
        if self._breaker.is_open:
            return
        try:
            await self._in_time(self._windows.clear(_item(limit), key.hex()))
        except (StorageError, *BROKEN_TALK) as error:
            self._fail(error)

    async def _ask(self, charges: Sequence[Charge]) -> Refused | None:
        if len(charges) > 1:  # of several, none is counted when another is full
            for limit, key in charges:
                if not await self._windows.test(_item(limit), key.hex()):
                    return await self._refused(limit, key)
        for limit, key in charges:
            if not await self._windows.hit(_item(limit), key.hex()):
                return await self._refused(limit, key)
        return None

    async def _refused(self, limit: Limit, key: bytes) -> Refused:
        reset, _left = await self._windows.get_window_stats(_item(limit), key.hex())
        return Refused(limit, max(0.0, reset - time.time()))

    async def _in_time(self, asking: Coroutine[Any, Any, Answer]) -> Answer:
        """Raises TimeoutError, which is an OSError.

        Time alone does not tell: while the loop is busy with turns, an answer that came at once is seen late. So it is
        looked for several times, and between two looks the loop has had its turn.
        """
        task = asyncio.create_task(asking)
        try:
            for seconds in (*[self._look_seconds] * LOOKS, *[0.0] * LAST_LOOKS):
                done, _pending = await asyncio.wait((task,), timeout=seconds)
                if done:
                    return task.result()
            raise TimeoutError
        finally:
            if not task.done():
                task.add_done_callback(_let_go)
                task.cancel()

    def _succeed(self) -> None:
        self._breaker.succeeded()
        if self._away:
            self._away = False
            log.info("limits.store_back")

    def _fail(self, error: Exception) -> None:
        self._breaker.failed()
        if self._breaker.is_open and not self._away:
            self._away = True
            log.warning("limits.store_lost", extra={"reason": type(error).__name__})


def _let_go(task: asyncio.Task[Any]) -> None:
    """Whatever it ended with, nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


def _item(limit: Limit) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(limit.amount, limit.seconds, namespace=f"esoteric/{limit.name}")


_NOBODY = RateLimitItemPerSecond(1, 1, namespace="esoteric/nobody")
