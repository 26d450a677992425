"""Work that takes a whole core for a while: few pieces at once, the next ones wait, the rest are turned away."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TooBusy(Exception):
    """As many wait already as may; try again in some seconds."""


class FewAtOnce(Generic[T]):
    """Runs blocking functions in threads, `at_once` of them at a time, while at most `most_waiting` others wait."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._most = at_once + most_waiting
        self._turn = asyncio.Semaphore(at_once)
        self._under_way: set[asyncio.Task[T]] = set()

    async def run(self, work: Callable[[], T]) -> T:
        """Raises TooBusy. The work goes on when its caller leaves."""
        if len(self._under_way) >= self._most:
            raise TooBusy
        task = asyncio.create_task(self._in_turn(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        async with self._turn:
            return await asyncio.to_thread(work)
