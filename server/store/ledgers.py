"""The SQL side of what the tools name as protocols: papers, past applications, uploads."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Column, Connection, Select, bindparam, distinct, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.moments import now_in_milliseconds
from server.store.database import Database
from server.store.letters import note_letter
from server.store.sessions import SessionRow, known_key, session_row
from server.store.tables import applications, documents, key_facts, letters
from server.store.vault import SessionKey
from tools.papers import LetterRecord
from tools.velocity import DAYS, YEAR, Velocity


class SqlPapers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._vault = database.vault

    async def keep_key_facts(self, session_id: str, kfs_id: str, statement: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            shown_again = update(key_facts).where(key_facts.c.kfs_id == kfs_id).values(shown_at=now_in_milliseconds())
            if not connection.execute(shown_again).rowcount:
                key = self._vault.key(connection, session_id)
                values = {"kfs_id": kfs_id, "session_id": session_id, "shown_at": now_in_milliseconds()}
                sealed = key.seal_json(_statement(kfs_id), statement)
                connection.execute(insert(key_facts).values(**values, statement=sealed))

        await self._database.run(work)

    async def keep_letter(
        self, session_id: str, letter_id: str, pdf: bytes, record: LetterRecord | None = None
    ) -> bytes:
        def work(connection: Connection) -> bytes:
            if (kept := self._letter(connection, letter_id)) is not None:
                return kept
            sealed = self._vault.key(connection, session_id).seal(_pdf(letter_id), pdf)
            connection.execute(insert(letters).values(letter_id=letter_id, session_id=session_id, pdf=sealed))
            if record is not None:
                note_letter(connection, session_id, record, pdf)
            return pdf

        return await self._database.run(work)

    async def key_facts(self, kfs_id: str) -> dict[str, Any] | None:
        return await self._statement(_STATEMENT.where(key_facts.c.kfs_id == kfs_id))

    async def latest_key_facts(self, session_id: str) -> dict[str, Any] | None:
        """The statement shown last in a session."""
        of_session = _STATEMENT.where(key_facts.c.session_id == session_id)
        return await self._statement(of_session.order_by(key_facts.c.shown_at.desc()).limit(1))

    async def session_of_letter(self, letter_id: str) -> SessionRow | None:
        query = select(letters.c.session_id).where(letters.c.letter_id == letter_id)

        def work(connection: Connection) -> SessionRow | None:
            session_id = connection.execute(query).scalar_one_or_none()
            return session_row(connection, self._vault, session_id) if session_id is not None else None

        return await self._database.run(work)

    async def letter(self, letter_id: str) -> bytes | None:
        return await self._database.run(lambda connection: self._letter(connection, letter_id))

    def _letter(self, connection: Connection, letter_id: str) -> bytes | None:
        row = connection.execute(_LETTER, {"letter_id": letter_id}).one_or_none()
        return None if row is None else self._vault.key(connection, row.session_id).open(_pdf(letter_id), row.pdf)

    async def _statement(self, query: Select[Any]) -> dict[str, Any] | None:
        def work(connection: Connection) -> dict[str, Any] | None:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            key = self._vault.key(connection, row.session_id)
            return cast(dict[str, Any], key.open_json(_statement(row.kfs_id), row.statement))

        return await self._database.run(work)


_STATEMENT = select(key_facts.c.kfs_id, key_facts.c.session_id, key_facts.c.statement)
_LETTER = select(letters.c.session_id, letters.c.pdf).where(letters.c.letter_id == bindparam("letter_id"))


def _statement(kfs_id: str) -> str:
    return f"key_facts.statement:{kfs_id}"


def _pdf(letter_id: str) -> str:
    return f"letters.pdf:{letter_id}"


class SqlHistory:
    """Counts applications by sealed references. Rows under an older key are sealed anew when their person returns, so
    that nobody is counted as two.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(
        self, application_id: str, pan_refs: Sequence[str], phone_refs: Sequence[str], on: date
    ) -> Velocity:
        pan_ref, phone_ref = pan_refs[0], phone_refs[0]

        def work(connection: Connection) -> Velocity:
            _seal_anew(connection, applications.c.pan_ref, pan_refs)
            _seal_anew(connection, applications.c.phone_ref, phone_refs)
            this_one = applications.c.application_id == application_id
            if connection.execute(select(applications.c.application_id).where(this_one)).one_or_none() is None:
                values = {"application_id": application_id, "pan_ref": pan_ref, "phone_ref": phone_ref}
                connection.execute(insert(applications).values(**values, applied_on=on.isoformat()))
            since = (on - timedelta(days=DAYS)).isoformat()
            recent = select(func.count()).where(
                (applications.c.pan_ref == pan_ref)
                & (applications.c.applied_on > since)
                & (applications.c.applied_on <= on.isoformat())
            )
            sharing = select(func.count(distinct(applications.c.pan_ref))).where(applications.c.phone_ref == phone_ref)
            return Velocity(
                connection.execute(recent).scalar_one(),
                connection.execute(sharing).scalar_one(),
                _granted_to_others(connection, application_id, pan_ref, on),
            )

        try:
            return await self._database.run(work)
        except IntegrityError:  # recorded by another process in between
            return await self._database.run(work)

    async def grant_on_otp(self, application_id: str, amount: int, cap: int, on: date) -> bool:
        this_one = applications.c.application_id == application_id

        def work(connection: Connection) -> bool:
            pan_ref = connection.execute(select(applications.c.pan_ref).where(this_one)).scalar_one()
            # Whoever grants to a PAN first writes to its rows, so that another grant waits for this one's end.
            own_person = applications.c.pan_ref == pan_ref
            connection.execute(update(applications).where(own_person).values(pan_ref=pan_ref))
            if _granted_to_others(connection, application_id, pan_ref, on) + amount > cap:
                return False
            values = {"otp_granted": amount, "granted_on": on.isoformat()}
            connection.execute(update(applications).where(this_one).values(**values))
            return True

        return await self._database.run(work)


def _granted_to_others(connection: Connection, application_id: str, pan_ref: str, on: date) -> int:
    """Rupees granted on OTP e-KYC within a year to the person by other applications."""
    total = select(func.coalesce(func.sum(applications.c.otp_granted), 0)).where(
        (applications.c.pan_ref == pan_ref)
        & (applications.c.application_id != application_id)
        & (applications.c.granted_on > (on - YEAR).isoformat())
    )
    return int(connection.execute(total).scalar_one())


def _seal_anew(connection: Connection, column: Column[str], refs: Sequence[str]) -> None:
    newest, *older = refs
    if older:
        connection.execute(update(applications).where(column.in_(older)).values({column: newest}))


class Uploads:
    """Uploaded documents as they came, sealed for their session: moved to another one, a row cannot be opened."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vault = database.vault

    async def keep(self, session_id: str, document_id: str, kind: str, media: str, data: bytes) -> None:
        """Raises UnknownSession."""
        key = await self._database.run(lambda connection: known_key(connection, self._vault, session_id))
        sealed = await asyncio.to_thread(key.seal, _data(document_id, kind, media), data)

        def work(connection: Connection) -> None:
            known_key(connection, self._vault, session_id)
            values = {"document_id": document_id, "session_id": session_id, "kind": kind, "media": media}
            connection.execute(insert(documents).values(**values, data=sealed, uploaded_at=now_in_milliseconds()))

        await self._database.run(work)

    async def read(self, session_id: str, document_id: str) -> bytes | None:
        """None when the session has no such document. Raises Damaged."""
        this_one = (documents.c.document_id == document_id) & (documents.c.session_id == session_id)
        query = select(documents.c.kind, documents.c.media, documents.c.data).where(this_one)

        def work(connection: Connection) -> tuple[SessionKey, str, bytes] | None:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            return self._vault.key(connection, session_id), _data(document_id, row.kind, row.media), row.data

        found = await self._database.run(work)
        if found is None:
            return None
        key, place, data = found
        return await asyncio.to_thread(key.open, place, data)


def _data(document_id: str, kind: str, media: str) -> str:
    return f"documents.data:{document_id}:{kind}:{media}"
