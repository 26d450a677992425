"""The retention rules, applied: by `esoteric purge`, and by the service itself once a day, beside its work."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from kb.retention import Conversations, RetentionRules, Rows
from server.faults import fault
from server.store.acts import ActsWriter
from server.store.expired import Expired, Moment
from server.store.sessions import StillInUse, UnknownSession
from server.store.tables import metadata
from tools.clock import Clock
from tools.encryption import Damaged

log = logging.getLogger("esoteric.retention")

DAY_SECONDS: Final = 24 * 60 * 60.0
FIRST_SECONDS: Final = (10 * 60.0, 60 * 60.0)  # after the start, so that a start has its own work done
PAUSE_SECONDS: Final = 0.02  # between two transactions

# Erases a session unless it was active since the given moment. Raises StillInUse, UnknownSession, Damaged.
Erase = Callable[[str, str], Awaitable[None]]
Counts = dict[str, int]


class Retention:
    """Applies the rules in small steps; stopped at any of them, the next run goes on from there."""

    def __init__(
        self,
        rules: RetentionRules,
        expired: Expired,
        erase: Erase,
        acts: ActsWriter,
        clock: Clock,
        *,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._rules = rules
        self._expired = expired
        self._erase = erase
        self._acts = acts
        self._clock = clock
        self._pause = pause

    async def due(self) -> Counts:
        """What would go now, by rule."""
        at = self._moment()
        counts = {rule.name: await self._expired.count_sessions(rule, at) for rule in self._ending()}
        for rows in self._rules.rows:
            counts[rows.table] = await self._expired.count_rows(metadata.tables[rows.table], rows.days, at)
        return counts

    async def apply(self) -> Counts:
        """What went, by rule. On record as counts, if anything did. Raises StorageUnavailable."""
        at = self._moment()
        counts = {rule.name: await self._erase_sessions(rule, at) for rule in self._ending()}
        for rows in self._rules.rows:
            counts[rows.table] = await self._delete_rows(rows, at)
        if any(counts.values()):
            await self._acts.record("retention.applied", None, dict(counts))
            log.info("retention.applied")
        return counts

    async def keep_applying(self) -> None:
        """Once a day, for ever. Each replica does; whoever comes second finds nothing left."""
        await asyncio.sleep(random.uniform(*FIRST_SECONDS))  # spreads load, guards nothing  # nosec B311
        while True:
            try:
                await self.apply()
            except Exception as error:  # noqa: BLE001  whatever stood in the way, tomorrow it is tried again
                log.warning("retention.failed", extra=fault(error))
            await asyncio.sleep(DAY_SECONDS)

    def _ending(self) -> list[Conversations]:
        return [rule for rule in self._rules.conversations if rule.days is not None]

    async def _erase_sessions(self, rule: Conversations, at: Moment) -> int:
        erased, after = 0, ("", "")
        while found := await self._expired.next_sessions(rule, at, after):
            for active_at, session_id in found:
                with contextlib.suppress(UnknownSession, StillInUse):  # another process was first, or its customer
                    erased += await self._erased(session_id, at.before(rule.days or 0))
                after = active_at, session_id
                await asyncio.sleep(self._pause)
        return erased

    async def _erased(self, session_id: str, idle_since: str) -> bool:
        try:
            await self._erase(session_id, idle_since)
        except Damaged as error:  # one that cannot be read must not keep the others
            log.error("retention.failed", extra=fault(error))
            return False
        return True

    async def _delete_rows(self, rows: Rows, at: Moment) -> int:
        deleted = 0
        while some := await self._expired.delete_rows(metadata.tables[rows.table], rows.days, at):
            deleted += some
            await asyncio.sleep(self._pause)
        return deleted

    def _moment(self) -> Moment:
        return Moment(datetime.now(UTC), self._clock.today())
