"""Everybody who follows a session here, and how they learn that the service is about to end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from server.store.event_records import EventRecords
from server.store.sessions import Sessions
from server.streaming.elsewhere import Elsewhere
from server.streaming.reader import Reader
from server.turns.lanes import Lanes, Turn

LAST_WORDS_SECONDS = 2.0


class Bus(Protocol):
    """What other replicas are told by, and must forget with a session."""

    async def forget(self, session_id: str) -> None: ...


class Hub:
    """Hands out readers. `elsewhere` is there where other replicas may run turns, `bus` where they hear of ours."""

    def __init__(
        self,
        lanes: Lanes,
        sessions: Sessions,
        records: EventRecords,
        elsewhere: Elsewhere | None = None,
        bus: Bus | None = None,
    ) -> None:
        self.lanes = lanes
        self.records = records
        self.leaving = False
        self.closing = False
        self.readers = 0
        self._all_gone = asyncio.Event()
        self._sessions = sessions
        self._elsewhere = elsewhere
        self._bus = bus

    @contextlib.asynccontextmanager
    async def following(self, session_id: str) -> AsyncIterator[Reader]:
        """A reader that stands at now; its session's lane is held until it leaves. Raises UnknownSession."""
        with self.lanes.holding(session_id) as lane:
            session = await self._sessions.get(session_id)
            lane.load(session)
            now = max(lane.log.last_id, session.last_event_id)
            with self._counted(), self._followed(session_id):
                yield Reader(session_id, lane.log, now, self.records, self)

    @contextlib.contextmanager
    def following_turn(self, turn: Turn) -> Iterator[Reader]:
        """A reader that stands where the turn begins."""
        session_id = turn.row.session_id
        with self._counted(), self.lanes.holding(session_id), self._followed(session_id):
            yield Reader(session_id, turn.log, turn.starts_after, self.records, self)

    def leave(self) -> None:
        """Tell all readers to go: at once who has heard the end of the turn under way, the others when they have."""
        self.leaving = True
        self.lanes.wake()

    async def close(self, seconds: float = LAST_WORDS_SECONDS) -> None:
        """Tell whoever is left to go now, and wait so long for them."""
        self.leaving = self.closing = True
        self.lanes.wake()
        if self.readers:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_gone.wait(), seconds)

    async def forget(self, session_id: str) -> None:
        """Leave nothing of the session but what the database holds."""
        self.lanes.erased(session_id)
        if self._bus is not None:
            await self._bus.forget(session_id)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self.readers += 1
        try:
            yield
        finally:
            self.readers -= 1
            if self.closing and not self.readers:
                self._all_gone.set()

    def _followed(self, session_id: str) -> contextlib.AbstractContextManager[None]:
        return self._elsewhere.followed(session_id) if self._elsewhere is not None else contextlib.nullcontext()
