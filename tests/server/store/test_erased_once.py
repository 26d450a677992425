"""A session that several processes erase at once: one does, for the others it is gone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.sessions import Sessions, UnknownSession
from server.store.tables import audit_log
from tests.keys import SECRET
from tests.server.store.both import KINDS, fresh_url, opened, with_session


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as found:
        yield found


async def test_it_is_erased_and_written_down_once(database: Database) -> None:
    names = [f"s-{number}" for number in range(20)]
    for name in names:
        await with_session(database, name)
    sessions = Sessions(database, ActsWriter(database, [SECRET]))
    for name in names:
        ends = await asyncio.gather(*(sessions.destroy_key(name) for _ in range(4)), return_exceptions=True)
        assert sorted(map(repr, ends)) == ["None", *[repr(UnknownSession())] * 3]
    erased = select(func.count()).where(audit_log.c.kind == "session.erased")
    assert await database.run(lambda connection: connection.execute(erased).scalar_one()) == len(names)
