"""The SQL side of `tools/document_marks.py`. Its rows belong to no session and outlive all of them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from server.store.database import Database
from server.store.tables import document_marks


class SqlDocumentMarks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, marks: Sequence[str], person_refs: Sequence[str], on: date) -> bool:
        among = document_marks.c.mark.in_(list(marks))

        def work(connection: Connection) -> bool:
            rows = connection.execute(select(document_marks.c.mark, document_marks.c.person_ref).where(among)).all()
            own = {mark for mark, person in rows if person in person_refs}
            for mark in dict.fromkeys(marks):
                if mark not in own:
                    values = {"mark": mark, "person_ref": person_refs[0], "seen_on": on.isoformat()}
                    connection.execute(insert(document_marks).values(**values))
            return any(person not in person_refs for _, person in rows)

        try:
            return await self._database.run(work)
        except IntegrityError:  # noted by another process in between
            return await self._database.run(work)
