"""One attempt at a turn, under the lease that was taken for it: the graph runs, and what it leaves is written down."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage

from server.faults import fault
from server.moments import now_in_milliseconds
from server.observing.observer import TurnWatch
from server.store.acts import TurnActs
from server.store.checkpoints import Checkpoints, Written
from server.store.database import StorageUnavailable
from server.store.fence import Fenced, under_fence
from server.store.leases import Lease
from server.store.turns import Finished, Turns
from server.store.vault import Damaged
from server.streaming.events import KEPT_EVENTS, Event
from server.turns.graph_run import GraphRun, Hosted
from server.turns.lanes import APOLOGY, UNREADABLE, Lane, Turn, TurnFailed
from tools.audit import AuditTrail

log = logging.getLogger("esoteric.turns")

# A turn that was begun so often takes every process with it that tries; it is given up.
MOST_ATTEMPTS = 20
RETRY_SECONDS = 0.25


class Attempts:
    """Runs turns, each under its lease, by the graph of the assistant that the session is with."""

    def __init__(self, hosted: Sequence[Hosted], audit: AuditTrail, turns: Turns, checkpoints: Checkpoints) -> None:
        self._runs = {one.assistant.name: GraphRun(one, checkpoints) for one in hosted}
        self._audit = audit
        self._turns = turns
        self._checkpoints = checkpoints

    async def __call__(self, turn: Turn, lane: Lane, watch: TurnWatch, acts: TurnActs, lease: Lease) -> None:
        """Bring the turn to its end: its answer is set.

        Raises Fenced when another replica has taken it over, StorageUnavailable when nothing can be written down; then
        nothing of it happened, and the turn is not over.
        """
        _stand(turn, lease)
        turn.log.writing = True
        try:
            with under_fence(turn.row.session_id, lease.fence):
                await self._to_its_end(turn, lane, watch, acts, lease)
        finally:
            turn.log.writing = False

    async def _to_its_end(self, turn: Turn, lane: Lane, watch: TurnWatch, acts: TurnActs, lease: Lease) -> None:
        try:
            if turn.row.body is None:
                raise Damaged
            if turn.cancelled:
                raise asyncio.CancelledError  # it was, and could not be written down
            if lease.attempt > MOST_ATTEMPTS:
                log.error("turn.given_up", extra={"turn_id": turn.row.turn_id})
                await self._end_failed(turn, lease)
                return
            if lease.attempt > 1:
                await self._audit.record("turn.resumed", turn.row.session_id, {"turn_id": turn.row.turn_id})
                turn.log.append(turn.row.turn_id, "reset", "", message_id=turn.row.message_id)
            await self._answer(turn, lane, watch, lease)
        except asyncio.CancelledError:
            if turn.lost:
                raise Fenced from None
            if not turn.cancelled:
                raise
            acts.start_over()
            await self._end_cancelled(turn, lease)
        except (Fenced, StorageUnavailable):
            raise
        except Damaged:
            log.error("storage.damaged", extra={"turn_id": turn.row.turn_id})
            acts.start_over()
            await self._end_failed(turn, lease, Damaged(), UNREADABLE, "conversation_unreadable")
        except Exception as error:  # noqa: BLE001  whatever broke, a turn comes to its end
            log.error("turn.broke", extra=fault(error))
            if not turn.over:  # else what broke came after it
                acts.start_over()
                await self._end_failed(turn, lease)

    async def _answer(self, turn: Turn, lane: Lane, watch: TurnWatch, lease: Lease) -> None:
        row, events, session = turn.row, turn.log, lease.session
        run_graph = self._runs[session.assistant]
        assistant = run_graph.assistant
        lane.running = turn
        watch.graph_started()
        try:
            state, checkpoint = await run_graph(turn, watch, session.checkpoint_id)
        finally:
            lane.running = None
            watch.graph_ended()
        heard, reply = _exchange(state["messages"], row.turn_id)
        view = assistant.view(state)
        ids = {"message_id": row.message_id, "run_id": row.run_id}
        answer = {"message": reply, **ids, **view}
        end = events.last_id + 1
        finished = Finished(
            status="done",
            reply=answer | {"event_id": end},
            said=[("user", heard), ("assistant", reply)] if heard else [("assistant", reply)],
            view=view,
            decision=assistant.decision(state),
            fence=lease.fence,
            checkpoint=checkpoint,
            last_event_id=end,
            events=events.of_turn(row.turn_id),
            finished_at=now_in_milliseconds(),
            review=assistant.review(state),
            was_under_review=assistant.in_review(session.view),
        )
        await self._finish(turn, finished, checkpoint)
        events.append(row.turn_id, "end", reply, **ids, **view)
        _tell(turn, answer)

    async def _finish(self, turn: Turn, finished: Finished, checkpoint: Written | None = None) -> None:
        """Written down, if the database is back before the lease is anybody's."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._turns.leases.seconds
        while True:
            try:
                await self._turns.finish(turn.row, finished)
            except StorageUnavailable:
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            else:
                break
        turn.over = True
        if checkpoint is not None:
            self._checkpoints.remember(checkpoint)

    async def _end_cancelled(self, turn: Turn, lease: Lease) -> None:
        """The turn never happened, but for what was said: the state stays as it was before it."""
        view = lease.session.view
        told = {"message_id": turn.row.message_id, "run_id": turn.row.run_id, "cancelled": True, **view}
        answer = {"message": "", **told}
        await self._close(turn, lease, "cancelled", answer | {"event_id": turn.log.last_id + 1})
        turn.log.append(turn.row.turn_id, "end", "", **told)
        _tell(turn, answer)

    async def _end_failed(
        self, turn: Turn, lease: Lease, why: Exception | None = None, words: str = APOLOGY, code: str = "turn_failed"
    ) -> None:
        apology = Event(turn.log.last_id + 1, turn.row.turn_id, "error", words, {"code": code, "final": True})
        try:
            await self._close(turn, lease, "failed", None, apology)
        except (Fenced, StorageUnavailable):
            raise
        except Exception as error:  # noqa: BLE001  the journal still says accepted: it is run again, later
            log.error("turn.broke", extra=fault(error))
        turn.log.append(turn.row.turn_id, "error", words, **apology.more)
        fail(turn, why or TurnFailed())

    async def _close(self, turn: Turn, lease: Lease, status: str, reply: dict[str, Any] | None, *last: Event) -> None:
        finished = Finished(
            status=status,
            reply=reply,
            said=[],
            view=None,
            decision=None,
            fence=lease.fence,
            checkpoint=None,
            last_event_id=turn.log.last_id + 1,
            events=[*turn.log.of_turn(turn.row.turn_id), *last],
            finished_at=now_in_milliseconds(),
        )
        await self._finish(turn, finished)


def _stand(turn: Turn, lease: Lease) -> None:
    """Number this attempt's events above whatever readers may have seen of those before it."""
    turn.log.skip_to(lease.session.last_event_id)
    if lease.attempt - 1 > turn.attempts:  # some were begun elsewhere, or by a process that is gone
        above = lease.session.last_event_id + KEPT_EVENTS * (lease.attempt - 1)
        turn.log.last_id = max(turn.log.last_id, above)
    turn.attempts = lease.attempt


def fail(turn: Turn, error: Exception) -> None:
    if not turn.answer.done():
        turn.answer.set_exception(error)


def _tell(turn: Turn, answer: dict[str, Any]) -> None:
    if not turn.answer.done():  # whoever waited may have been told to ask again
        turn.answer.set_result(answer)


def _exchange(messages: list[Any], turn_id: str) -> tuple[str, str]:
    """What the customer said, as it may be kept, and what was answered."""
    heard = next(message.text for message in reversed(messages) if message.id == turn_id)
    reply = next(message.text for message in reversed(messages) if isinstance(message, AIMessage))
    return heard, reply
