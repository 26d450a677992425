"""Keeps turns going: renews the leases of those that run here, and goes on with those that nobody runs any more."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from server.store.database import StorageUnavailable
from server.store.leases import Leases, Left
from server.store.turn_rows import TurnRow
from server.turns.lanes import Turn

log = logging.getLogger("esoteric.leases")

LOOK_SECONDS = 1.0
RENEWALS = 3  # within the length of a lease
# A turn that waits may be without a lease for a moment: it changes hands, or its process is about to start it.
GRACE_SECONDS = 1.0


class Strike(Protocol):
    def __call__(self, turn: Turn, *, lost: bool = False) -> bool: ...


class TurnKeeper:
    """`live` are the turns of this process, by session and message id; `resume` starts one that was left, `strike`
    stops one that runs."""

    def __init__(
        self,
        leases: Leases,
        live: Mapping[tuple[str, str], Turn],
        resume: Callable[[TurnRow, int], None],
        strike: Strike,
    ) -> None:
        self._leases = leases
        self._live = live
        self._resume = resume
        self._strike = strike
        self._seen: dict[str, float] = {}
        self._renewed = 0.0
        self._is_draining = False

    @property
    def is_shared(self) -> bool:
        """Other replicas may be at work on the same database."""
        return self._leases.is_shared

    def stop(self) -> None:
        """Take on nothing more that was left."""
        self._is_draining = True

    async def start(self) -> int:
        """Go on with all that was left, where nobody else may be at work on it; the number of turns."""
        if not self.is_shared:
            await self._leases.free_all()
        return self._go_on([left for left in await self._leases.left() if left.lapsed or not self.is_shared])

    async def keep(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except StorageUnavailable:
                continue  # whoever needs it says so

    async def look(self) -> None:
        """Once around."""
        await self._hold()
        if self.is_shared and (running := {turn.row.turn_id: turn for turn in self._live.values() if turn.attempts}):
            for turn_id in await self._leases.asked_to_cancel(running):
                self._strike(running[turn_id])
        if not self._is_draining:
            self._go_on(self._ripe(await self._leases.left()))

    async def look_after(self, session_id: str) -> None:
        """Whether an earlier turn of the session was left."""
        if not self._is_draining:
            self._go_on(self._ripe(await self._leases.left(session_id), of_one=True))

    async def _hold(self) -> None:
        """Renew the leases of the turns that run here; of one that was taken, the turn is stopped."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed < self._leases.seconds / RENEWALS - LOOK_SECONDS / 2:
            return
        self._renewed = now
        running = {turn.row.session_id: turn for turn in self._live.values() if turn.log.writing and turn.attempts}
        if running:
            for session_id in await self._leases.renew(running):
                if self._strike(running[session_id], lost=True):
                    log.warning("turn.lost", extra={"turn_id": running[session_id].row.turn_id})

    def _ripe(self, found: list[Left], *, of_one: bool = False) -> list[Left]:
        """Those that were seen before, long enough ago that nobody can be about to run them."""
        now = asyncio.get_running_loop().time()
        known = {left.turn.turn_id: self._seen.get(left.turn.turn_id, now) for left in found if not self._runs(left)}
        self._seen = self._seen | known if of_one else known
        return [left for left in found if now - known.get(left.turn.turn_id, now) >= GRACE_SECONDS]

    def _go_on(self, found: list[Left]) -> int:
        left = [one for one in found if not self._runs(one)]
        for turn, _, last_event_id in left:
            self._seen.pop(turn.turn_id, None)
            self._resume(turn, last_event_id)
        return len(left)

    def _runs(self, left: Left) -> bool:
        return (left.turn.session_id, left.turn.message_id) in self._live
