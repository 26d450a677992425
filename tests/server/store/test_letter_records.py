"""Of an application's sanction letters one is valid at a time, whatever broken turns left behind."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from server.store.database import Database
from server.store.ledgers import SqlPapers
from server.store.letters import LetterRecords
from server.store.tables import letter_records
from tests.keys import SECRET
from tests.server.store.both import KINDS, SESSION, fresh_url, opened, with_session
from tools.papers import LetterRecord
from tools.sealing import Sealer
from tools.signing.codes import verification_code


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as found:
        await with_session(found)
        yield found


def record(number: str, application_id: str | None = "EF-1") -> LetterRecord:
    code = verification_code(Sealer(SECRET), number)
    return LetterRecord(code, "0" * 64, number, date(2026, 12, 1), date(2026, 12, 31), application_id)


async def test_a_letter_on_other_terms_takes_the_place_of_one_left_behind(database: Database) -> None:
    papers, records = SqlPapers(database), LetterRecords(database)
    for number, application_id in (("SL-1", "EF-1"), ("SL-2", "EF-2"), ("SL-3", "EF-1"), ("SL-4", None)):
        await papers.keep_letter(SESSION, number, f"%PDF {number}".encode(), record(number, application_id))
    found = {number: await records.by_file(f"%PDF {number}".encode()) for number in ("SL-1", "SL-2", "SL-3", "SL-4")}
    assert {number: one.withdrawn for number, one in found.items() if one} == {
        "SL-1": True,
        "SL-2": False,
        "SL-3": False,
        "SL-4": False,
    }


async def test_the_same_letter_kept_again_is_the_first(database: Database) -> None:
    papers, records = SqlPapers(database), LetterRecords(database)
    assert await papers.keep_letter(SESSION, "SL-1", b"%PDF one", record("SL-1")) == b"%PDF one"
    assert await papers.keep_letter(SESSION, "SL-1", b"%PDF two", record("SL-1")) == b"%PDF one"
    kept = await records.by_file(b"%PDF one")
    assert kept is not None and not kept.withdrawn
    assert await records.by_file(b"%PDF two") is None


async def test_the_database_holds_no_two(database: Database) -> None:
    papers = SqlPapers(database)
    for number in ("SL-1", "SL-2"):
        await papers.keep_letter(SESSION, number, number.encode(), record(number))
    both = update(letter_records).values(withdrawn_at=None)
    with pytest.raises(IntegrityError):
        await database.run(lambda connection: connection.execute(both))
