"""Cases: opened, answered and withdrawn by the turns of their sessions, decided by officers."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, insert, select, update

from server.store.acts import ActsWriter, Waiting
from server.store.database import Database
from server.store.tables import case_acts, cases, documents, officers, session_keys, sessions
from server.store.vault import Damaged, SessionKey, Vault

log = logging.getLogger("esoteric.cases")
Read = TypeVar("Read")

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
            found = [*_readable(partial(_opened, self._database.vault), connection.execute(page))]
            return found, connection.execute(count).scalar_one()

        return await self._database.run(work)

    async def get(self, case_id: str) -> CaseRow:
        """Raises UnknownCase."""
        return await self._database.run(lambda connection: _case(connection, self._database.vault, case_id))

    async def acts(self, case_id: str) -> list[ActRow]:
        """What was done on the case, oldest first."""
        query = _ACTS.where(case_acts.c.case_id == case_id).order_by(case_acts.c.version)
        return [act for _, act in await self._acts(query)]

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
        return next((act for _, act in await self._acts(_ACTS.where(this_one))), None)

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
            key = self._database.vault.key(connection, before.session_id)
            connection.execute(insert(case_acts).values(_sealed(key, act)))
            self._audit.write(connection, [recorded])
            return _case(connection, self._database.vault, before.case_id)

        return await self._database.run(work)

    async def undelivered(self) -> list[tuple[str, ActRow]]:
        """Acts that have not reached their conversation, oldest first, each with its session."""
        return await self._acts(_ACTS.where(_PENDING).order_by(case_acts.c.made_at))

    async def missing(self) -> list[str]:
        """Sessions under review without a case, as a version that knew no cases left them; oldest first."""
        open_or_untold = exists().where(
            (cases.c.session_id == sessions.c.session_id)
            & (
                cases.c.open_application.is_not(None)
                | exists().where((case_acts.c.case_id == cases.c.case_id) & _PENDING)
            )
        )
        under_review = sessions.c.status == "under_review"
        query = select(sessions.c.session_id).where(under_review, ~open_or_untold).order_by(sessions.c.active_at)
        return await self._database.run(lambda connection: list(connection.execute(query).scalars()))

    async def documents(self, session_id: str) -> list[dict[str, str]]:
        """The papers of a session, oldest first, without what is in them."""
        columns = (documents.c.document_id, documents.c.kind, documents.c.media, documents.c.uploaded_at)
        query = select(*columns).where(documents.c.session_id == session_id).order_by(documents.c.uploaded_at)
        return await self._database.run(lambda connection: [dict(row) for row in connection.execute(query).mappings()])

    async def _acts(self, query: Select[Any]) -> list[tuple[str, ActRow]]:
        """Acts, each with its session."""
        vault = self._database.vault

        def work(connection: Connection) -> list[tuple[str, ActRow]]:
            return [*_readable(partial(_with_session, vault), connection.execute(query))]

        return await self._database.run(work)


class CausedBy(NamedTuple):
    """The turn that left a case as it is; `act_id` is the officer's act that it told, which is delivered by it."""

    turn_id: str
    message_id: str
    act_id: str | None


def keep_case(
    connection: Connection, vault: Vault, session_id: str, review: dict[str, Any] | None, now: str, turn: CausedBy
) -> None:
    """What a turn left of the session's case, within its transaction: opened, changed, answered or withdrawn."""
    if turn.act_id is not None:
        connection.execute(_DELIVERED, {"this_act": turn.act_id, "delivered_at": now, "told": None})
    row = connection.execute(_OPEN, {"session_id": session_id}).one_or_none()
    found = _opened(vault, row) if row is not None else None
    if found is not None and (review is None or review["application_id"] != found.application_id):
        closing = {"state": "withdrawn", "closed_at": now, "open_application": None, "version": found.version + 1}
        connection.execute(_MOVE, {"this_case": found.case_id} | closing)
        found = None
    if review is None:
        return
    key, case_id = vault.key(connection, session_id), found.case_id if found is not None else str(uuid4())
    shown = {name: review[name] for name in ("kind", "reasons", "refs", "due_on")}
    shown |= {"amount": review["amount"] or 0, "facts": key.seal_json(_facts(case_id), review["facts"])}
    if found is not None:
        connection.execute(_MOVE, {"this_case": case_id} | shown)
        if found.state == "asked" and review["answered_by"] == turn.turn_id:
            _answer(connection, key, found, turn, now)
        return
    if connection.execute(_PENDING_OF_SESSION, {"session_id": session_id}).first() is not None:
        return  # decided already; the conversation has yet to hear of it
    application_id = review["application_id"]
    opened = {"case_id": case_id, "session_id": session_id, "application_id": application_id}
    opened |= {"open_application": application_id, "state": "open", "version": 1, "opened_at": now}
    connection.execute(_INSERT, opened | shown)
    connection.execute(_REVIEWED, {"this_session": session_id})


def _answer(connection: Connection, key: SessionKey, case: CaseRow, turn: CausedBy, now: str) -> None:
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
    connection.execute(insert(case_acts).values(_sealed(key, answer)))


def _case(connection: Connection, vault: Vault, case_id: str) -> CaseRow:
    row = connection.execute(_CASE, {"case_id": case_id}).one_or_none()
    if row is None:
        raise UnknownCase
    return _opened(vault, row)


def _opened(vault: Vault, row: Sequence[Any]) -> CaseRow:
    """From the columns of `CaseRow` and its session's wrapped key. Raises Damaged."""
    *columns, wrapped = row
    case = CaseRow(*columns)
    key = vault.unwrap(case.session_id, wrapped)
    return replace(case, facts=key.open_json(_facts(case.case_id), cast(bytes, case.facts)))


def _readable(opened: Callable[[Sequence[Any]], Read], rows: Iterable[Sequence[Any]]) -> Iterator[Read]:
    """Those that can be read: one that was damaged must not keep officers from all the others."""
    for row in rows:
        try:
            yield opened(row)
        except Damaged:
            log.error("storage.damaged")


def _facts(case_id: str) -> str:
    return f"cases.facts:{case_id}"


def _opened_act(key: SessionKey, row: Sequence[Any]) -> ActRow:
    """Raises Damaged."""
    act = ActRow(*row)
    own = {
        name: key.open_json(f"case_acts.{name}:{act.act_id}", getattr(act, name))
        for name in _OWN
        if getattr(act, name) is not None
    }
    return replace(act, **own)


def _with_session(vault: Vault, row: Sequence[Any]) -> tuple[str, ActRow]:
    session_id, wrapped, *columns = row
    return session_id, _opened_act(vault.unwrap(session_id, wrapped), columns)


def _sealed(key: SessionKey, act: ActRow) -> dict[str, Any]:
    """The columns of an act."""
    own = {
        name: key.seal_json(f"case_acts.{name}:{act.act_id}", getattr(act, name))
        for name in _OWN
        if getattr(act, name) is not None
    }
    return {field.name: getattr(act, field.name) for field in fields(ActRow)} | own


# Built once: building a statement costs more than running it.
_CASE_COLUMNS = tuple(cases.c[field.name] for field in fields(CaseRow))
_ACT_COLUMNS = tuple(case_acts.c[field.name] for field in fields(ActRow))
_OWN: Final = ("reason", "details", "told")  # what an act holds of the person
_KEYS = session_keys.c.session_id == cases.c.session_id
_CASES = select(*_CASE_COLUMNS, session_keys.c.wrapped).join_from(cases, session_keys, _KEYS)
_ACTS = (
    select(cases.c.session_id, session_keys.c.wrapped, *_ACT_COLUMNS)
    .join_from(case_acts, cases, cases.c.case_id == case_acts.c.case_id)
    .join(session_keys, _KEYS)
)
_CASE = _CASES.where(cases.c.case_id == bindparam("case_id"))
_OPEN = _CASES.where((cases.c.session_id == bindparam("session_id")) & cases.c.open_application.is_not(None))
_IN_ORDER = _CASES.order_by(cases.c.due_on, cases.c.opened_at, cases.c.case_id)
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
