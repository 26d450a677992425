"""The turn runner: the only caller of the graph.

A turn is one transaction. The message is journaled, then run in a task of its own under the session's lane, then the
checkpoint, the transcript and the journal's answer are written, and only then `end` is said. Clients come and go and
never touch it. A turn that broke is run again from the checkpoint it started from; effects return what they did.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from time import perf_counter
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage

from agents.services import Services
from graph.assistants import Assistant
from server.events import KEPT_EVENTS, EventLog
from server.faults import fault
from server.graph_run import GraphRun
from server.lanes import APOLOGY, Lane, Lanes, Submission, Turn, TurnFailed
from server.moments import now_in_milliseconds
from server.observing.observer import Observer, TurnWatch
from server.store.acts import TurnActs, gather
from server.store.checkpoints import PRUNE_EVERY, Checkpoints
from server.store.sessions import SessionRow, UnknownSession
from server.store.turns import Finished, Overtaken, TurnRow, Turns

log = logging.getLogger("esoteric.turns")


class TurnRunner:
    """Runs the turns of one assistant."""

    def __init__(
        self,
        assistant: Assistant,
        services: Services,
        turns: Turns,
        checkpoints: Checkpoints,
        observer: Observer | None = None,
    ) -> None:
        self._assistant = assistant
        self._observer = observer or Observer()
        self._run_graph = GraphRun(assistant, services, checkpoints)
        self._audit = services.audit
        self._turns = turns
        self._checkpoints = checkpoints
        self.lanes = Lanes()
        self._live: dict[tuple[str, str], Turn] = {}
        self._erasing: set[str] = set()
        self.answered = 0
        self.busy_seconds = 0.0

    @property
    def under_way(self) -> int:
        """Turns accepted and not over, those that wait for their lane too."""
        return len(self._live)

    async def submit(
        self, session_id: str, submission: Submission, permits: Callable[[SessionRow], bool] | None = None
    ) -> Turn:
        """Accept a message and start its turn; the same message id again gives the same turn.

        `permits` is asked whether the caller may use the session.

        Raises UnknownSession, MessageIdReused.
        """
        came = perf_counter()
        row = TurnRow(
            turn_id=str(uuid4()),
            session_id=session_id,
            message_id=submission.message_id or str(uuid4()),
            request_hash=submission.digest(),
            channel=submission.channel,
            status="accepted",
            body={"text": submission.text, "upload": submission.upload, "act": submission.act},
            reply=None,
        )
        with self.lanes.holding(session_id):
            accepted, session = await self._turns.accept(row, now_in_milliseconds(), permits)
            if session_id in self._erasing:
                raise UnknownSession(session_id)  # what was just written down goes with the session
            if live := self._live.get((session_id, accepted.message_id)):
                return live
            if accepted.reply is not None:
                return self._already_done(accepted, session)
            return self._start(accepted, session, came)

    async def resume_unfinished(self) -> int:
        """Run what a crash left unfinished, in the order it was accepted; the number of turns."""
        left = await self._turns.unfinished()
        for row, session in left:
            self._start(row, session, perf_counter(), again=True)
        return len(left)

    @contextlib.contextmanager
    def following(self, session: SessionRow) -> Iterator[EventLog]:
        """The session's event log, kept alive while it is followed. The session must have been read while held."""
        with self.lanes.holding(session.session_id) as lane:
            lane.load(session)
            yield lane.log

    async def cancel(self, session_id: str) -> bool:
        """Stop the turn that runs in the session; false when none does. What was done elsewhere is not stopped."""
        lane = self.lanes.find(session_id)
        turn = lane.running if lane else None
        if lane is None or turn is None or turn.task is None or (turn.row.body or {}).get("act"):
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
            yield
        finally:
            self._erasing.discard(session_id)

    async def drain(self, seconds: float) -> None:
        """Let running turns finish, for so long; what is left then is run again after the next start."""
        tasks = [turn.task for turn in self._live.values() if turn.task]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def _already_done(self, row: TurnRow, session: SessionRow) -> Turn:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        answer.set_result(row.reply or {})
        with self.lanes.holding(row.session_id) as lane:
            lane.load(session)
            return Turn(row, lane.log, lane.log.last_id, answer)

    def _start(self, row: TurnRow, session: SessionRow, came: float, *, again: bool = False) -> Turn:
        lane = self.lanes.enter(row.session_id)
        # The ids of a broken turn's events were seen and not kept: its second run goes on above them.
        lane.load(session, skipped=KEPT_EVENTS if again else 0)
        turn = Turn(row, lane.log, lane.log.last_id, asyncio.get_running_loop().create_future())
        turn.answer.add_done_callback(lambda done: done.exception())  # nobody may be waiting
        self._live[row.session_id, row.message_id] = turn
        watch = self._observer.turn(row.turn_id, row.session_id, row.channel, came)
        turn.task = asyncio.create_task(self._run(turn, lane, watch, again=again), name=f"turn-{row.turn_id}")
        return turn

    async def _run(self, turn: Turn, lane: Lane, watch: TurnWatch, *, again: bool) -> None:
        row, started = turn.row, asyncio.get_running_loop().time()
        acts = gather(row.turn_id)
        turn.unheard = lane.turn.locked()
        try:
            async with lane.turn:
                watch.running()
                if again:
                    await self._audit.record("turn.resumed", row.session_id, {"turn_id": row.turn_id})
                await self._to_its_end(turn, lane, watch, acts, again=again)
        finally:
            watch.ended(_outcome(turn))
            if not turn.answer.done():  # the process ends: the journal says accepted, but nobody may be left waiting
                _apologise(turn)
            self._live.pop((row.session_id, row.message_id), None)
            self.lanes.leave(row.session_id, lane)
            self.answered += 1
            self.busy_seconds += asyncio.get_running_loop().time() - started

    async def _to_its_end(self, turn: Turn, lane: Lane, watch: TurnWatch, acts: TurnActs, *, again: bool) -> None:
        try:
            try:
                await self._answer(turn, lane, watch, acts, again=again)
            except asyncio.CancelledError:
                if not turn.cancelled:
                    raise
                acts.start_over()
                await self._end_cancelled(turn, lane)
        except Exception as error:  # noqa: BLE001  whatever broke, a turn comes to its end
            log.error("turn.broke", extra=fault(error))
            if not turn.answer.done():  # else what broke came after it
                acts.start_over()
                await self._end_failed(turn)

    async def _answer(self, turn: Turn, lane: Lane, watch: TurnWatch, acts: TurnActs, *, again: bool) -> None:
        row, events = turn.row, turn.log
        if again:
            events.append(row.turn_id, "reset", "", message_id=row.message_id)
        if lane.checkpoint_id is None:
            lane.move_to(await self._turns.session(row.session_id))
        started_from = lane.checkpoint_id
        lane.running = turn
        watch.graph_started()
        try:
            state, checkpoint = await self._run_graph(turn, watch, started_from)
        finally:
            lane.running = None
            watch.graph_ended()
        heard, reply = _exchange(state["messages"], row.turn_id)
        view = self._assistant.view(state)
        answer = {"message": reply, "message_id": row.message_id, **view}
        end = events.last_id + 1
        finished = Finished(
            status="done",
            reply=answer | {"event_id": end},
            said=[("user", heard), ("assistant", reply)] if heard else [("assistant", reply)],
            view=view,
            decision=self._assistant.decision(state),
            started_from=started_from,
            checkpoint=checkpoint,
            last_event_id=end,
            finished_at=now_in_milliseconds(),
            review=self._assistant.review(state),
            was_under_review=lane.view.get("loan_application", {}).get("status") == "under_review",
        )
        try:
            await self._turns.finish(row, finished)
        except Overtaken as overtaken:
            lane.move_to(overtaken.session)
            acts.start_over()
            await self._answer(turn, lane, watch, acts, again=True)
            return
        self._checkpoints.remember(checkpoint)
        lane.checkpoint_id, lane.view = checkpoint.checkpoint_id, view
        events.append(row.turn_id, "end", reply, message_id=row.message_id, **view)
        turn.answer.set_result(answer)
        lane.turns += 1
        if lane.turns % PRUNE_EVERY == 0:
            await self._checkpoints.prune(row.session_id)

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
            checkpoint=None,
            last_event_id=turn.log.last_id + 1,
            finished_at=now_in_milliseconds(),
        )
        await self._turns.finish(turn.row, finished)


def _exchange(messages: list[Any], turn_id: str) -> tuple[str, str]:
    """What the customer said, as it may be kept, and what was answered."""
    heard = next(message.text for message in reversed(messages) if message.id == turn_id)
    reply = next(message.text for message in reversed(messages) if isinstance(message, AIMessage))
    return heard, reply


def _outcome(turn: Turn) -> str:
    """How the turn ended; `left` when the process ends first."""
    if not turn.answer.done():
        return "left"
    if turn.answer.exception() is not None:
        return "failed"
    return "cancelled" if turn.answer.result().get("cancelled") else "done"


def _apologise(turn: Turn) -> None:
    turn.log.append(turn.row.turn_id, "error", APOLOGY, code="turn_failed", final=True)
    turn.answer.set_exception(TurnFailed())
