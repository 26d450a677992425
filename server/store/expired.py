"""What the retention rules look for: sessions and rows whose time is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, true, tuple_
from sqlalchemy.sql import Select

from kb.retention import NO_STATUS, Conversations, RetentionRules
from server.store.database import Database
from server.store.sessions import UNFINISHED
from server.store.tables import (
    applications,
    decisions,
    document_marks,
    documents,
    identity_attempts,
    letter_records,
    model_calls,
    outbox,
    revoked_tokens,
    sessions,
    sign_ins,
)

AT_ONCE: Final = 200  # rows a transaction: the service works on beside it


@dataclass(frozen=True, slots=True)
class Moment:
    """When the rules are applied: `now` for what happened, `today`, the business date, for what was dated."""

    now: datetime
    today: date

    def before(self, days: int) -> str:
        """As rows are stamped."""
        return (self.now.astimezone(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")

    def day_before(self, days: int) -> str:
        return (self.today - timedelta(days=days)).isoformat()

    def seconds_before(self, days: int) -> int:
        return int((self.now - timedelta(days=days)).timestamp())


Condition = Callable[[Moment, int, RetentionRules], ColumnElement[bool]]


def _rests(at: Moment, days: int, rules: RetentionRules) -> ColumnElement[bool]:
    """Of a session without a loan that nobody waits for."""
    kept = rules.keeping("lent", "reviewed")
    resting = (sessions.c.active_at < at.before(days)) & sessions.c.status.not_in(kept)
    return documents.c.session_id.in_(select(sessions.c.session_id).where(resting))


CONDITIONS: Final[dict[Table, Condition]] = {
    documents: _rests,
    outbox: lambda at, days, _: (outbox.c.state != "waiting") & (outbox.c.created_at < at.before(days)),
    sign_ins: lambda at, days, _: sign_ins.c.expires_at < at.before(days),
    revoked_tokens: lambda at, days, _: revoked_tokens.c.expires_at < at.seconds_before(days),
    identity_attempts: lambda at, days, _: identity_attempts.c.at < at.before(days),
    document_marks: lambda at, days, _: document_marks.c.seen_on < at.day_before(days),
    applications: lambda at, days, _: applications.c.applied_on < at.day_before(days),
    decisions: lambda at, days, _: decisions.c.session_id.is_(None) & (decisions.c.decided_at < at.before(days)),
    model_calls: lambda at, days, _: model_calls.c.day < at.before(days)[:10],
    letter_records: lambda at, days, _: (
        letter_records.c.session_id.is_(None) & (letter_records.c.valid_until < at.day_before(days))
    ),
}


class Expired:
    """Finds and deletes in small transactions. Two processes at once do no harm: what one has deleted, the other does
    not find."""

    def __init__(self, database: Database, rules: RetentionRules) -> None:
        self._database = database
        self._rules = rules

    async def count_sessions(self, rule: Conversations, at: Moment) -> int:
        return await self._count(sessions, resting(rule, at))

    async def next_sessions(self, rule: Conversations, at: Moment, after: tuple[str, str]) -> list[tuple[str, str]]:
        """When they were last active and their ids, in this order, above `after`."""
        columns = (sessions.c.active_at, sessions.c.session_id)
        further = tuple_(*columns) > tuple_(*after)
        query = select(*columns).where(resting(rule, at), further).order_by(*columns).limit(AT_ONCE)
        return await self._database.run(
            lambda connection: [(row.active_at, row.session_id) for row in connection.execute(query)]
        )

    async def count_rows(self, table: Table, days: int, at: Moment) -> int:
        return await self._count(table, self._over(table, days, at))

    async def delete_rows(self, table: Table, days: int, at: Moment) -> int:
        """The number of rows deleted, at most `AT_ONCE`."""
        key = list(table.primary_key.columns)
        some: Select[Any] = select(*key).where(self._over(table, days, at)).limit(AT_ONCE)
        some = some.with_for_update(skip_locked=True)  # SQLite has no such thing, and one writer
        query = delete(table).where((tuple_(*key) if len(key) > 1 else key[0]).in_(some))
        return await self._database.run(lambda connection: connection.execute(query).rowcount)

    def _over(self, table: Table, days: int, at: Moment) -> ColumnElement[bool]:
        return CONDITIONS[table](at, days, self._rules)

    async def _count(self, table: Table, condition: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(table).where(condition)
        return await self._database.run(lambda connection: connection.execute(query).scalar_one())


def resting(rule: Conversations, at: Moment) -> ColumnElement[bool]:
    """Sessions that the rule lets go. One that has a turn to finish is not among them."""
    if rule.days is None:
        raise ValueError(f"{rule.name} are kept")
    return and_(_of(rule.statuses), idle_since(at.before(rule.days)))


def idle_since(moment: str) -> ColumnElement[bool]:
    return (sessions.c.active_at < moment) & ~UNFINISHED


def _of(statuses: Sequence[str]) -> ColumnElement[bool]:
    named = sessions.c.status.in_([status for status in statuses if status != NO_STATUS])
    return or_(named, sessions.c.status.is_(None)) if NO_STATUS in statuses else and_(named, true())
