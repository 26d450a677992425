"""One turn as Server-Sent Events: `event` is a frame's type, `id` its event id, `data` the frame."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from server.frames import encoded, frame_of, frames_of_answer
from server.lanes import Turn

PING_SECONDS = 15.0
_PING = ServerSentEvent(comment="ping").encode()


class TurnStream(EventSourceResponse):
    """The turn's frames up to its last; those that wait together leave in one write.

    sse-starlette keeps a task each for the frames, silence, a reader that leaves and a server that stops. A turn ends
    by itself, whoever listens and while a stopping server drains, so here one loop does. A reader that takes nothing is
    left by server/edge/http_protocol.py, after which sending goes nowhere.
    """

    def __init__(self, turn: Turn) -> None:
        super().__init__(_server_sent(turn), headers={"X-Session-ID": turn.row.session_id})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        started = False
        async for chunk in self.body_iterator:
            if not started:  # late, so that the head travels with the first frames
                started = True
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _server_sent(turn: Turn) -> AsyncIterator[bytes]:
    """Never empty: every turn has a last frame."""
    if turn.task is None:
        yield _encoded(frames_of_answer(turn.row.reply or {}))
        return
    async for events in turn.log.batches(turn.starts_after, quiet=PING_SECONDS):
        own = [event for event in events if event.turn_id == turn.row.turn_id]
        if own:
            yield _encoded(map(frame_of, own))
            if own[-1].is_last:
                return
        elif not events:
            yield _PING


def _encoded(frames: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(
        ServerSentEvent(encoded(frame), event=frame["type"], id=str(frame["event_id"])).encode() for frame in frames
    )
