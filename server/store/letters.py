"""What is kept of every sanction letter to verify it by; it outlives the session and says nothing of the borrower."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, insert, select, update

from server.moments import now_in_seconds
from server.store.database import Database
from server.store.tables import letter_records
from tools.papers import LetterRecord
from tools.signing.codes import code_hash
from tools.signing.verdict import KnownLetter


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A letter that was withdrawn; `before`, whether it was so already."""

    file_digest: str
    session_id: str | None
    before: bool


def note_letter(connection: Connection, session_id: str, record: LetterRecord, pdf: bytes) -> None:
    """Write down what a letter is verified by, in the transaction that keeps the letter.

    One of the same application that a broken turn left behind, on other terms, is withdrawn.
    """
    if record.application_id is not None:
        left_behind = letter_records.c.application_id == record.application_id
        valid = letter_records.c.withdrawn_at.is_(None)
        connection.execute(update(letter_records).where(left_behind, valid).values(withdrawn_at=now_in_seconds()))
    connection.execute(
        insert(letter_records).values(
            code_hash=code_hash(record.code),
            session_id=session_id,
            letter_number=record.letter_number,
            content_digest=record.content_digest,
            file_digest=sha256(pdf).hexdigest(),
            issued_on=record.issued_on.isoformat(),
            valid_until=record.valid_until.isoformat(),
            application_id=record.application_id,
        )
    )


class LetterRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_file(self, pdf: bytes) -> KnownLetter | None:
        """The letter that these very bytes are."""
        return await self._find(letter_records.c.file_digest == sha256(pdf).hexdigest())

    async def by_code(self, code: str) -> KnownLetter | None:
        """The letter of a code, as somebody typed it. A code that cannot be one is looked for all the same."""
        return await self._find(letter_records.c.code_hash == (code_hash(code) or ""))

    async def withdraw(self, letter_number: str, note: Callable[[Connection, Withdrawn], None]) -> Withdrawn | None:
        """The lender takes a letter back, `note` puts that on record. None when there is no letter of that number."""
        this_one = letter_records.c.letter_number == letter_number

        def work(connection: Connection) -> Withdrawn | None:
            columns = letter_records.c
            row = connection.execute(
                select(columns.file_digest, columns.session_id, columns.withdrawn_at).where(this_one)
            ).one_or_none()
            if row is None:
                return None
            letter = Withdrawn(row.file_digest, row.session_id, row.withdrawn_at is not None)
            if not letter.before:
                connection.execute(update(letter_records).where(this_one).values(withdrawn_at=now_in_seconds()))
                note(connection, letter)
            return letter

        return await self._database.run(work)

    async def _find(self, which: "ColumnElement[bool]") -> KnownLetter | None:
        row = await self._database.run(
            lambda connection: connection.execute(select(letter_records).where(which)).one_or_none()
        )
        if row is None:
            return None
        return KnownLetter(
            letter_number=row.letter_number,
            issued_on=date.fromisoformat(row.issued_on),
            valid_until=date.fromisoformat(row.valid_until),
            file_digest=row.file_digest,
            withdrawn=row.withdrawn_at is not None,
            erased=row.session_id is None,
        )
