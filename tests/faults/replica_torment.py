"""What befalls replicas while customers talk: one fault after the other, and what went comes back before the next."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from itertools import count

from tests.faults.processes import Replica
from tests.server.limits.redis_server import RedisServer

PAUSE_SECONDS = 12.5  # longer than a lease
AWAY_SECONDS = 2.0


class Torment:
    """Goes through `faults` again and again. `suffered` counts those that are over, `exits` the seconds to an end."""

    def __init__(
        self, faults: Sequence[str], every: float, replicas: Sequence[Replica], redis: RedisServer | None
    ) -> None:
        self.begun = 0
        self.suffered: Counter[str] = Counter()
        self.exits: list[float] = []
        self._faults, self._every = faults, every
        self._replicas, self._redis = replicas, redis
        self._over = asyncio.Event()

    async def __aenter__(self) -> "Torment":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """The fault at hand comes to its end."""
        self._over.set()
        await self._task

    async def _run(self) -> None:
        for number in count():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), self._every)
            if self._over.is_set():
                return
            fault = self._faults[number % len(self._faults)]
            self.begun += 1
            await self._suffer(fault, self._replicas[number % len(self._replicas)])
            self.suffered[fault] += 1

    async def _suffer(self, fault: str, replica: Replica) -> None:
        match fault:
            case "nothing":
                return
            case "pause":
                replica.pause()
                await asyncio.sleep(PAUSE_SECONDS)
                replica.go_on()
            case "kill":
                await asyncio.to_thread(replica.kill)
                await asyncio.to_thread(replica.start)
            case "end":
                self.exits.append(await asyncio.to_thread(replica.terminate))
                await asyncio.to_thread(replica.start)
            case "flush":
                assert self._redis is not None
                await asyncio.to_thread(self._redis.flush)
            case "no redis":
                assert self._redis is not None
                await asyncio.to_thread(self._redis.kill)
                await asyncio.sleep(AWAY_SECONDS)
                await asyncio.to_thread(self._redis.start)
            case _:
                raise AssertionError(fault)
