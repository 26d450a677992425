"""A session's events as Server-Sent Events, turn after turn, from where the client left off."""

import asyncio
import contextlib

from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from server.access.recheck import refusal
from server.problems import Problem
from server.store.database import StorageUnavailable
from server.store.event_records import EventsGone
from server.store.sessions import UnknownSession
from server.store.vault import Damaged
from server.streaming.frames import error_frame, server_sent, server_sent_events
from server.streaming.reader import DAMAGED, DRAINING, STORAGE_AWAY, UNKNOWN, Leaving, Reader, ReaderTooSlow
from server.streaming.turn_stream import PING, PING_SECONDS

TOO_SLOW = Problem(503, "reader_too_slow", "You read too slowly; please connect again and go on from here.")


class SessionStream(EventSourceResponse):
    """Ends when the client leaves, its credential dies, its session is erased or the service stops; it is told why.

    `held` is what the stream keeps open as long as it lasts; `recheck_seconds` passes between two looks at the
    credential. A reader that takes nothing is left by server/edge/http_protocol.py.
    """

    def __init__(
        self, request: Request, reader: Reader, held: contextlib.AsyncExitStack, recheck_seconds: float
    ) -> None:
        super().__init__(iter(()))  # it is told below
        self._request = request
        self._reader = reader
        self._held = held
        self._recheck_seconds = recheck_seconds
        self._told = reader.position

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        async with self._held:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _send(send, PING)  # whoever is between us passes the head on with it
            telling = asyncio.create_task(self._tell(send))
            checking = asyncio.create_task(refusal(self._request, self._recheck_seconds))
            leaving = asyncio.create_task(_has_left(receive))
            tasks = (telling, checking, leaving)
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                ends = await asyncio.gather(*tasks, return_exceptions=True)
            for end in ends:
                if isinstance(end, Problem):
                    frame = error_frame(end.code, end.detail, self._told, retry_after=end.retry_after)
                    await _send(send, server_sent([frame]))
                elif isinstance(end, Exception):
                    raise end
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> Problem:
        """All there is to tell; why it ends."""
        try:
            async for events in self._reader.batches(quiet=PING_SECONDS):
                await _send(send, server_sent_events(events) if events else PING)
                if events:
                    self._told = events[-1].id
        except Leaving:
            return DRAINING
        except UnknownSession:
            return UNKNOWN
        except StorageUnavailable:
            return STORAGE_AWAY
        except Damaged:
            return DAMAGED
        except (ReaderTooSlow, EventsGone):
            return TOO_SLOW
        raise AssertionError("a session's events have no end")


async def _has_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
