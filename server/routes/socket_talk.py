"""An open socket, whichever assistant's: messages in, the session's events out, both at their own pace."""

import asyncio
import contextlib
import logging
from collections.abc import Iterable

from fastapi import WebSocket, WebSocketDisconnect

from server.access.credentials import protocol_of
from server.access.gate import Access
from server.access.recheck import refusal
from server.edge.canonical import parse_body
from server.house import House
from server.limits.limits import Pace
from server.limits.refusals import TooMany
from server.models import SocketMessage
from server.problems import BUSY, ID_REUSED, Problem, document
from server.store.database import StorageUnavailable
from server.store.event_records import EventsGone
from server.store.sessions import UnknownSession
from server.store.turns import MessageIdReused, SessionBusy
from server.store.vault import Damaged
from server.streaming.reader import DAMAGED, DRAINING, STORAGE_AWAY, UNKNOWN, Leaving, Reader, ReaderTooSlow
from server.streaming.telling import SocketFrames
from server.streaming.untold import untold
from server.turns.lanes import Submission, Turn

log = logging.getLogger("esoteric.streaming")

POLICY_VIOLATION = 1008
SERVICE_RESTART = 1012
TRY_AGAIN_LATER = 1013
# Who comes back says first where it left off. So long nothing is told that the resumed stream would tell again.
FIRST_WORD_SECONDS = 0.3


async def hold(
    socket: WebSocket,
    session_id: str,
    house: House,
    access: Access,
    pace: Pace,
    frames: SocketFrames,
    *,
    headers: Iterable[tuple[bytes, bytes]] = (),
    first: str | None = None,
) -> None:
    """Accept the socket, its answer with these `headers`, and talk until it ends; `first` is said before all else."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            reader = await stack.enter_async_context(house.hub.following(session_id))
            await socket.accept(protocol_of(socket), headers)
        except UnknownSession:
            await socket.send_denial_response(document(UNKNOWN))
            return
        except OSError:  # the client left before it was answered
            return
        talk = Talk(socket, session_id, house, access, frames, pace, reader)
        if first is not None:
            await talk.send_one(first)
        await talk.until_it_ends()


class Talk:
    """One open socket. `told` is the id of the newest event that was sent on it, or that it did not ask for.

    Until something new is said after a resume, all above the id it came from counts as not told yet: whether a message
    that is sent again was answered a moment before or after it came in is nothing the client could know.
    """

    def __init__(
        self,
        socket: WebSocket,
        session_id: str,
        house: House,
        access: Access,
        frames: SocketFrames,
        pace: Pace,
        reader: Reader,
    ) -> None:
        self._socket = socket
        self._session_id = session_id
        self._house = house
        self._access = access
        self._frames = frames
        self._pace = pace
        self._reader = reader
        self._told = reader.position
        self._resumed_from: int | None = None
        self._first_word = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._saying: set[asyncio.Task[None]] = set()

    async def until_it_ends(self) -> None:
        self._sender = asyncio.create_task(self._send_events(self._reader))
        checker = asyncio.create_task(self._recheck())
        try:
            while True:
                received = await self._socket.receive()
                if received["type"] == "websocket.disconnect":
                    return
                self._pace.check()
                raw = received.get("bytes") or (received.get("text") or "").encode("utf-8", "surrogatepass")
                await self._send_all(await self._receive(raw))
                self._first_word.set()
        except TooMany as problem:
            await self._close_for(problem)
        except (WebSocketDisconnect, RuntimeError):
            return  # the reader is gone; the turn goes on without it
        finally:
            for task in (self._sender, checker):
                await _stopped(task)

    async def _receive(self, raw: bytes) -> Iterable[str]:
        """Act on what the client sent; the frames for this client alone."""
        try:
            sent = parse_body(raw, SocketMessage)
            if sent.type == "cancel":
                await self._house.runner.cancel(self._session_id)
                return []
            if sent.type == "resume" and self._frames.numbered:
                await self._resume(sent.last_event_id)
                return []
            if sent.type != "message":
                raise Problem(422, "invalid_input", "Invalid input in: type.")
            if sent.message is None:
                raise Problem(422, "invalid_input", "Please send a message.")
            told = self._told if self._resumed_from is None else self._resumed_from
            submission = Submission(sent.message, "websocket", sent.message_id, when_busy=sent.when_busy)
            turn = await self._house.submit(self._session_id, submission, self._access)
            if turn.task is not None:
                self._resumed_from = None
            turn.answer.add_done_callback(lambda _: self._say_if_untold(turn))
            return await self._answer_again(turn, told)
        except Problem as problem:
            return [self._error(problem)]
        except MessageIdReused:
            return [self._error(Problem(409, "message_id_reused", ID_REUSED))]
        except SessionBusy:
            return [self._error(Problem(409, "session_busy", BUSY))]
        except UnknownSession:
            return [self._error(UNKNOWN)]
        except StorageUnavailable:
            return [self._error(STORAGE_AWAY)]
        except Damaged:
            log.error("storage.damaged")
            return [self._error(DAMAGED)]

    async def _resume(self, last_event_id: int | None) -> None:
        """Tell everything above that id, then go on. Raises Problem; then what was being told goes on."""
        if last_event_id is None:
            raise Problem(422, "invalid_input", "Invalid input in: last_event_id. It is missing.")
        reader = await self._reader.standing_at(last_event_id)
        assert self._sender is not None  # noqa: S101  for types
        await _stopped(self._sender)
        self._reader, self._told, self._resumed_from = reader, last_event_id, last_event_id
        self._first_word.set()
        self._sender = asyncio.create_task(self._send_events(reader))

    def _say_if_untold(self, turn: Turn) -> None:
        if problem := untold(turn):
            saying = asyncio.create_task(self.send_one(self._error(problem)))
            self._saying.add(saying)
            saying.add_done_callback(self._saying.discard)

    async def _answer_again(self, turn: Turn, told: int) -> Iterable[str]:
        """The frames of a turn that was over before, unless they were not `told` when it was asked for: then they come,
        or have just come."""
        answer = turn.row.reply
        if turn.task is not None or answer is None or answer.get("event_id", 0) > told:
            return []
        events = await self._house.hub.records.of_turn(self._session_id, turn.row.turn_id)
        if not events:
            return self._frames.answer(answer)
        return [frame for event in events if (frame := self._frames.event(event)) is not None]

    async def _send_events(self, reader: Reader) -> None:
        if self._frames.numbered:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._first_word.wait(), FIRST_WORD_SECONDS)
        try:
            async for events in reader.batches():
                for event in events:
                    if (frame := self._frames.event(event)) is not None:
                        await self._socket.send_text(frame)
                    self._told = event.id
        except Leaving:
            await self._close_for(DRAINING, SERVICE_RESTART)
        except (ReaderTooSlow, EventsGone):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await self._socket.close(TRY_AGAIN_LATER)
        except UnknownSession:
            await self._close_for(UNKNOWN)
        except StorageUnavailable:
            await self._close_for(STORAGE_AWAY, TRY_AGAIN_LATER)
        except Damaged:
            await self._close_for(DAMAGED)
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _recheck(self) -> None:
        """Close the socket once its credential is dead, revoked, or its session erased; the client is told first."""
        await self._close_for(await refusal(self._socket, self._house.gate.recheck_seconds))

    async def _close_for(self, problem: Problem, code: int = POLICY_VIOLATION) -> None:
        await self.send_one(self._error(problem))
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._socket.close(code)

    async def send_one(self, frame: str) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._send_all([frame])

    def _error(self, problem: Problem) -> str:
        return self._frames.error(problem, self._told)

    async def _send_all(self, frames: Iterable[str]) -> None:
        # A reader that takes nothing is left by server/edge/ws_protocol.py, which ends the waiting here.
        for frame in frames:
            await self._socket.send_text(frame)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
