"""The turn journal: a message is written down before anybody is told it was accepted, and answered once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, and_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.store.acts import ActsWriter, gathered
from server.store.cases import CausedBy, keep_case
from server.store.checkpoints import Written
from server.store.database import Database
from server.store.decisions import keep_decision
from server.store.event_records import drop_older, events_of, sealed_events
from server.store.fence import Fenced
from server.store.leases import Lease, Leases
from server.store.sessions import (
    SESSION_COLUMNS,
    SessionRow,
    UnknownSession,
    check_id,
    content_place,
    opened_session,
    sealed_view,
)
from server.store.tables import messages, session_keys, sessions, turns
from server.store.turn_rows import TURN_COLUMNS, TurnRow, opened_turn, sealed_turn
from server.streaming.events import Event
from tools.audit import Facts

WhenBusy = Literal["queue", "refuse"]


@dataclass(frozen=True, slots=True)
class Finished:
    """What a turn leaves behind, written in one transaction."""

    status: str
    reply: dict[str, Any] | None
    said: list[tuple[str, str]]  # role and content, in order
    view: dict[str, Any] | None
    decision: dict[str, Any] | None
    fence: int  # of the lease that the turn ran under
    checkpoint: Written | None  # what its graph left; None when it made none
    last_event_id: int
    finished_at: str
    events: Sequence[Event] = ()  # what was said; the end may be left out
    review: dict[str, Any] | None = None  # the case that waits for a person
    was_under_review: bool = False


class MessageIdReused(ValueError):
    """The same message id came with another message."""


class SessionBusy(Exception):
    """The session's earlier messages are not answered yet, and the client did not want to wait."""


class Accepted(NamedTuple):
    """A message on record; `lease` is there when its turn may run at once, by this process."""

    turn: TurnRow
    session: SessionRow
    lease: Lease | None


class Standing(NamedTuple):
    """How many turns of the session were accepted and are over, its fence, and whether its lease may be taken."""

    accepted_seq: int
    finished_seq: int
    fence: int
    is_free: bool


class Turns:
    """`leases` are those of this process."""

    def __init__(self, database: Database, acts: ActsWriter, leases: Leases | None = None) -> None:
        self.leases = leases or Leases(database)
        self._database = database
        self._acts = acts
        self._vault = database.vault
        self._look_up = _LOOK_UP.add_columns(self.leases.is_free)
        self._lease = _COUNT.values(
            owner=self.leases.owner, lease_until=self.leases.until, fence=bindparam("fence_number")
        )

    async def accept(
        self,
        turn: TurnRow,
        now: str,
        permits: Callable[[SessionRow], bool] | None = None,
        *,
        when_busy: WhenBusy = "queue",
    ) -> Accepted:
        """Journal a message. A message id seen before gives the turn it made, which the caller may wait for.

        A session that `permits` says no to is an unknown one. Raises UnknownSession, MessageIdReused, SessionBusy.
        """

        def work(connection: Connection) -> Accepted:
            session, known, standing = self._look(connection, turn.session_id, turn.message_id)
            key = self._vault.key(connection, turn.session_id)
            mark = key.mark("request", turn.request_hash)  # a plain hash of a PAN could be guessed
            if permits is not None and not permits(session):
                raise UnknownSession
            if known is not None:
                if known.request_hash != mark:
                    raise MessageIdReused
                if known.status in _OVER or (known.status == "accepted" and known.seq > standing.finished_seq):
                    return Accepted(known, session, None)
            unheard = standing.accepted_seq > standing.finished_seq
            if unheard and when_busy == "refuse":
                raise SessionBusy
            starts = standing.is_free and not unheard
            seq = standing.accepted_seq + 1
            if known is None:
                row = replace(turn, seq=seq, unheard=unheard, attempts=int(starts))
                values = {name: getattr(row, name) for name in TurnRow.__dataclass_fields__}
                sealed = {"request_hash": mark, **sealed_turn(key, turn.turn_id, turn.body, None)}
                connection.execute(_ACCEPT, {**values, **sealed, "accepted_at": now})
            else:  # it failed, and is tried again in a new place
                row = replace(known, status="accepted", seq=seq, unheard=unheard, attempts=int(starts))
                again = {
                    "this_turn": row.turn_id,
                    "status": row.status,
                    "attempts": row.attempts,
                    "cancel_asked": False,
                }
                if row.body is None:  # it could not be read; the client has it
                    row = replace(row, body=turn.body)
                    again |= sealed_turn(key, row.turn_id, row.body, None)
                connection.execute(_CLOSE, again | {"seq": seq, "unheard": unheard})
            counted = {"this_session": turn.session_id, "accepted_seq": row.seq}
            if not starts:
                connection.execute(_COUNT, counted)
                return Accepted(row, session, None)
            fence = standing.fence + 1
            connection.execute(self._lease, counted | {"fence_number": fence})
            return Accepted(row, session, Lease(session, fence, row.attempts))

        try:
            return await self._database.run(work)
        except IntegrityError:  # another process accepted the same id between the look and the insert
            return await self._database.run(work)

    async def finish(self, turn: TurnRow, finished: Finished) -> None:
        """Give the lease back, with all that the turn leaves. Raises Fenced when it is no longer held."""

        def work(connection: Connection) -> None:
            key = self._vault.key(connection, turn.session_id)
            changed = {
                "this_session": turn.session_id,
                "fence_number": finished.fence,
                "this_owner": self.leases.owner,
                "finished_seq": turn.seq,
                "active_at": finished.finished_at,
                "last_event_id": finished.last_event_id,
                "said": len(finished.said),
            }
            if finished.checkpoint is not None:
                changed |= sealed_view(key, finished.view or {})
                changed |= {"checkpoint_id": finished.checkpoint.checkpoint_id}
            if not connection.execute(_ADVANCE, changed).rowcount:
                raise Fenced
            if finished.checkpoint is not None:
                finished.checkpoint.store(connection)
            body = turn.body if finished.status == "failed" else None
            outcome = {
                "status": finished.status,
                **sealed_turn(key, turn.turn_id, body, finished.reply),
                "finished_at": finished.finished_at,
                "events": self._recorded(connection, turn, finished.events),
                "last_event_id": finished.last_event_id,
            }
            connection.execute(_CLOSE, {"this_turn": turn.turn_id, **outcome})
            if finished.said:
                rows = [
                    {"session_id": turn.session_id, "role": role, "message_id": turn.message_id}
                    | {"content": key.seal_text(content_place(turn.message_id, role), content)}
                    | {"created_at": finished.finished_at}
                    for role, content in finished.said
                ]
                connection.execute(_SAY, rows)
            new = finished.decision is not None and keep_decision(
                connection, self._vault, turn.session_id, finished.decision, finished.finished_at
            )
            act = (turn.body or {}).get("act") or {}
            told = act.get("act_id") if finished.status == "done" and act.get("kind") == "case" else None
            if finished.review is not None or finished.was_under_review or told is not None:
                this = CausedBy(turn.turn_id, turn.message_id, told)
                keep_case(connection, self._vault, turn.session_id, finished.review, finished.finished_at, this)
            made = []
            if new and finished.decision is not None:
                made = [self._acts.act("decision.made", turn.session_id, _decision_facts(finished.decision))]
            self._acts.write(connection, [*acts, *made])

        with gathered() as acts:
            await self._database.run(work, checks_itself=True)

    async def drop_older_events(self, session_id: str) -> None:
        """Only the newest turns keep what they said."""
        await self._database.run(lambda connection: drop_older(connection, session_id))

    def _look(
        self, connection: Connection, session_id: str, message_id: str
    ) -> tuple[SessionRow, TurnRow | None, Standing]:
        """The session, and its turn of that message id if there is one. Raises UnknownSession, Damaged."""
        check_id(session_id)
        row = connection.execute(self._look_up, {"session_id": session_id, "message_id": message_id}).one_or_none()
        if row is None:
            raise UnknownSession
        session, turn_id, known = opened_session(self._vault, row[:_TURN]), row[_TURN], None
        if turn_id is not None:  # read again: what was joined may be older than what was waited for
            turn = connection.execute(_KNOWN, {"this_turn": turn_id}).one()
            known = opened_turn(self._vault.key(connection, session_id), turn)
        return session, known, Standing(*row[_TURN + 1 :])

    def _recorded(self, connection: Connection, turn: TurnRow, events: Sequence[Event]) -> bytes:
        key = self._vault.key(connection, turn.session_id)
        earlier = events_of(connection, key, turn.turn_id) if turn.finished_at else ()  # it failed before
        return sealed_events(key, turn.turn_id, events, earlier)


# Built once: building a statement costs more than running it. The session's row is locked: whoever else accepts a
# message of the session waits, so that each gets its own place.
_STANDING = (sessions.c.accepted_seq, sessions.c.finished_seq, sessions.c.fence)
_LOOK_UP = (
    select(*SESSION_COLUMNS, turns.c.turn_id, *_STANDING)
    .join_from(sessions, session_keys, session_keys.c.session_id == sessions.c.session_id)
    .outerjoin(turns, and_(turns.c.session_id == sessions.c.session_id, turns.c.message_id == bindparam("message_id")))
    .where(sessions.c.session_id == bindparam("session_id"))
    .with_for_update(of=sessions, key_share=True)
)
_ACCEPT, _SAY = insert(turns), insert(messages)
_CLOSE = update(turns).where(turns.c.turn_id == bindparam("this_turn"))
_COUNT = update(sessions).where(sessions.c.session_id == bindparam("this_session"))
_ADVANCE = _COUNT.where(
    sessions.c.fence == bindparam("fence_number"), sessions.c.owner == bindparam("this_owner")
).values(message_count=sessions.c.message_count + bindparam("said"), owner=None, lease_until=None)
_KNOWN = select(*TURN_COLUMNS).where(turns.c.turn_id == bindparam("this_turn"))
_OVER = ("done", "cancelled")
_TURN = len(SESSION_COLUMNS)  # where in the row the turn's id is


def _decision_facts(record: dict[str, Any]) -> Facts:
    """What the audit log tells of a decision: enough to find it and to see that it is the one that was made."""
    names = ("decision_id", "application_id", "decision", "policy_id", "policy_version", "inputs_digest")
    return {name: record.get(name) for name in names}
