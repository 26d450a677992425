"""Replicas that start at once on an empty database add the same first officers, and none of them stumbles."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import insert

from server.store.officers import OfficerRow, Officers, stamp
from server.store.tables import officers
from tests.postgres import Postgres
from tests.server.store.both import fresh_url, opened

FIRST = [OfficerRow(name, "hash", ("maker",), 100_000, stamp(datetime.now(UTC))) for name in ("asha", "ravi")]


async def test_somebody_else_adds_them_at_this_moment(postgres: Postgres) -> None:
    async with opened(fresh_url(postgres)) as database:
        mine = Officers(database)
        with database.engine.begin() as theirs:
            row = {"name": "asha", "roles": ["maker"], "limit_rupees": 1, "created_at": FIRST[0].created_at}
            theirs.execute(insert(officers).values(row))
            adding = asyncio.create_task(mine.add_the_first(FIRST))
            await asyncio.sleep(0.5)  # it sees nobody, and waits for what they are about to write
        await adding
        assert [officer.name for officer in await mine.everyone()] == ["asha"]
        await mine.add_the_first(FIRST)
        assert len(await mine.everyone()) == 1
