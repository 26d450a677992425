"""The turn journal: a message is written down before anybody is told it was accepted, and answered once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.store.acts import ActsWriter, gathered
from server.store.cases import CausedBy, keep_case
from server.store.checkpoints import Written
from server.store.database import Database
from server.store.sessions import SESSION_COLUMNS, SessionRow, UnknownSession, check_id, session_row
from server.store.tables import decisions, messages, sessions, turns
from tools.audit import Facts


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One accepted message. `body` is empty once the turn is over, `reply` until it is done."""

    turn_id: str
    session_id: str
    message_id: str
    request_hash: str
    channel: str
    status: str
    body: dict[str, Any] | None
    reply: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Finished:
    """What a turn leaves behind, written in one transaction."""

    status: str
    reply: dict[str, Any] | None
    said: list[tuple[str, str]]  # role and content, in order
    view: dict[str, Any] | None
    decision: dict[str, Any] | None
    started_from: str | None  # the checkpoint the turn began on
    checkpoint: Written | None  # and what its graph left; None when it made none
    last_event_id: int
    finished_at: str
    review: dict[str, Any] | None = None  # the case that waits for a person
    was_under_review: bool = False


class MessageIdReused(ValueError):
    """The same message id came with another message."""


class Overtaken(Exception):
    """Another process finished a turn of the session meanwhile; `session` is what it made of it."""

    def __init__(self, session: SessionRow) -> None:
        super().__init__()
        self.session = session


class Turns:
    def __init__(self, database: Database, acts: ActsWriter) -> None:
        self._database = database
        self._acts = acts

    async def accept(
        self, turn: TurnRow, now: str, permits: Callable[[SessionRow], bool] | None = None
    ) -> tuple[TurnRow, SessionRow]:
        """Journal a message. A message id seen before gives the turn it made, which the caller may resume.

        A session that `permits` says no to is an unknown one. Raises UnknownSession, MessageIdReused.
        """

        def work(connection: Connection) -> tuple[TurnRow, SessionRow]:
            session, known = _look_up(connection, turn.session_id, turn.message_id)
            if permits is not None and not permits(session):
                raise UnknownSession
            if known is None:
                values = {name: getattr(turn, name) for name in TurnRow.__dataclass_fields__}
                connection.execute(_ACCEPT, {**values, "accepted_at": now})
                return turn, session
            if known.request_hash != turn.request_hash:
                raise MessageIdReused
            return known, session

        try:
            return await self._database.run(work)
        except IntegrityError:  # another process accepted the same id between the look and the insert
            return await self._database.run(work)

    async def session(self, session_id: str) -> SessionRow:
        """Raises UnknownSession."""
        return await self._database.run(lambda connection: session_row(connection, session_id))

    async def finish(self, turn: TurnRow, finished: Finished) -> None:
        """Raises Overtaken, having written nothing, when the session no longer stands where the turn began."""

        def work(connection: Connection) -> None:
            outcome = {
                "status": finished.status,
                "reply": finished.reply,
                "body": turn.body if finished.status == "failed" else None,
                "finished_at": finished.finished_at,
            }
            connection.execute(_CLOSE, {"this_turn": turn.turn_id, **outcome})
            if finished.said:
                rows = [
                    {"session_id": turn.session_id, "role": role, "content": content}
                    | {"message_id": turn.message_id, "created_at": finished.finished_at}
                    for role, content in finished.said
                ]
                connection.execute(_SAY, rows)
            advance, changed = (
                _ADVANCE,
                {
                    "this_session": turn.session_id,
                    "active_at": finished.finished_at,
                    "last_event_id": finished.last_event_id,
                    "said": len(finished.said),
                },
            )
            if finished.checkpoint is not None:
                advance = _ADVANCE_FROM
                changed |= {"view": finished.view, "checkpoint_id": finished.checkpoint.checkpoint_id}
                changed |= {"started_from": finished.started_from}
                finished.checkpoint.store(connection)
            if not connection.execute(advance, changed).rowcount:
                raise Overtaken(session_row(connection, turn.session_id))
            new = finished.decision is not None and _keep_decision(
                connection, turn.session_id, finished.decision, finished.finished_at
            )
            act = (turn.body or {}).get("act") or {}
            told = act.get("act_id") if finished.status == "done" and act.get("kind") == "case" else None
            if finished.review is not None or finished.was_under_review or told is not None:
                this = CausedBy(turn.turn_id, turn.message_id, told)
                keep_case(connection, turn.session_id, finished.review, finished.finished_at, this)
            made = []
            if new and finished.decision is not None:
                made = [self._acts.act("decision.made", turn.session_id, _decision_facts(finished.decision))]
            self._acts.write(connection, [*acts, *made])

        with gathered() as acts:
            await self._database.run(work)

    async def unfinished(self) -> list[tuple[TurnRow, SessionRow]]:
        """Turns that were accepted and never finished, oldest first: what a crash left.

        One that was overtaken is not among them: it broke together with the store, its customer was told so and has
        spoken since.
        """

        later = turns.alias()
        overtaken = exists().where(
            later.c.session_id == turns.c.session_id,
            later.c.accepted_at > turns.c.accepted_at,
            later.c.status == "done",
        )

        def work(connection: Connection) -> list[tuple[TurnRow, SessionRow]]:
            columns = [turns.c[name] for name in TurnRow.__dataclass_fields__]
            rows = connection.execute(
                select(*columns).where(turns.c.status == "accepted", ~overtaken).order_by(turns.c.accepted_at)
            ).mappings()
            return [(TurnRow(**row), session_row(connection, row["session_id"])) for row in rows.all()]

        return await self._database.run(work)


# Built once: building a statement costs more than running it.
_LOOK_UP = (
    select(*SESSION_COLUMNS, *(turns.c[name] for name in TurnRow.__dataclass_fields__))
    .outerjoin_from(
        sessions,
        turns,
        and_(turns.c.session_id == sessions.c.session_id, turns.c.message_id == bindparam("message_id")),
    )
    .where(sessions.c.session_id == bindparam("session_id"))
)
_ACCEPT, _SAY = insert(turns), insert(messages)
_CLOSE = update(turns).where(turns.c.turn_id == bindparam("this_turn"))
_ADVANCE = (
    update(sessions)
    .where(sessions.c.session_id == bindparam("this_session"))
    .values(message_count=sessions.c.message_count + bindparam("said"))
)
_ADVANCE_FROM = _ADVANCE.where(sessions.c.checkpoint_id.is_not_distinct_from(bindparam("started_from")))


def _look_up(connection: Connection, session_id: str, message_id: str) -> tuple[SessionRow, TurnRow | None]:
    """The session, and its turn of that message id if there is one. Raises UnknownSession."""
    check_id(session_id)
    row = connection.execute(_LOOK_UP, {"session_id": session_id, "message_id": message_id}).one_or_none()
    if row is None:
        raise UnknownSession
    session, turn = row[: len(SESSION_COLUMNS)], row[len(SESSION_COLUMNS) :]
    return SessionRow(*session), TurnRow(*turn) if turn[0] is not None else None


def _decision_facts(record: dict[str, Any]) -> Facts:
    """What the audit log tells of a decision: enough to find it and to see that it is the one that was made."""
    names = ("decision_id", "application_id", "decision", "policy_id", "policy_version", "inputs_digest")
    return {name: record.get(name) for name in names}


def _keep_decision(connection: Connection, session_id: str, record: dict[str, Any], now: str) -> bool:
    """Note the decision that stands; whether it was made in this turn. One made again becomes the newest again."""
    decision_id = record["decision_id"]
    in_session = decisions.c.session_id == session_id
    newest = select(decisions.c.decision_id).where(in_session).order_by(decisions.c.decided_at.desc()).limit(1)
    if connection.execute(newest).scalar_one_or_none() == decision_id:
        return False
    this_one = decisions.c.decision_id == decision_id
    if connection.execute(update(decisions).where(this_one).values(decided_at=now)).rowcount:
        return True
    connection.execute(
        insert(decisions).values(
            decision_id=decision_id,
            session_id=session_id,
            application_id=record["application_id"],
            record=record,
            decided_at=now,
        )
    )
    return True
