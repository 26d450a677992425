"""Sessions and their transcript."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from server.moments import in_seconds
from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.decisions import newest_decision, part_with_decisions
from server.store.tables import WAITING, feedback, messages, session_keys, sessions, turns
from server.store.vault import NoKey, SessionKey, Vault
from tools.audit import Facts

_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as stored; `view` is what the outside may see of its state, `reviewed` whether a case was opened."""

    session_id: str
    assistant: str
    created_at: str
    view: dict[str, Any]
    message_count: int
    last_event_id: int
    checkpoint_id: str | None
    active_at: str = ""
    capability_hash: bytes | None = None
    tenant: str | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    sessions: int
    active_sessions: int
    messages: int


class UnknownSession(LookupError):
    """There is no such session, or not for this caller."""


class SessionExists(Exception):
    """The id is another session's."""


class StillInUse(Exception):
    """Something happened in the session since it was looked for."""


class Sessions:
    def __init__(self, database: Database, acts: ActsWriter) -> None:
        self._database = database
        self._acts = acts
        self._vault = database.vault

    async def create(
        self,
        session_id: str,
        assistant: str,
        greeting: str,
        view: dict[str, Any],
        now: str,
        *,
        capability_hash: bytes | None = None,
        tenant: str | None = None,
    ) -> None:
        """A session without an owner is one that LangGraph's server runs. Raises SessionExists."""
        key, kept = self._vault.fresh(session_id)
        said = {"session_id": session_id, "role": "assistant", "message_id": "greeting", "created_at": in_seconds(now)}
        content = {"content": key.seal_text(content_place("greeting", "assistant"), greeting)}

        def work(connection: Connection) -> None:
            connection.execute(
                insert(sessions).values(
                    session_id=session_id,
                    assistant=assistant,
                    created_at=now,
                    active_at=now,
                    **sealed_view(key, view),
                    message_count=1,
                    last_event_id=0,
                    capability_hash=capability_hash,
                    tenant=tenant,
                )
            )
            connection.execute(insert(session_keys), kept)
            connection.execute(insert(messages), said | content)

        try:
            await self._database.run(work)
        except IntegrityError:
            raise SessionExists from None

    async def get(self, session_id: str) -> SessionRow:
        """Raises UnknownSession."""
        return await self._database.run(lambda connection: session_row(connection, self._vault, session_id))

    async def exists(self, session_id: str) -> bool:
        """Also of one that is half erased: its id is not free yet."""
        this = {"session_id": session_id}
        return await self._database.run(lambda connection: connection.execute(_THERE, this).first() is not None)

    async def unread(self, session_id: str) -> SessionRow:
        """Whose it is, with an empty view. Raises UnknownSession."""

        def work(connection: Connection) -> SessionRow:
            check_id(session_id)
            row = connection.execute(_SESSION, {"session_id": session_id}).one_or_none()
            if row is None:
                raise UnknownSession
            return replace(SessionRow(*row[:-1]), view={})

        return await self._database.run(work)

    async def transcript(self, session_id: str) -> list[dict[str, str | None]]:
        """The whole conversation, oldest first, with the customer's thumbs on answers. Raises UnknownSession."""

        def work(connection: Connection) -> list[dict[str, str | None]]:
            key = known_key(connection, self._vault, session_id)
            rows = connection.execute(_TRANSCRIPT, {"session_id": session_id})
            return [
                {**row, "content": key.open_text(content_place(row["message_id"], row["role"]), row["content"])}
                for row in rows.mappings()
            ]

        return await self._database.run(work)

    async def greeting(self, session_id: str) -> str:
        """How the assistant began it. Raises UnknownSession, Damaged."""

        def work(connection: Connection) -> str:
            key = known_key(connection, self._vault, session_id)
            sealed = connection.execute(_GREETING, {"session_id": session_id}).scalar_one()
            return key.open_text(content_place("greeting", "assistant"), sealed)

        return await self._database.run(work)

    async def latest_decision(self, session_id: str) -> dict[str, Any] | None:
        """The newest decision record. Raises UnknownSession."""

        def work(connection: Connection) -> dict[str, Any] | None:
            known_key(connection, self._vault, session_id)
            return newest_decision(connection, self._vault, session_id)

        return await self._database.run(work)

    async def destroy_key(self, session_id: str, *, unless_since: str | None = None) -> None:
        """From here on nobody can read what is stored of the session, in whatever copy, and nobody finds it.

        Of a sanctioned loan the decisions stay, masked. Raises UnknownSession, and Damaged where these are to be kept
        and the session's key cannot be opened; with `unless_since`, StillInUse, where something happened since then or
        is under way.
        """

        def work(connection: Connection) -> None:
            check_id(session_id)
            row = connection.execute(_STATUS, {"session_id": session_id}).one_or_none()
            if row is None:
                raise UnknownSession
            if unless_since is not None and (row.active_at >= unless_since or row.unfinished):
                raise StillInUse
            status: str | None = row.status
            kept = part_with_decisions(connection, self._vault, session_id, status)
            self._vault.destroy(connection, session_id)
            facts: Facts = {"status": status, "decisions_kept": kept}
            self._acts.write(connection, [self._acts.act("session.erased", session_id, facts)])

        await self._database.run(work)
        self._vault.forget(session_id)

    async def erase(self, session_id: str) -> None:
        """The key, then the rows; for a session that left nothing elsewhere. Raises as `destroy_key`."""
        await self.destroy_key(session_id)
        await self.delete(session_id)

    async def delete(self, session_id: str) -> None:
        """Delete a session whose key was destroyed, and all that hangs on it."""
        await self._database.run(lambda connection: connection.execute(_DELETE, {"this_session": session_id}))
        self._vault.forget(session_id)
        await self._database.scrub()

    async def half_erased(self) -> list[str]:
        """Sessions whose key was destroyed and whose rows are still there: an erasure was cut short."""
        return await self._database.run(lambda connection: list(connection.execute(_HALF_ERASED).scalars()))

    async def ping(self) -> None:
        """Look whether the journal can be read at all. Raises what the database raises."""
        await self._database.run(lambda connection: connection.execute(select(turns.c.turn_id).limit(1)).all())

    async def totals(self, active_since: str) -> Totals:
        def work(connection: Connection) -> Totals:
            count = select(func.count())
            return Totals(
                connection.execute(count.select_from(sessions)).scalar_one(),
                connection.execute(
                    count.select_from(sessions).where(sessions.c.active_at >= active_since)
                ).scalar_one(),
                connection.execute(count.select_from(turns)).scalar_one(),
            )

        return await self._database.run(work)


# Built once: building a statement costs more than running it.
SESSION_COLUMNS = (*(sessions.c[name] for name in SessionRow.__dataclass_fields__), session_keys.c.wrapped)
_WITH_KEY = session_keys.c.session_id == sessions.c.session_id
_OF_SESSION = sessions.c.session_id == bindparam("session_id")
_THERE = select(sessions.c.session_id).where(_OF_SESSION)
_SESSION = select(*SESSION_COLUMNS).join_from(sessions, session_keys, _WITH_KEY).where(_OF_SESSION)
_TRANSCRIPT = (
    select(messages.c.role, messages.c.content, messages.c.message_id, messages.c.created_at, feedback.c.thumb)
    .outerjoin(
        feedback,
        and_(
            feedback.c.session_id == messages.c.session_id,
            feedback.c.message_id == messages.c.message_id,
            messages.c.role == "assistant",
        ),
    )
    .where(messages.c.session_id == bindparam("session_id"))
    .order_by(messages.c.number)
)
_GREETING = (
    select(messages.c.content)
    .where(messages.c.session_id == bindparam("session_id"), messages.c.message_id == "greeting")
    .order_by(messages.c.number)
    .limit(1)
)
# One that an earlier version left behind a later answer has no place any more, and nobody runs it.
UNFINISHED = exists().where(
    turns.c.session_id == sessions.c.session_id,
    WAITING,
    turns.c.seq > sessions.c.finished_seq,
)
_STATUS = (
    select(sessions.c.status, sessions.c.active_at, UNFINISHED.label("unfinished"))
    .join_from(sessions, session_keys, _WITH_KEY)
    .where(_OF_SESSION)
    .with_for_update(of=session_keys)  # whoever erases it at the same time waits, and then finds none
)
_DELETE = delete(sessions).where(sessions.c.session_id == bindparam("this_session"))
_HALF_ERASED = select(sessions.c.session_id).where(~exists().where(_WITH_KEY))


def is_id(session_id: str) -> bool:
    """Whether a session may have this id."""
    return _ID.fullmatch(session_id) is not None


def check_id(session_id: str) -> None:
    """Raises UnknownSession at what was never an id; Postgres would refuse to look for some, a NUL for one."""
    if not is_id(session_id):
        raise UnknownSession


def session_row(connection: Connection, vault: Vault, session_id: str) -> SessionRow:
    """Raises UnknownSession, Damaged."""
    check_id(session_id)
    row = connection.execute(_SESSION, {"session_id": session_id}).one_or_none()
    if row is None:
        raise UnknownSession
    return opened_session(vault, row)


def opened_session(vault: Vault, row: Sequence[Any]) -> SessionRow:
    """From `SESSION_COLUMNS`. Raises Damaged."""
    *columns, wrapped = row
    session = SessionRow(*columns)
    key = vault.unwrap(session.session_id, wrapped)
    return replace(session, view=key.open_json("sessions.view", cast(bytes, session.view)))


def known_key(connection: Connection, vault: Vault, session_id: str) -> SessionKey:
    """For what hangs on a session. Raises UnknownSession, Damaged."""
    check_id(session_id)
    try:
        return vault.look_up(connection, session_id)
    except NoKey:
        raise UnknownSession from None


def sealed_view(key: SessionKey, view: dict[str, Any]) -> dict[str, Any]:
    """The columns of a view: sealed, but for the status in it, which says nothing of whom."""
    return {"view": key.seal_json("sessions.view", view), "status": view.get("loan_application", view).get("status")}


def content_place(message_id: str, role: str) -> str:
    """Where in the transcript a text belongs."""
    return f"messages.content:{role}:{message_id}"
