"""The streams of a service, as its settings want them."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from server.settings import Settings
from server.store.database import Database
from server.store.event_records import EventRecords
from server.store.sessions import Sessions
from server.streaming.elsewhere import Elsewhere
from server.streaming.hub import Hub
from server.turns.lanes import Lanes


def open_hub(settings: Settings, database: Database, sessions: Sessions, cleanup: contextlib.AsyncExitStack) -> Hub:
    """With one process there is nothing elsewhere; on Postgres there may be more, and Redis lets them hear of turns
    under way."""
    records = EventRecords(database)
    if settings.database_url is None:
        return Hub(Lanes(), sessions, records)
    if settings.redis_url is None:
        lanes = Lanes()
        elsewhere = Elsewhere(lanes, records)
        _keep(cleanup, elsewhere.keep_looking(), "turns elsewhere")
        return Hub(lanes, sessions, records, elsewhere)
    from server.streaming.redis_bus import RedisBus

    bus = RedisBus.of(settings.redis_url.get_secret_value(), database, settings.sealing_key())
    cleanup.push_async_callback(bus.close)
    lanes = Lanes(bus.tell)
    elsewhere = Elsewhere(lanes, records)
    _keep(cleanup, elsewhere.keep_looking(), "turns elsewhere")
    _keep(cleanup, bus.keep_telling(), "events to Redis")
    _keep(cleanup, bus.keep_listening(elsewhere.logs), "events from Redis")
    return Hub(lanes, sessions, records, elsewhere, bus)


def _keep(cleanup: contextlib.AsyncExitStack, doing: Coroutine[Any, Any, None], name: str) -> None:
    task = asyncio.create_task(doing, name=name)

    async def stop() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    cleanup.push_async_callback(stop)
