"""Whether the service can take a customer now, and if not, which of its parts is missing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Final

from server.lifecycle.draining import GOING, RETRY_SECONDS, Draining
from server.lifecycle.starting import StartRefused, refuse_unusable
from server.problems import AWAY, Problem
from server.store.database import StorageUnavailable

log = logging.getLogger("esoteric")

STORAGE_SECONDS: Final = 2.0
DISK_SECONDS: Final = 10.0  # between two looks at it

INDEXING: Final = "The knowledge base is still being indexed."
NO_ROOM: Final = "The service cannot write to its disk at the moment; please try again."

State = Callable[[], str]


class Readiness:
    """What is needed: that the process stays, storage, the knowledge base, and with SQLite the disk.

    `others` are parts without which it goes on with less, by name; each says in a word how it is.
    """

    def __init__(
        self,
        draining: Draining,
        ping: Callable[[], Awaitable[None]],
        knowledge: State,
        data_dir: Path | None,
        others: Mapping[str, State],
    ) -> None:
        self._draining = draining
        self._ping = ping
        self._knowledge = knowledge
        self._data_dir = data_dir
        self._others = others
        self._looked_at: float | None = None
        self._disk = "ready"

    async def check(self) -> dict[str, str]:
        """How each part is. Raises Problem, with the same in `checks`, when a needed one is not there."""
        checks = {"service": "draining" if self._draining.begun else "ready"}
        checks["storage"] = await self._storage()
        checks["knowledge_base"] = self._knowledge()
        if self._data_dir is not None:
            checks["disk"] = await self._room(self._data_dir)
        checks |= {name: state() for name, state in self._others.items()}
        for part, missing, code, sentence in (
            ("service", "draining", "server_draining", GOING),
            ("storage", "away", "storage_unavailable", AWAY),
            ("disk", "full", "storage_unavailable", NO_ROOM),
            ("knowledge_base", "indexing", "not_ready", INDEXING),
        ):
            if checks.get(part) == missing:
                raise Problem(503, code, sentence, retry_after=RETRY_SECONDS, checks=checks)
        return checks

    async def stores(self) -> bool:
        """Whether storage answers."""
        return await self._storage() == "ready"

    async def _storage(self) -> str:
        try:
            async with asyncio.timeout(STORAGE_SECONDS):
                await self._ping()
        except (StorageUnavailable, TimeoutError) as error:
            log.warning("storage.unavailable", extra={"reason": type(error).__name__})
            return "away"
        return "ready"

    async def _room(self, data_dir: Path) -> str:
        now = monotonic()
        if self._looked_at is None or now - self._looked_at > DISK_SECONDS or self._disk != "ready":
            self._looked_at = now
            try:
                await asyncio.to_thread(refuse_unusable, data_dir)
                self._disk = "ready"
            except StartRefused:
                self._disk = "full"
        return self._disk
