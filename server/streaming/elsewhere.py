"""What other replicas do in the sessions that are followed here.

Of a finished turn the database tells, looked at twice a second; a reader is never without it. Of a turn under way Redis
tells, where there is one: see `redis_bus.py`.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator

from server.store.database import StorageUnavailable
from server.store.event_records import EventRecords
from server.streaming.events import EventLog
from server.turns.lanes import Lanes

LOOK_SECONDS = 0.5


class Elsewhere:
    """Keeps the logs of followed sessions in step with the database."""

    def __init__(self, lanes: Lanes, records: EventRecords, look_seconds: float = LOOK_SECONDS) -> None:
        self._lanes = lanes
        self._records = records
        self._look_seconds = look_seconds
        self._followed: Counter[str] = Counter()

    @contextlib.contextmanager
    def followed(self, session_id: str) -> Iterator[None]:
        """While somebody follows the session."""
        self._followed[session_id] += 1
        try:
            yield
        finally:
            self._followed[session_id] -= 1
            if not self._followed[session_id]:
                del self._followed[session_id]

    def logs(self) -> dict[str, EventLog]:
        """Of the sessions that are followed and whose turn, if there is one, runs elsewhere."""
        lanes = ((session_id, self._lanes.find(session_id)) for session_id in self._followed)
        return {session_id: lane.log for session_id, lane in lanes if lane is not None and not lane.log.writing}

    async def keep_looking(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(self._look_seconds)
            if followed := self.logs():
                with contextlib.suppress(StorageUnavailable):
                    await self._look(followed)

    async def _look(self, followed: dict[str, EventLog]) -> None:
        for session_id, last_event_id in (await self._records.standing(followed)).items():
            followed[session_id].skip_to(last_event_id)
