"""Server-Sent Events on the wire: what has happened since the last write goes out as one write."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from server.frames import encoded

PING_SECONDS = 15.0
SEND_SECONDS = 10.0
PING = b": ping\n\n"

Batches = AsyncGenerator[Iterable[dict[str, Any]], None]


class EventStream(StreamingResponse):
    """Batches of frames as events: `event` is the frame's type, `id` its event id, `data` the frame.

    An empty batch becomes a comment, so that nobody takes the connection for dead, and is the moment to see whether the
    reader has left. A reader that takes nothing for `SEND_SECONDS` is given up. Either ends the stream and no more.
    """

    media_type = "text/event-stream"

    def __init__(self, batches: Batches, headers: Mapping[str, str] | None = None) -> None:
        super().__init__((), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **(headers or {})})
        self._batches = batches

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._batches) as batches:
            try:
                async for batch in batches:
                    chunk = b"".join(map(as_event, batch)) or PING
                    if chunk is PING and await _has_left(receive):
                        return
                    async with asyncio.timeout(SEND_SECONDS):
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except (OSError, TimeoutError):
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def as_event(frame: dict[str, Any]) -> bytes:
    return f"event: {frame['type']}\nid: {frame['event_id']}\ndata: {encoded(frame)}\n\n".encode()


async def _has_left(receive: Receive) -> bool:
    """Whether the client has disconnected by now. Its request must have been read."""
    try:
        async with asyncio.timeout(0):
            return bool((await receive())["type"] == "http.disconnect")
    except TimeoutError:
        return False
