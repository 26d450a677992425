"""Cases: opened, answered and withdrawn by the turns of their sessions, decided by officers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from server.store.acts import ActsWriter, Waiting
from server.store.database import Database
from server.store.tables import case_acts, cases, documents, officers, sessions

WAITING: Final = ("open", "asked", "awaiting_second")
STATES: Final = (*WAITING, "decided", "withdrawn")
# From a state, by an act, to the next state. `approve` may also lead to `awaiting_second`.
MOVES: Final[dict[tuple[str, str], str]] = {
    ("open", "approve"): "decided",
    ("open", "decline"): "decided",
    ("open", "ask"): "asked",
    ("asked", "approve"): "decided",
    ("asked", "decline"): "decided",
    ("asked", "answer"): "open",
    ("awaiting_second", "confirm"): "decided",
    ("awaiting_second", "return"): "open",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case. `facts` is what officers see of it, `refs` are keyed hashes of whom it is about."""

    case_id: str
    session_id: str
    application_id: str
    open_application: str | None
    kind: str
    state: str
    version: int
    reasons: list[str]
    amount: int
    refs: list[str]
    facts: dict[str, Any]
    opened_at: str
    due_on: str
    closed_at: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ActRow:
    """What an officer did, or a customer's answer. `version` is the case's after it; `told` goes to the conversation
    and is emptied once it is there."""

    act_id: str
    case_id: str
    act_key: str
    version: int
    act: str
    officer: str | None
    reason: str | None
    details: dict[str, Any]
    told: dict[str, Any] | None
    delivered_at: str | None
    made_at: str


class UnknownCase(LookupError):
    """There is no such case."""


class StaleCase(Exception):
    """The case has changed since the officer looked at it."""


class ActKeyReused(ValueError):
    """The same key came with another act."""


class Cases:
    def __init__(self, database: Database, audit: ActsWriter) -> None:
        self._database = database
        self._audit = audit

    async def queue(self, states: Sequence[str], limit: int, offset: int) -> tuple[list[CaseRow], int]:
        """Cases in these states, the one due first first, and how many there are."""
        wanted = cases.c.state.in_(states)
        page = _IN_ORDER.where(wanted).limit(limit).offset(offset)
        count = select(func.count()).select_from(cases).where(wanted)

        def work(connection: Connection) -> tuple[list[CaseRow], int]:
            found = [CaseRow(*row) for row in connection.execute(page)]
            return found, connection.execute(count).scalar_one()

        return await self._database.run(work)

    async def get(self, case_id: str) -> CaseRow:
        """Raises UnknownCase."""
        return await self._database.run(lambda connection: _case(connection, case_id))

    async def acts(self, case_id: str) -> list[ActRow]:
        """What was done on the case, oldest first."""
        query = select(*_ACT_COLUMNS).where(case_acts.c.case_id == case_id).order_by(case_acts.c.version)
        return await self._database.run(lambda connection: [ActRow(*row) for row in connection.execute(query)])

    async def proposers(self, case_ids: Sequence[str]) -> dict[str, str | None]:
        """Who approved last, by case."""
        if not case_ids:
            return {}
        approved = case_acts.c.case_id.in_(case_ids) & (case_acts.c.act == "approve")
        query = select(case_acts.c.case_id, case_acts.c.officer).where(approved).order_by(case_acts.c.version)
        return await self._database.run(lambda connection: {row[0]: row[1] for row in connection.execute(query)})

    async def own_refs(self, officer: str | None) -> list[str]:
        """Who an officer is as a customer, by keyed hashes, as far as it was noted."""
        query = select(officers.c.own_refs).where(officers.c.name == officer)
        return await self._database.run(lambda connection: connection.execute(query).scalar_one_or_none()) or []

    async def known(self, case_id: str, act_key: str) -> ActRow | None:
        this_one = (case_acts.c.case_id == case_id) & (case_acts.c.act_key == act_key)
        query = select(*_ACT_COLUMNS).where(this_one)

        def work(connection: Connection) -> ActRow | None:
            row = connection.execute(query).one_or_none()
            return ActRow(*row) if row is not None else None

        return await self._database.run(work)

    async def act(self, before: CaseRow, act: ActRow, state: str, outcome: str | None, recorded: Waiting) -> CaseRow:
        """Write the act down, move the case, record it for the audit: all or nothing. Raises StaleCase."""
        closing = state == "decided"
        change = {"state": state, "version": act.version, "outcome": outcome}
        if closing:
            change |= {"closed_at": act.made_at, "open_application": None}
        as_it_was = (cases.c.case_id == before.case_id) & (cases.c.version == before.version)

        def work(connection: Connection) -> CaseRow:
            if not connection.execute(update(cases).where(as_it_was).values(change)).rowcount:
                raise StaleCase
            connection.execute(insert(case_acts).values(_values(act)))
            self._audit.write(connection, [recorded])
            return _case(connection, before.case_id)

        return await self._database.run(work)

    async def undelivered(self) -> list[tuple[str, ActRow]]:
        """Acts that have not reached their conversation, oldest first, each with its session."""
        query = (
            select(cases.c.session_id, *_ACT_COLUMNS)
            .join(cases, cases.c.case_id == case_acts.c.case_id)
            .where(_PENDING)
            .order_by(case_acts.c.made_at)
        )
        return await self._database.run(
            lambda connection: [(row[0], ActRow(*row[1:])) for row in connection.execute(query)]
        )

    async def missing(self) -> list[str]:
        """Sessions under review without a case, as a version that knew no cases left them; oldest first."""
        open_or_untold = exists().where(
            (cases.c.session_id == sessions.c.session_id)
            & (
                cases.c.open_application.is_not(None)
                | exists().where((case_acts.c.case_id == cases.c.case_id) & _PENDING)
            )
        )
        under_review = sessions.c.view["loan_application"]["status"].as_string() == "under_review"
        query = select(sessions.c.session_id).where(under_review, ~open_or_untold).order_by(sessions.c.active_at)
        return await self._database.run(lambda connection: list(connection.execute(query).scalars()))

    async def documents(self, session_id: str) -> list[dict[str, str]]:
        """The papers of a session, oldest first, without what is in them."""
        columns = (documents.c.document_id, documents.c.kind, documents.c.media, documents.c.uploaded_at)
        query = select(*columns).where(documents.c.session_id == session_id).order_by(documents.c.uploaded_at)
        return await self._database.run(lambda connection: [dict(row) for row in connection.execute(query).mappings()])


class CausedBy(NamedTuple):
    """The turn that left a case as it is; `act_id` is the officer's act that it told, which is delivered by it."""

    turn_id: str
    message_id: str
    act_id: str | None


def keep_case(connection: Connection, session_id: str, review: dict[str, Any] | None, now: str, turn: CausedBy) -> None:
    """What a turn left of the session's case, within its transaction: opened, changed, answered or withdrawn."""
    if turn.act_id is not None:
        connection.execute(_DELIVERED, {"this_act": turn.act_id, "delivered_at": now, "told": None})
    row = connection.execute(_OPEN, {"session_id": session_id}).one_or_none()
    found = CaseRow(*row) if row is not None else None
    if found is not None and (review is None or review["application_id"] != found.application_id):
        closing = {"state": "withdrawn", "closed_at": now, "open_application": None, "version": found.version + 1}
        connection.execute(_MOVE, {"this_case": found.case_id} | closing)
        found = None
    if review is None:
        return
    shown = {name: review[name] for name in ("kind", "reasons", "refs", "facts", "due_on")}
    shown["amount"] = review["amount"] or 0
    if found is not None:
        connection.execute(_MOVE, {"this_case": found.case_id} | shown)
        if found.state == "asked" and review["answered_by"] == turn.turn_id:
            _answer(connection, found, turn, now)
        return
    if connection.execute(_PENDING_OF_SESSION, {"session_id": session_id}).first() is not None:
        return  # decided already; the conversation has yet to hear of it
    application_id = review["application_id"]
    opened = {"case_id": str(uuid4()), "session_id": session_id, "application_id": application_id}
    opened |= {"open_application": application_id, "state": "open", "version": 1, "opened_at": now}
    connection.execute(_INSERT, opened | shown)
    connection.execute(_REVIEWED, {"this_session": session_id})


def _answer(connection: Connection, case: CaseRow, turn: CausedBy, now: str) -> None:
    """The customer's message is the answer to the officer's question; the transcript has its words."""
    connection.execute(
        _MOVE, {"this_case": case.case_id, "state": MOVES[case.state, "answer"], "version": case.version + 1}
    )
    answer = ActRow(
        act_id=str(uuid4()),
        case_id=case.case_id,
        act_key=f"answer {turn.turn_id}",  # officers choose their keys; this one they cannot know
        version=case.version + 1,
        act="answer",
        officer=None,
        reason=None,
        details={"message_id": turn.message_id},
        told=None,
        delivered_at=now,
        made_at=now,
    )
    connection.execute(insert(case_acts).values(_values(answer)))


def _case(connection: Connection, case_id: str) -> CaseRow:
    row = connection.execute(_CASE, {"case_id": case_id}).one_or_none()
    if row is None:
        raise UnknownCase
    return CaseRow(*row)


def _values(act: ActRow) -> dict[str, Any]:
    return {field.name: getattr(act, field.name) for field in fields(ActRow)}


# Built once: building a statement costs more than running it.
_CASE_COLUMNS = tuple(cases.c[field.name] for field in fields(CaseRow))
_ACT_COLUMNS = tuple(case_acts.c[field.name] for field in fields(ActRow))
_CASE = select(*_CASE_COLUMNS).where(cases.c.case_id == bindparam("case_id"))
_OPEN = select(*_CASE_COLUMNS).where(
    (cases.c.session_id == bindparam("session_id")) & cases.c.open_application.is_not(None)
)
_IN_ORDER = select(*_CASE_COLUMNS).order_by(cases.c.due_on, cases.c.opened_at, cases.c.case_id)
_MOVE = update(cases).where(cases.c.case_id == bindparam("this_case"))
_INSERT = insert(cases)
_REVIEWED = update(sessions).where(sessions.c.session_id == bindparam("this_session")).values(reviewed=True)
_DELIVERED = update(case_acts).where(case_acts.c.act_id == bindparam("this_act"))
_PENDING: ColumnElement[bool] = case_acts.c.delivered_at.is_(None)
_PENDING_OF_SESSION = (
    select(case_acts.c.act_id)
    .join(cases, cases.c.case_id == case_acts.c.case_id)
    .where(_PENDING & (cases.c.session_id == bindparam("session_id")))
    .limit(1)
)
