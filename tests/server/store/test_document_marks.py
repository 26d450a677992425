"""Marks of documents: two people with one are seen, one person with one twice is not, and erasing forgets none."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.document_marks import SqlDocumentMarks
from server.store.sessions import Sessions
from server.store.tables import document_marks
from tests.keys import vault
from tools.document_marks import DocumentMarks, MemoryMarks

TODAY, LATER = date(2026, 12, 1), date(2026, 12, 9)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture(params=["sql", "memory"])
def marks(request: pytest.FixtureRequest, database: Database) -> DocumentMarks:
    return SqlDocumentMarks(database) if request.param == "sql" else MemoryMarks()


async def test_one_document_of_two_people(marks: DocumentMarks) -> None:
    assert await marks.note(["file", "text"], ["asha"], TODAY) is False
    assert await marks.note(["file", "text"], ["asha"], LATER) is False
    assert await marks.note(["other file", "text"], ["ravi"], LATER) is True
    assert await marks.note(["file", "text"], ["asha"], LATER) is True
    assert await marks.note(["another"], ["ravi"], LATER) is False
    assert await marks.note(["another", "another"], ["ravi"], LATER) is False
    assert await marks.note([], ["ravi"], LATER) is False


async def test_marks_outlive_the_session_and_say_nothing(database: Database) -> None:
    sessions, marks = Sessions(database, ActsWriter(database, [b"k" * 32])), SqlDocumentMarks(database)
    await sessions.create("a", "loan", "Hello", {}, "2026-12-01T00:00:00+00:00")
    await marks.note(["file"], ["asha"], TODAY)
    await sessions.erase("a")
    assert await marks.note(["file"], ["ravi"], LATER) is True
    rows = await database.run(lambda connection: connection.execute(select(document_marks)).all())
    assert {tuple(row) for row in rows} == {("file", "asha", "2026-12-01"), ("file", "ravi", "2026-12-09")}


async def test_a_person_under_a_new_key_is_the_same(marks: DocumentMarks) -> None:
    assert await marks.note(["file"], ["asha"], TODAY) is False
    assert await marks.note(["file of the new key", "file"], ["asha anew", "asha"], LATER) is False
    assert await marks.note(["file of the new key", "file"], ["ravi anew", "ravi"], LATER) is True
