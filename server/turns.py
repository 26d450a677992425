"""The turn runner: the only caller of the graph.

A turn is one transaction. The message is journaled, then run in a task of its own under the session's lane, then the
checkpoint, the transcript and the journal's answer are written, and only then `end` is said. Clients come and go and
never touch it. A turn that broke is run again from the checkpoint it started from; effects return what they did.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from agents.context import Context
from agents.services import Services
from graph.assistants import Assistant
from server.events import KEPT_EVENTS, EventLog
from server.faults import trace_of
from server.store.checkpoints import PRUNE_EVERY, Checkpoints
from server.store.sessions import SessionRow, UnknownSession
from server.store.turns import Finished, Overtaken, TurnRow, Turns

log = logging.getLogger("esoteric.turns")

APOLOGY = "Something went wrong on our side. Nothing you told us is lost; please send your message again."


@dataclass(frozen=True, slots=True)
class Submission:
    """A message as it came in: text, or an uploaded document that was read."""

    text: str
    channel: str
    message_id: str | None = None
    upload: dict[str, Any] | None = None

    def digest(self) -> str:
        content = json.dumps([self.text, self.upload and self.upload["document_id"]])
        return hashlib.sha256(content.encode()).hexdigest()


class TurnFailed(Exception):
    """The turn could not be finished; it may be sent again."""


@dataclass(slots=True)
class Turn:
    """A turn under way or done. `answer` is what a client is told: message, view, message id, cancelled or not."""

    row: TurnRow
    log: EventLog
    starts_after: int
    answer: asyncio.Future[dict[str, Any]]
    task: asyncio.Task[None] | None = None
    cancelled: bool = False  # by the customer, not by a process that ends


@dataclass(slots=True)
class Lane:
    """One session's road: its turns one at a time and in order, its event log, where its next turn starts.

    It is held from before the session is read: a session read while a turn ran would start the next one too early.
    `running` is the turn that a cancel would stop: the one in the graph, none while a turn is written down.
    """

    log: EventLog = field(default_factory=lambda: EventLog(0))
    checkpoint_id: str | None = None
    view: dict[str, Any] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    turns: int = 0
    running: Turn | None = None
    loaded: bool = False

    def load(self, session: SessionRow, *, skipped: int = 0) -> None:
        """Start where the session stands, once; what the lane knows from its own turns is newer than any row."""
        if not self.loaded:
            self.move_to(session)
            self.log.last_id += skipped

    def move_to(self, session: SessionRow) -> None:
        """Go on from what another process made of the session."""
        self.loaded = True
        self.log.last_id = max(self.log.last_id, session.last_event_id)
        self.checkpoint_id, self.view = session.checkpoint_id, session.view
        self.turns = session.message_count // 2


class TurnRunner:
    """Runs the turns of one assistant."""

    def __init__(self, assistant: Assistant, services: Services, turns: Turns, checkpoints: Checkpoints) -> None:
        self._assistant = assistant
        self._graph = assistant.builder().compile(name=assistant.name)
        self._services = services
        self._turns = turns
        self._checkpoints = checkpoints
        self._lanes: dict[str, Lane] = {}
        self._live: dict[tuple[str, str], Turn] = {}
        self._erasing: set[str] = set()
        self.answered = 0
        self.busy_seconds = 0.0

    async def submit(self, session_id: str, submission: Submission) -> Turn:
        """Accept a message and start its turn; the same message id again gives the same turn.

        Raises UnknownSession, MessageIdReused.
        """
        row = TurnRow(
            turn_id=str(uuid4()),
            session_id=session_id,
            message_id=submission.message_id or str(uuid4()),
            request_hash=submission.digest(),
            channel=submission.channel,
            status="accepted",
            body={"text": submission.text, "upload": submission.upload},
            reply=None,
        )
        with self.holding(session_id):
            accepted, session = await self._turns.accept(row, _now())
            if session_id in self._erasing:
                raise UnknownSession(session_id)  # what was just written down goes with the session
            if live := self._live.get((session_id, accepted.message_id)):
                return live
            if accepted.reply is not None:
                return self._already_done(accepted, session)
            return self._start(accepted, session)

    async def resume_unfinished(self) -> int:
        """Run what a crash left unfinished, in the order it was accepted; the number of turns."""
        left = await self._turns.unfinished()
        for row, session in left:
            self._start(row, session, again=True)
        return len(left)

    @contextlib.contextmanager
    def following(self, session: SessionRow) -> Iterator[EventLog]:
        """The session's event log, kept alive while it is followed. The session must have been read while held."""
        with self.holding(session.session_id) as lane:
            lane.load(session)
            yield lane.log

    @contextlib.contextmanager
    def holding(self, session_id: str) -> Iterator[Lane]:
        """Keep the session's lane from before the session is read until what was read has been used."""
        lane = self._enter(session_id)
        try:
            yield lane
        finally:
            self._leave(session_id, lane)

    async def cancel(self, session_id: str) -> bool:
        """Stop the turn that runs in the session; false when none does."""
        lane = self._lanes.get(session_id)
        turn = lane.running if lane else None
        if lane is None or turn is None or turn.task is None:
            return False
        lane.running, turn.cancelled = None, True  # a second cancel would strike the turn as it ends
        turn.task.cancel()
        return True

    @contextlib.asynccontextmanager
    async def erasing(self, session_id: str) -> AsyncIterator[None]:
        """Wait for the session's turns and delete its checkpoints. No new turn is accepted until the rest is erased."""
        self._erasing.add(session_id)
        try:
            while turns := [turn.task for (owner, _), turn in self._live.items() if owner == session_id and turn.task]:
                await asyncio.wait(turns)
            await self._checkpoints.delete(session_id)
            await self._checkpoints.scrub()
            yield
        finally:
            self._erasing.discard(session_id)

    async def drain(self, seconds: float) -> None:
        """Let running turns finish, for so long; what is left then is run again after the next start."""
        tasks = [turn.task for turn in self._live.values() if turn.task]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _enter(self, session_id: str) -> Lane:
        lane = self._lanes.setdefault(session_id, Lane())
        lane.users += 1
        return lane

    def _leave(self, session_id: str, lane: Lane) -> None:
        lane.users -= 1
        if lane.users == 0:
            del self._lanes[session_id]

    def _already_done(self, row: TurnRow, session: SessionRow) -> Turn:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        answer.set_result(row.reply or {})
        lane = self._lanes[row.session_id]
        lane.load(session)
        return Turn(row, lane.log, lane.log.last_id, answer)

    def _start(self, row: TurnRow, session: SessionRow, *, again: bool = False) -> Turn:
        lane = self._enter(row.session_id)
        # The ids of a broken turn's events were seen and not kept: its second run goes on above them.
        lane.load(session, skipped=KEPT_EVENTS if again else 0)
        turn = Turn(row, lane.log, lane.log.last_id, asyncio.get_running_loop().create_future())
        turn.answer.add_done_callback(lambda done: done.exception())  # nobody may be waiting
        self._live[row.session_id, row.message_id] = turn
        turn.task = asyncio.create_task(self._run(turn, lane, again=again), name=f"turn-{row.turn_id}")
        return turn

    async def _run(self, turn: Turn, lane: Lane, *, again: bool) -> None:
        row, started = turn.row, asyncio.get_running_loop().time()
        try:
            async with lane.turn:
                await self._to_its_end(turn, lane, again=again)
        finally:
            if not turn.answer.done():  # the process ends: the journal says accepted, but nobody may be left waiting
                _apologise(turn)
            self._live.pop((row.session_id, row.message_id), None)
            self._leave(row.session_id, lane)
            self.answered += 1
            self.busy_seconds += asyncio.get_running_loop().time() - started

    async def _to_its_end(self, turn: Turn, lane: Lane, *, again: bool) -> None:
        try:
            try:
                await self._answer(turn, lane, again=again)
            except asyncio.CancelledError:
                if not turn.cancelled:
                    raise
                await self._end_cancelled(turn, lane)
        except Exception as error:  # noqa: BLE001  whatever broke, a turn comes to its end
            log.error("turn %s broke: %s", turn.row.turn_id, trace_of(error))
            if not turn.answer.done():  # else what broke came after it
                await self._end_failed(turn)

    async def _answer(self, turn: Turn, lane: Lane, *, again: bool) -> None:
        row, events = turn.row, turn.log
        if again:
            events.append(row.turn_id, "reset", "", message_id=row.message_id)
        if lane.checkpoint_id is None:
            lane.move_to(await self._turns.session(row.session_id))
        started_from = lane.checkpoint_id
        if started_from is None:  # a first turn that broke may have left a state nobody should start from
            await self._checkpoints.delete(row.session_id)
        lane.running = turn
        try:
            state, checkpoint_id = await self._stream(turn, started_from)
        finally:
            lane.running = None
        heard, reply = _exchange(state["messages"], row.turn_id)
        view = self._assistant.view(state)
        answer = {"message": reply, "message_id": row.message_id, **view}
        end = events.last_id + 1
        finished = Finished(
            status="done",
            reply=answer | {"event_id": end},
            said=[("user", heard), ("assistant", reply)],
            view=view,
            decision=self._assistant.decision(state),
            started_from=started_from,
            checkpoint_id=checkpoint_id,
            last_event_id=end,
            finished_at=_now(),
        )
        try:
            await self._turns.finish(row, finished)
        except Overtaken as overtaken:
            lane.move_to(overtaken.session)
            await self._answer(turn, lane, again=True)
            return
        lane.checkpoint_id, lane.view = checkpoint_id, view
        events.append(row.turn_id, "end", reply, message_id=row.message_id, **view)
        turn.answer.set_result(answer)
        lane.turns += 1
        if lane.turns % PRUNE_EVERY == 0:
            await self._checkpoints.prune(row.session_id)

    async def _stream(self, turn: Turn, checkpoint_id: str | None) -> tuple[dict[str, Any], str]:
        """Run the graph once; what its nodes do and say becomes events. The final state and its checkpoint."""
        row, events = turn.row, turn.log
        body = row.body or {}
        message = HumanMessage(body["text"], id=row.turn_id, additional_kwargs=_with(upload=body["upload"]))
        config: RunnableConfig = {
            "run_name": f"{self._assistant.name} turn",
            "configurable": {"thread_id": row.session_id, **_with(checkpoint_id=checkpoint_id)},
            "metadata": {"session_id": row.session_id, "channel": row.channel},
        }
        state: dict[str, Any] = {}
        saver = self._checkpoints.saver()
        graph = copy(self._graph)
        graph.checkpointer = saver
        stream = graph.astream(
            {"messages": [message]},
            config,
            context=Context.of(self._services, session_id=row.session_id, channel=row.channel),
            stream_mode=["custom", "tasks", "values"],
            durability="exit",
            version="v2",
        )
        attempt = 1
        async with contextlib.aclosing(cast(AsyncGenerator[Any], stream)) as parts:
            async for part in parts:
                match part["type"]:
                    case "values":
                        state = part["data"]
                    case "tasks":
                        self._node_event(turn, part["data"])
                    case "custom" if "chunk" in part["data"]:
                        events.append(row.turn_id, "message", part["data"]["chunk"], attempt=attempt)
                    case "custom":
                        attempt += 1
                        events.append(row.turn_id, "reset", "", message_id=row.message_id)
        return state, saver.latest(row.session_id)

    def _node_event(self, turn: Turn, task: dict[str, Any]) -> None:
        name, append = task["name"], turn.log.append
        if "result" not in task:
            append(turn.row.turn_id, "node", name, status="started")
        elif task.get("error"):
            append(turn.row.turn_id, "node", name, status="failed")
        else:
            output = self._assistant.shown(task["result"])
            append(turn.row.turn_id, "node", name, status="finished", output=output)

    async def _end_cancelled(self, turn: Turn, lane: Lane) -> None:
        """The turn never happened, but for what was said: the state stays as it was before it."""
        answer = {"message": "", "message_id": turn.row.message_id, "cancelled": True, **lane.view}
        await self._close(turn, "cancelled", answer | {"event_id": turn.log.last_id + 1})
        turn.log.append(turn.row.turn_id, "end", "", message_id=turn.row.message_id, cancelled=True, **lane.view)
        turn.answer.set_result(answer)

    async def _end_failed(self, turn: Turn) -> None:
        # The store itself may be what failed; the journal then still says accepted.
        with contextlib.suppress(Exception):
            await self._close(turn, "failed", None)
        _apologise(turn)

    async def _close(self, turn: Turn, status: str, reply: dict[str, Any] | None) -> None:
        finished = Finished(
            status=status,
            reply=reply,
            said=[],
            view=None,
            decision=None,
            started_from=None,
            checkpoint_id=None,
            last_event_id=turn.log.last_id + 1,
            finished_at=_now(),
        )
        await self._turns.finish(turn.row, finished)


def _exchange(messages: list[Any], turn_id: str) -> tuple[str, str]:
    """What the customer said, as it may be kept, and what was answered."""
    heard = next(message.text for message in reversed(messages) if message.id == turn_id)
    reply = next(message.text for message in reversed(messages) if isinstance(message, AIMessage))
    return heard, reply


def _apologise(turn: Turn) -> None:
    turn.log.append(turn.row.turn_id, "error", APOLOGY, code="turn_failed", final=True)
    turn.answer.set_exception(TurnFailed())


def _with(**optional: Any) -> dict[str, Any]:
    return {name: value for name, value in optional.items() if value is not None}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
