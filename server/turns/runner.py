"""The turn runner: the only caller of the graph.

A turn is one transaction. The message is journaled, then run in a task of its own under its session's lease, then the
checkpoint, the transcript and the journal's answer are written and the lease is given back, and only then `end` is
said. Clients come and go and never touch it. A turn that broke is run again from the checkpoint it started from, by
this process or another; effects return what they did.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import uuid4

from server.faults import fault
from server.moments import now_in_milliseconds
from server.observing.observer import Observer, TurnWatch
from server.store.acts import gather
from server.store.checkpoints import PRUNE_EVERY, Checkpoints
from server.store.database import StorageUnavailable
from server.store.fence import Fenced
from server.store.leases import Lease
from server.store.sessions import SessionRow, UnknownSession
from server.store.turn_rows import TurnRow
from server.store.turns import Turns
from server.store.vault import Damaged
from server.turns.attempt import Attempts, fail
from server.turns.graph_run import Hosted
from server.turns.keeper import TurnKeeper
from server.turns.lanes import Lane, Lanes, Submission, Turn, TurnFailed, TurnLeft
from tools.audit import AuditTrail

log = logging.getLogger("esoteric.turns")

POLL_SECONDS = 0.1  # between two looks whether a turn may run
KEEPER_SECONDS = 1.0  # between two looks whether an earlier one was left
PATIENCE_SECONDS = 5.0  # whoever waits for an answer is told to ask again, when nothing can be written down for so long
LAST_SECONDS = 2.0  # for turns that are stopped, to stop


class TurnRunner:
    """Runs the turns of every hosted assistant."""

    def __init__(
        self,
        hosted: Sequence[Hosted],
        audit: AuditTrail,
        turns: Turns,
        checkpoints: Checkpoints,
        observer: Observer | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        self._observer = observer or Observer()
        self.hosted = {one.assistant.name: one for one in hosted}
        self._attempts = Attempts(hosted, audit, turns, checkpoints)
        self._turns = turns
        self._leases = turns.leases
        self._checkpoints = checkpoints
        self.lanes = lanes or Lanes()
        self._live: dict[tuple[str, str], Turn] = {}
        self.keeper = TurnKeeper(turns.leases, self._live, self._resume, self._strike)
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

        Raises UnknownSession, MessageIdReused, SessionBusy.
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
        with self.lanes.holding(session_id) as lane:
            accepted, session, lease = await self._turns.accept(
                row, now_in_milliseconds(), permits, when_busy=submission.when_busy
            )
            if session_id in self._erasing:
                raise UnknownSession(session_id)  # what was just written down goes with the session
            if live := self._live.get((session_id, accepted.message_id)):
                return live
            lane.load(session)
            if accepted.reply is not None:
                return self._already_done(accepted, lane)
            return self._start(accepted, came, lease)

    async def resume_unfinished(self) -> int:
        """At the start: run what was left unfinished, in the order it was accepted; the number of turns."""
        return await self.keeper.start()

    async def cancel(self, session_id: str) -> bool:
        """Stop the turn that runs in the session; false when none does. What was done elsewhere is not stopped."""
        lane = self.lanes.find(session_id)
        if lane is not None and lane.running is not None:
            return self._strike(lane.running)
        if self.keeper.is_shared:
            return await self._leases.ask_cancel(session_id)
        return lane is not None and lane.cancel_next()

    @contextlib.asynccontextmanager
    async def erasing(self, session_id: str) -> AsyncIterator[None]:
        """Wait for the session's turns, and take it from other replicas. No new turn is accepted until it is erased.

        Raises StorageUnavailable where a turn cannot come to its end for now.
        """
        self._erasing.add(session_id)
        try:
            while turns := [turn for (owner, _), turn in self._live.items() if owner == session_id and turn.task]:
                if any(_is_put_off(turn) for turn in turns):
                    raise StorageUnavailable("a turn waits for it")
                await asyncio.wait([turn.task for turn in turns if turn.task], timeout=KEEPER_SECONDS)
            await self._leases.seize(session_id)
            yield
        finally:
            self._erasing.discard(session_id)

    async def forget(self, session_id: str) -> None:
        """Delete the checkpoints of a session that is being erased."""
        await self._checkpoints.delete(session_id)

    async def drain(self, seconds: float) -> None:
        """Let running turns finish, for so long. What is left then is stopped and given back: another replica goes on
        with it at once, or this one after its next start."""
        tasks = [turn.task for turn in self._live.values() if turn.task]
        if not tasks:
            return
        _, left = await asyncio.wait(tasks, timeout=seconds)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST_SECONDS)
            with contextlib.suppress(StorageUnavailable):  # then they run out by themselves
                await self._leases.give_back()

    def _already_done(self, row: TurnRow, lane: Lane) -> Turn:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        answer.set_result(row.reply or {})
        return Turn(row, lane.log, lane.log.last_id, answer)

    def _resume(self, row: TurnRow, last_event_id: int) -> None:
        """Go on with what was left."""
        with self.lanes.holding(row.session_id) as lane:
            lane.log.skip_to(last_event_id)
            self._start(row, perf_counter(), None)

    def _start(self, row: TurnRow, came: float, lease: Lease | None) -> Turn:
        lane = self.lanes.enter(row.session_id)
        turn = Turn(row, lane.log, lane.log.last_id, asyncio.get_running_loop().create_future())
        turn.answer.add_done_callback(_heard)  # nobody may be waiting
        self._live[row.session_id, row.message_id] = turn
        lane.queue(turn)
        watch = self._observer.turn(row.turn_id, row.session_id, row.channel, came)
        turn.task = asyncio.create_task(self._run(turn, lane, watch, lease), name=f"turn-{row.turn_id}")
        return turn

    async def _run(self, turn: Turn, lane: Lane, watch: TurnWatch, lease: Lease | None) -> None:
        started = asyncio.get_running_loop().time()
        try:
            await self._to_its_end(turn, lane, watch, lease)
        except (UnknownSession, Damaged) as error:  # erased meanwhile, or not to be read
            fail(turn, type(error)())
        except Exception as error:  # noqa: BLE001  whatever broke, whoever waits is told
            log.error("turn.broke", extra=fault(error))
            fail(turn, TurnFailed())
        finally:
            watch.ended(_outcome(turn))
            fail(turn, TurnLeft())  # the process ends: the journal says accepted, but nobody may be left waiting
            self._live.pop((turn.row.session_id, turn.row.message_id), None)
            lane.part(turn)
            self.lanes.leave(turn.row.session_id, lane)
            self.answered += 1
            self.busy_seconds += asyncio.get_running_loop().time() - started

    async def _to_its_end(self, turn: Turn, lane: Lane, watch: TurnWatch, lease: Lease | None) -> None:
        acts = gather(turn.row.turn_id)
        while True:
            lease = await self._leased(turn, lane, lease)
            if lease is None:
                return
            watch.running()
            try:
                await self._attempts(turn, lane, watch, acts, lease)
            except Fenced:
                turn.lost = False
            except StorageUnavailable:
                self._ask_again_later(turn)
                await asyncio.sleep(KEEPER_SECONDS)
            else:
                break
            lease = None
            acts.start_over()
        lane.part(turn)
        if turn.over and (lease.session.message_count // 2 + 1) % PRUNE_EVERY == 0:
            await self._tidy_up(turn.row.session_id)

    async def _tidy_up(self, session_id: str) -> None:
        try:
            await self._checkpoints.prune(session_id)
            await self._turns.drop_older_events(session_id)
        except Exception as error:  # noqa: BLE001  the turn is over, and was told; ten turns later is soon enough
            log.error("session.not_pruned", extra=fault(error))

    async def _leased(self, turn: Turn, lane: Lane, lease: Lease | None) -> Lease | None:
        """The lease to run the turn by; None when it is over, by another replica's doing. Raises UnknownSession."""
        await lane.in_front(turn)
        loop = asyncio.get_running_loop()
        looked, since = 0.0, loop.time()
        while lease is None:
            try:
                found = await self._leases.take(turn.row)
                if isinstance(found, Lease):
                    lease = found
                    break
                turn.row = found
                if found.status != "accepted":
                    _tell_from_the_journal(turn)
                    return None
                if loop.time() - looked > KEEPER_SECONDS:
                    looked = loop.time()
                    await self.keeper.look_after(turn.row.session_id)
            except StorageUnavailable:
                if loop.time() - since > PATIENCE_SECONDS:
                    self._ask_again_later(turn)
            await asyncio.sleep(POLL_SECONDS)
            await lane.in_front(turn)
        turn.row = replace(turn.row, attempts=lease.attempt)
        return lease

    def _ask_again_later(self, turn: Turn) -> None:
        """Nothing can be written down now. The turn goes on once it can; whoever waits for it need not wait as long."""
        fail(turn, TurnLeft())

    def _strike(self, turn: Turn, *, lost: bool = False) -> bool:
        """Stop the turn that runs: its customer cancels it, or another replica has taken it."""
        lane = self.lanes.find(turn.row.session_id)
        if lane is None or lane.running is not turn or turn.task is None:
            return False
        if not lost and (turn.row.body or {}).get("act"):
            return False
        lane.running = None  # a second cancel would strike the turn as it ends
        turn.lost, turn.cancelled = lost, not lost
        turn.task.cancel()
        return True


def _heard(answer: asyncio.Future[dict[str, Any]]) -> None:
    if not answer.cancelled():
        answer.exception()


def _tell_from_the_journal(turn: Turn) -> None:
    """Another replica ended it; what it said is on record."""
    turn.over = True
    if turn.row.last_event_id is not None:
        turn.log.skip_to(turn.row.last_event_id)
    if turn.row.reply is None:
        fail(turn, TurnFailed())
    elif not turn.answer.done():
        turn.answer.set_result(turn.row.reply)


def _is_put_off(turn: Turn) -> bool:
    """Whether who waits for its answer was told to ask again."""
    return turn.answer.done() and isinstance(turn.answer.exception(), TurnLeft)


def _outcome(turn: Turn) -> str:
    """How the turn ended; `left` when the process ends first."""
    if not turn.answer.done() or _is_put_off(turn):
        return "left"
    if turn.answer.exception() is not None:
        return "failed"
    return "cancelled" if turn.answer.result().get("cancelled") else "done"
