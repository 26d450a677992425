"""One reader of a session: told everything above the id it stands at, once and in order, wherever it is to be found."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from server.lifecycle.draining import going
from server.problems import AWAY, NO_SESSION, Problem
from server.store.event_records import EventRecords, EventsGone
from server.store.sessions import UnknownSession
from server.streaming.events import KEPT_EVENTS, Event, EventLog, NotKept
from server.turns.lanes import UNREADABLE

# A turn under way may have been begun by others and broken more than once, each time that much higher.
ATTEMPTS_AHEAD = 10

FROM_THE_FUTURE = "Invalid input in: last_event_id. No event has that id yet."
NO_LONGER_KEPT = (
    "What followed on that event is no longer kept. The conversation is at /api/v1/sessions/{session_id}/messages."
)

# Told, never raised: an exception that is raised again and again keeps every place it came from.
DRAINING = going()
UNKNOWN = Problem(404, "unknown_session", NO_SESSION)
STORAGE_AWAY = Problem(503, "storage_unavailable", AWAY)
DAMAGED = Problem(500, "conversation_unreadable", UNREADABLE)


class ReaderTooSlow(Exception):
    """What the reader has not read is neither in memory nor on record."""


class Leaving(Exception):
    """The service is about to end: the reader should go elsewhere, or come back."""


class Whereabouts(Protocol):
    """How far the end of the service has come."""

    leaving: bool  # readers go once they have the end of the turn under way
    closing: bool  # readers go at once


class Reader:
    """`position` is the id of the newest event that was told; all below was told, or was not asked for."""

    def __init__(
        self, session_id: str, log: EventLog, position: int, records: EventRecords, service: Whereabouts
    ) -> None:
        self.position = position
        self._session_id = session_id
        self._log = log
        self._records = records
        self._service = service
        self._missed: list[Event] = []

    async def standing_at(self, last_event_id: int) -> "Reader":
        """Another that goes on from there. Raises Problem for an id that was never given out, or when what followed on
        it is gone; StorageUnavailable."""
        other = Reader(self._session_id, self._log, last_event_id, self._records, self._service)
        if last_event_id < self._log.floor:
            try:
                other._missed = (await self._records.above(self._session_id, last_event_id)).events
            except EventsGone:
                raise Problem(410, "events_gone", NO_LONGER_KEPT) from None
        elif last_event_id > self._log.last_id and not await self._may_come(last_event_id):
            raise Problem(422, "invalid_input", FROM_THE_FUTURE)
        return other

    async def batches(self, *, quiet: float | None = None, to_its_end: bool = False) -> AsyncGenerator[list[Event]]:
        """Events as they come, those that wait together at once; none in silence. Without end.

        A reader `to_its_end` stays until the service closes, others leave before. Raises Leaving, ReaderTooSlow,
        EventsGone, UnknownSession, StorageUnavailable.
        """
        while True:
            if self._missed:
                events, self._missed = self._missed, []
                self.position = events[-1].id
                yield events
            try:
                async with aclosing(self._log.batches(self.position, quiet=quiet)) as live:
                    self._leave(to_its_end)
                    async for events in live:
                        if events:
                            self.position = events[-1].id
                        yield events
                        self._leave(to_its_end)
            except NotKept:
                told = await self._records.above(self._session_id, self.position)
                if told.last_event_id <= self.position:
                    raise ReaderTooSlow from None
                self._missed = told.events
                if not told.events:  # ids of attempts that broke
                    self.position = told.last_event_id

    def _leave(self, to_its_end: bool) -> None:
        if self._log.over:
            raise UnknownSession
        told_all = self._log.between_turns and self.position >= self._log.last_id
        if self._service.closing or (self._service.leaving and told_all and not to_its_end):
            raise Leaving

    async def _may_come(self, event_id: int) -> bool:
        """Whether another replica may have said so much of a turn that is not on record yet, as far as can be told."""
        under_way = await self._records.under_way(self._session_id)  # first: a turn that ends meanwhile is on record
        standing = (await self._records.standing([self._session_id])).get(self._session_id, 0)
        newest = max(standing, self._log.last_id)
        return event_id <= (newest + ATTEMPTS_AHEAD * KEPT_EVENTS if under_way else standing)
