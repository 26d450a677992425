"""What was said in finished turns, kept beside their answers for readers that come back.

A turn's frames are packed and sealed into its row, in the transaction that finishes it. Its end is made again from the
answer, which is there anyway. Only the newest turns of a session keep theirs.
"""

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, update

from server.store.database import Database
from server.store.sessions import UnknownSession
from server.store.tables import WAITING, sessions, turns
from server.store.vault import NoKey, SessionKey
from server.streaming.events import Event
from server.streaming.frames import decoded_events, encoded_events

KEPT_TURNS = 50
FASTEST = 1  # of zlib's levels; the others save a tenth more


class EventsGone(LookupError):
    """Of what follows on that event some is no longer kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """What followed on an event, up to the id at which the session stood then."""

    events: list[Event]
    last_event_id: int


class EventRecords:
    """Reads what finished turns said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def above(self, session_id: str, after: int) -> Told:
        """Of finished turns, all events with an id above `after`. Raises EventsGone, UnknownSession."""

        def work(connection: Connection) -> Told:
            last_event_id = connection.execute(_STANDING, {"those": [session_id]}).scalar_one_or_none()
            if last_event_id is None:
                raise UnknownSession
            if last_event_id <= after:
                return Told([], last_event_id)
            found = connection.execute(_ABOVE, {"session": session_id, "after": after}).all()
            if any(row.events is None for row in found):
                raise EventsGone
            key = self._key(connection, session_id)
            events = sorted((event for row in found for event in _opened(key, row) if event.id > after), key=_BY_ID)
            unrecorded = not events or events[0].id > after + 1
            if unrecorded and connection.execute(_UNRECORDED, {"session": session_id}).scalar():
                raise EventsGone
            return Told(events, max(last_event_id, events[-1].id if events else 0))

        return await self._database.run(work)

    async def of_turn(self, session_id: str, turn_id: str) -> list[Event]:
        """All that one turn said; nothing if that is no longer kept. Raises UnknownSession."""

        def work(connection: Connection) -> list[Event]:
            return events_of(connection, self._key(connection, session_id), turn_id)

        return await self._database.run(work)

    async def standing(self, session_ids: Collection[str]) -> dict[str, int]:
        """The newest event id on record of each of these sessions that is there."""

        def work(connection: Connection) -> dict[str, int]:
            found = connection.execute(_STANDING, {"those": list(session_ids)})
            return {row.session_id: row.last_event_id for row in found}

        return await self._database.run(work)

    async def under_way(self, session_id: str) -> bool:
        """Whether a turn of the session is accepted and not over."""
        return bool(
            await self._database.run(
                lambda connection: connection.execute(_UNDER_WAY, {"session": session_id}).scalar()
            )
        )

    def _key(self, connection: Connection, session_id: str) -> SessionKey:
        """That of a session under erasure is gone first."""
        try:
            return self._database.vault.key(connection, session_id)
        except NoKey:
            raise UnknownSession from None


def sealed_events(key: SessionKey, turn_id: str, events: Sequence[Event], earlier: Sequence[Event] = ()) -> bytes:
    """As the turn's row keeps them. `earlier` is what an attempt that failed had said."""
    told = {event.id: event for event in (*earlier, *events) if event.type != "end"}
    return key.seal(_place(turn_id), zlib.compress(encoded_events(told.values()), FASTEST))


def events_of(connection: Connection, key: SessionKey, turn_id: str) -> list[Event]:
    """All that one turn said; nothing if that is not, or no longer, on record. Raises Damaged."""
    row = connection.execute(_OF_TURN, {"turn": turn_id}).one_or_none()
    return _opened(key, row) if row is not None and row.events is not None else []


def drop_older(connection: Connection, session_id: str) -> None:
    """Of the session's turns, only the newest keep what they said."""
    oldest_kept = connection.execute(_OLDEST_KEPT, {"session": session_id}).scalar_one_or_none()
    if oldest_kept is not None:
        connection.execute(_DROP, {"session": session_id, "before": oldest_kept})


def _opened(key: SessionKey, row: Any) -> list[Event]:
    events = decoded_events(zlib.decompress(key.open(_place(row.turn_id), row.events)), row.turn_id)
    if row.reply is not None:
        more = key.open_json(f"turns.reply:{row.turn_id}", row.reply)
        events.append(Event(more.pop("event_id"), row.turn_id, "end", more.pop("message"), more))
    return events


_BY_ID = attrgetter("id")


def _place(turn_id: str) -> str:
    return f"turns.events:{turn_id}"


# Built once: building a statement costs more than running it.
_TOLD = select(turns.c.turn_id, turns.c.events, turns.c.reply)
_OF_SESSION = turns.c.session_id == bindparam("session")
_ABOVE = _TOLD.where(_OF_SESSION, turns.c.last_event_id > bindparam("after")).order_by(turns.c.last_event_id)
_OF_TURN = _TOLD.where(turns.c.turn_id == bindparam("turn"))
_STANDING = select(sessions.c.last_event_id, sessions.c.session_id).where(
    sessions.c.session_id.in_(bindparam("those", expanding=True))
)
_OVER = turns.c.status.in_(("done", "cancelled"))
# Turns of a version that recorded nothing.
_UNRECORDED = select(exists().where(_OF_SESSION, turns.c.last_event_id.is_(None), _OVER))
_UNDER_WAY = select(exists().where(_OF_SESSION, WAITING))
_OLDEST_KEPT = (
    select(turns.c.last_event_id)
    .where(_OF_SESSION, turns.c.last_event_id.is_not(None))
    .order_by(turns.c.last_event_id.desc())
    .offset(KEPT_TURNS - 1)
    .limit(1)
)
_DROP = (
    update(turns)
    .where(_OF_SESSION, turns.c.events.is_not(None), turns.c.last_event_id < bindparam("before"))
    .values(events=None)
)
