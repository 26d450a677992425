"""One turn as Server-Sent Events, in the frames of its assistant."""

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from server.store.database import StorageUnavailable
from server.store.event_records import EventsGone
from server.store.sessions import UnknownSession
from server.store.vault import Damaged
from server.streaming.hub import Hub
from server.streaming.reader import DAMAGED, DRAINING, STORAGE_AWAY, UNKNOWN, Leaving, ReaderTooSlow
from server.streaming.telling import LoanStream, StreamFrames
from server.streaming.untold import NOT_FINISHED, untold
from server.turns.lanes import Turn

PING_SECONDS = 15.0
LOAN = LoanStream()
PING = ServerSentEvent(comment="ping").encode()


class TurnStream(EventSourceResponse):
    """The turn's frames up to its last; those that wait together leave in one write.

    sse-starlette keeps a task each for the frames, silence, a reader that leaves and a server that stops. A turn ends
    by itself, whoever listens and while a stopping server drains, so here one loop does. A reader that takes nothing is
    left by server/edge/http_protocol.py, after which sending goes nowhere.
    """

    def __init__(self, turn: Turn, hub: Hub, frames: StreamFrames = LOAN) -> None:
        super().__init__(_server_sent(turn, hub, frames), headers={"X-Session-ID": turn.row.session_id})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        started = False
        async for chunk in self.body_iterator:
            if not started:  # late, so that the head travels with the first frames
                started = True
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _server_sent(turn: Turn, hub: Hub, frames: StreamFrames) -> AsyncIterator[bytes]:
    """Never empty: every turn has a last frame."""
    if turn.task is None:
        events = await hub.records.of_turn(turn.row.session_id, turn.row.turn_id)
        yield frames.events(events) if events else frames.answer(turn.row.reply or {})
        return
    with hub.following_turn(turn) as reader:
        turn.answer.add_done_callback(lambda _: turn.log.wake())
        try:
            async for batch in reader.batches(quiet=PING_SECONDS, to_its_end=True):
                own = [event for event in batch if event.turn_id == turn.row.turn_id]
                if own:
                    if told := frames.events(own):
                        yield told
                    if own[-1].is_last:
                        return
                elif not batch:
                    if problem := untold(turn):
                        yield frames.error(problem, reader.position)
                        return
                    yield PING
        except Leaving:
            yield frames.error(DRAINING, reader.position)
        except UnknownSession:
            yield frames.error(UNKNOWN, reader.position)
        except StorageUnavailable:
            yield frames.error(STORAGE_AWAY, reader.position)
        except Damaged:
            yield frames.error(DAMAGED, reader.position)
        except (ReaderTooSlow, EventsGone):  # the answer is there for who asks again
            yield frames.error(NOT_FINISHED, reader.position)
