"""Turns under way, told to other replicas through Redis: one stream a session, sealed under the session's key.

Comfort only. Nobody waits for it, what it loses is read from the database once the turn is over, and it forgets
everything within minutes.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.redis_faults import BROKEN_TALK
from server.store.database import Database, StorageUnavailable
from server.store.vault import Damaged, NoKey, SessionKey
from server.streaming.events import Event, EventLog
from server.streaming.frames import decoded_events, encoded_events
from tools.breaker import Breaker
from tools.derivation import derived

log = logging.getLogger("esoteric.streaming")

GATHERING_SECONDS = 0.02  # so long what is said is collected before it is told
TELLING_SECONDS = 1.0
LISTENING_SECONDS = 0.25  # a session followed from now on is listened to by then
MOST_WAITING = 10_000  # events that are not told yet
MOST_KEPT = 1000  # of the entries of one session
LIFE_SECONDS = 180
FAILURES, PAUSE_SECONDS = 3, 1.0
PLACE = "events in redis"
TURN, FRAMES = b"t", b"f"

Logs = Callable[[], dict[str, EventLog]]


class RedisBus:
    """Tells what is said here, and hears what is said elsewhere."""

    def __init__(self, telling: Redis, listening: Redis, database: Database, secret: bytes) -> None:
        self._telling = telling
        self._listening = listening
        self._database = database
        self._secret = derived(secret, "esoteric events in redis")
        self._breaker = Breaker(failures=FAILURES, pause=PAUSE_SECONDS)
        self._away = False
        self._waiting: deque[tuple[str, Event]] = deque(maxlen=MOST_WAITING)
        self._some = asyncio.Event()

    @classmethod
    def of(cls, url: str, database: Database, secret: bytes) -> Self:
        """Connects when it is first used."""

        def client(seconds: float) -> Redis:
            return Redis.from_url(
                url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0)
            )

        return cls(client(TELLING_SECONDS), client(LISTENING_SECONDS + TELLING_SECONDS), database, secret)

    def tell(self, session_id: str, event: Event) -> None:
        """Have it told soon. Of too much the oldest is dropped."""
        if not self._breaker.is_open:
            self._waiting.append((session_id, event))
            self._some.set()

    async def keep_telling(self) -> None:
        """For ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(GATHERING_SECONDS)
            self._some.clear()
            waiting = list(self._waiting)
            self._waiting.clear()
            await self._guarded(self._tell(waiting))

    async def keep_listening(self, followed: Logs) -> None:
        """For ever; `followed` is asked again and again whose events are wanted, and where to write them."""
        heard: dict[str, bytes] = {}
        while True:
            logs = followed()
            heard = {session_id: heard.get(session_id, b"0") for session_id in logs}
            if not logs or self._breaker.is_open:
                await asyncio.sleep(LISTENING_SECONDS)
            else:
                await self._guarded(self._listen(logs, heard))

    async def forget(self, session_id: str) -> None:
        """Leave nothing of the session. Where Redis is away, it forgets by itself."""
        self._waiting = deque((one for one in self._waiting if one[0] != session_id), maxlen=MOST_WAITING)
        with contextlib.suppress(RedisError, *BROKEN_TALK):
            await self._telling.delete(self._name(session_id))

    async def close(self) -> None:
        for client in (self._telling, self._listening):
            with contextlib.suppress(RedisError, *BROKEN_TALK):
                await client.aclose()

    async def _tell(self, waiting: Iterable[tuple[str, Event]]) -> None:
        turns: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
        for session_id, event in waiting:
            turns[session_id, event.turn_id].append(event)
        pipeline = self._telling.pipeline(transaction=False)
        for (session_id, turn_id), events in turns.items():
            key = await self._key(session_id)
            if key is None:
                continue
            name, frames = self._name(session_id), key.seal(PLACE, encoded_events(events))
            pipeline.xadd(name, {TURN: turn_id.encode(), FRAMES: frames}, maxlen=MOST_KEPT, approximate=True)
            pipeline.expire(name, LIFE_SECONDS)
        await pipeline.execute()

    async def _listen(self, logs: dict[str, EventLog], heard: dict[str, bytes]) -> None:
        sessions = {self._name(session_id).encode(): session_id for session_id in logs}
        streams: Any = {name: heard[session_id] for name, session_id in sessions.items()}
        told: Any = await self._listening.xread(streams, block=int(LISTENING_SECONDS * 1000))
        for name, entries in told.items() if isinstance(told, dict) else told or ():
            session_id = sessions[name]
            key = await self._key(session_id)
            for entry_id, fields in _entries(entries):
                heard[session_id] = entry_id
                with contextlib.suppress(Damaged, KeyError, ValueError):  # not ours; the database has the truth
                    if key is not None:
                        turn_id = fields[TURN].decode()
                        logs[session_id].feed(decoded_events(key.open(PLACE, fields[FRAMES]), turn_id))

    async def _key(self, session_id: str) -> SessionKey | None:
        """None for a session that is gone, or whose key cannot be read now."""
        vault = self._database.vault
        if (known := vault.known(session_id)) is not None:
            return known
        try:
            return await self._database.run(lambda connection: vault.key(connection, session_id))
        except (NoKey, Damaged, StorageUnavailable):
            return None

    def _name(self, session_id: str) -> str:
        """Of no use to find the session by."""
        return f"esoteric/events/{derived(self._secret, session_id)[:16].hex()}"

    async def _guarded(self, doing: Awaitable[None]) -> None:
        try:
            await doing
        except (RedisError, *BROKEN_TALK) as error:
            self._breaker.failed()
            if self._breaker.is_open and not self._away:
                self._away = True
                log.warning("events.bus_lost", extra={"reason": type(error).__name__})
        else:
            self._breaker.succeeded()
            if self._away:
                self._away = False
                log.info("events.bus_back")
        # The client may take a cancellation for a timeout, or for an answer without entries.
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError


def _entries(entries: Any) -> Iterable[tuple[bytes, dict[bytes, bytes]]]:
    """The newer protocol wraps them once more."""
    for entry in entries:
        if isinstance(entry, list) and entry and isinstance(entry[0], tuple | list):
            yield from _entries(entry)
        else:
            yield entry
