"""The SQL side of what the tools name as protocols: papers, past applications, uploads."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Connection, distinct, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.moments import now_in_milliseconds
from server.store.database import Database
from server.store.letters import note_letter
from server.store.sessions import SessionRow, session_row
from server.store.tables import applications, documents, key_facts, letters
from tools.encryption import FileSeal
from tools.papers import LetterRecord
from tools.velocity import DAYS, YEAR, Velocity


class SqlPapers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_key_facts(self, session_id: str, kfs_id: str, statement: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            shown_again = update(key_facts).where(key_facts.c.kfs_id == kfs_id).values(shown_at=now_in_milliseconds())
            if not connection.execute(shown_again).rowcount:
                values = {"kfs_id": kfs_id, "session_id": session_id, "statement": statement}
                connection.execute(insert(key_facts).values(**values, shown_at=now_in_milliseconds()))

        await self._database.run(work)

    async def keep_letter(
        self, session_id: str, letter_id: str, pdf: bytes, record: LetterRecord | None = None
    ) -> bytes:
        def work(connection: Connection) -> bytes:
            first = select(letters.c.pdf).where(letters.c.letter_id == letter_id)
            if (kept := connection.execute(first).scalar_one_or_none()) is not None:
                return bytes(kept)
            connection.execute(insert(letters).values(letter_id=letter_id, session_id=session_id, pdf=pdf))
            if record is not None:
                note_letter(connection, session_id, record, pdf)
            return pdf

        return await self._database.run(work)

    async def key_facts(self, kfs_id: str) -> dict[str, Any] | None:
        query = select(key_facts.c.statement).where(key_facts.c.kfs_id == kfs_id)
        return await self._database.run(lambda connection: connection.execute(query).scalar_one_or_none())

    async def latest_key_facts(self, session_id: str) -> dict[str, Any] | None:
        """The statement shown last in a session."""
        newest = key_facts.c.shown_at.desc()
        query = select(key_facts.c.statement).where(key_facts.c.session_id == session_id).order_by(newest).limit(1)
        return await self._database.run(lambda connection: connection.execute(query).scalar_one_or_none())

    async def session_of_letter(self, letter_id: str) -> SessionRow | None:
        query = select(letters.c.session_id).where(letters.c.letter_id == letter_id)

        def work(connection: Connection) -> SessionRow | None:
            session_id = connection.execute(query).scalar_one_or_none()
            return session_row(connection, session_id) if session_id is not None else None

        return await self._database.run(work)

    async def letter(self, letter_id: str) -> bytes | None:
        query = select(letters.c.pdf).where(letters.c.letter_id == letter_id)
        return await self._database.run(lambda connection: connection.execute(query).scalar_one_or_none())


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

    def __init__(self, database: Database, seal: FileSeal) -> None:
        self._database = database
        self._seal = seal

    async def keep(self, session_id: str, document_id: str, kind: str, media: str, data: bytes) -> None:
        """Raises UnknownSession."""
        sealed = await asyncio.to_thread(self._seal.seal, data, document_id, session_id, kind, media)

        def work(connection: Connection) -> None:
            session_row(connection, session_id)
            values = {"document_id": document_id, "session_id": session_id, "kind": kind, "media": media}
            connection.execute(insert(documents).values(**values, data=sealed, uploaded_at=now_in_milliseconds()))

        await self._database.run(work)

    async def read(self, session_id: str, document_id: str) -> bytes | None:
        """None when the session has no such document. Raises Damaged."""
        this_one = (documents.c.document_id == document_id) & (documents.c.session_id == session_id)
        query = select(documents.c.kind, documents.c.media, documents.c.data).where(this_one)
        row = await self._database.run(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        return await asyncio.to_thread(self._seal.open, row.data, document_id, session_id, row.kind, row.media)
