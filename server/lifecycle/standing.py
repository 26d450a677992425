"""How the parts are that `/health` tells of, without keeping whoever asks: they may ask whether to end the process."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

FRESH_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 0.25

Look = Callable[[], Awaitable[bool]]
Say = Callable[[], bool]


class Standing:
    """`storage` is looked at by one at a time and remembered for a moment; what takes longer is not ready."""

    def __init__(self, storage: Look, knowledge: Say, mail: Say) -> None:
        self._storage = storage
        self._knowledge = knowledge
        self._mail = mail
        self._looking: asyncio.Task[bool] | None = None
        self._looked_at = -FRESH_SECONDS

    async def told(self) -> dict[str, bool]:
        return {
            "rag_ready": self._knowledge(),
            "storage_ready": await self._stores(),
            "email_ready": self._mail(),
        }

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _stores(self) -> bool:
        task = self._looking
        if task is None or (task.done() and monotonic() - self._looked_at > FRESH_SECONDS):
            self._looked_at = monotonic()
            task = self._looking = asyncio.create_task(self._look(), name="look at storage")
        if not task.done():
            await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        return task.done() and not task.cancelled() and task.result()

    async def _look(self) -> bool:
        return await self._storage()
