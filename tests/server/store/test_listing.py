"""The pages of a listing: newest first, whole, and of nobody else's; on both databases, by index."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, event, update

from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.listing import Listing, Whose
from server.store.sessions import SessionExists, Sessions
from server.store.tables import sessions
from tests.keys import SECRET, vault
from tests.server.store.both import KINDS, fresh_url, opened

if TYPE_CHECKING:
    from tests.postgres import Postgres

GUY = "hedge_fund_guy"
ALL, ACME = Whose(everybody=True), Whose(tenant="acme")
HELD, STRANGE = b"h" * 32, b"s" * 32
DAY = "2026-12-01T"


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where: Path | str = tmp_path
    if request.param == "postgres":
        pytest.importorskip("psycopg", reason="needs the extra `postgres`")
        cluster: Postgres = request.getfixturevalue("postgres")
        where = fresh_url(cluster)
    async with opened(where) as ready:
        yield ready


def holding(*capabilities: bytes) -> Whose:
    return Whose(capabilities=capabilities, active_since=DAY)


async def fill(database: Database) -> None:
    """Nine sessions, three a second; a third of them a tenant's; and one of the other assistant's for each owner."""
    talks = Sessions(database, ActsWriter(database, [SECRET]))
    for number in range(9):
        owner = {"tenant": "acme"} if number % 3 == 2 else {"capability_hash": HELD if number % 3 else STRANGE}
        moment = f"{DAY}10:00:0{number // 3}.000+00:00"
        await talks.create(f"g{number}", GUY, "Hello", {"number": number}, moment, **owner)
    for name, owner in (("a", {"tenant": "acme"}), ("b", {"capability_hash": HELD})):
        await talks.create(f"loan-{name}", "loan", "Hello", {}, f"{DAY}10:00:09.000+00:00", **owner)


async def ids(database: Database, whose: Whose, limit: int = 100, offset: int = 0) -> list[str]:
    return [row.session_id for row in await Listing(database).page(GUY, whose, limit, offset)]


async def test_newest_first_and_of_whom_it_is(database: Database) -> None:
    await fill(database)
    assert await ids(database, ALL) == ["g8", "g7", "g6", "g5", "g4", "g3", "g2", "g1", "g0"]
    assert await ids(database, ACME) == ["g8", "g5", "g2"]
    assert await ids(database, holding(HELD)) == ["g7", "g4", "g1"]
    assert await ids(database, holding(HELD, STRANGE)) == ["g7", "g6", "g4", "g3", "g1", "g0"]
    assert await ids(database, Whose(tenant="other")) == []
    assert await ids(database, holding(b"n" * 32)) == []
    assert await ids(database, Whose()) == []
    assert [row.view["number"] for row in await Listing(database).page(GUY, ACME, 2, 1)] == [5, 2]


async def test_a_capability_that_has_ended_lists_nothing(database: Database) -> None:
    await fill(database)
    assert await ids(database, Whose(capabilities=(HELD,), active_since=f"{DAY}10:00:01.500+00:00")) == ["g7"]


@pytest.mark.parametrize("size", [1, 2, 4, 9])
@pytest.mark.parametrize("whose", [ALL, ACME, holding(HELD, STRANGE)], ids=["all", "tenant", "held"])
async def test_pages_make_up_the_whole(database: Database, whose: Whose, size: int) -> None:
    """Also where many were begun in the same moment."""
    await fill(database)
    whole = await ids(database, whose)
    pages = [await ids(database, whose, size, offset) for offset in range(0, len(whole) + size, size)]
    assert [name for page in pages for name in page] == whole
    assert pages[-1] == []


async def test_one_that_cannot_be_read_holds_up_no_other(database: Database) -> None:
    await fill(database)
    broken = update(sessions).where(sessions.c.session_id == "g5").values(view=b"what was never sealed")
    await database.run(lambda connection: connection.execute(broken))
    rows = await Listing(database).page(GUY, ACME, 10, 0)
    assert [(row.session_id, row.view) for row in rows] == [("g8", {"number": 8}), ("g5", {}), ("g2", {"number": 2})]


async def test_an_id_is_given_once(database: Database) -> None:
    talks = Sessions(database, ActsWriter(database, [SECRET]))
    moment = f"{DAY}10:00:00.000+00:00"
    await talks.create("mine", GUY, "Hello", {"number": 1}, moment, capability_hash=HELD)
    with pytest.raises(SessionExists):
        await talks.create("mine", GUY, "Hello", {"number": 2}, moment, capability_hash=STRANGE)
    assert (await talks.get("mine")).capability_hash == HELD
    assert len(await talks.transcript("mine")) == 1
    assert (await talks.exists("mine"), await talks.exists("yours")) == (True, False)
    await talks.destroy_key("mine")  # half erased: not free yet
    assert await talks.exists("mine")
    with pytest.raises(SessionExists):
        await talks.create("mine", GUY, "Hello", {}, moment)


async def test_a_session_begun_again_under_its_id_by_another_process(tmp_path: Path) -> None:
    """What this process remembers of the erased one's key opens nothing of the new one, and does no harm to it."""
    moment = f"{DAY}10:00:00.000+00:00"
    async with opened(tmp_path) as here:
        there = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
        ours, theirs = (Sessions(database, ActsWriter(database, [SECRET])) for database in (here, there))
        await ours.create("again", GUY, "Hello", {"number": 1}, moment)
        assert (await ours.get("again")).view == {"number": 1}
        await theirs.erase("again")
        await theirs.create("again", GUY, "Good evening", {"number": 2}, moment)
        assert (await ours.get("again")).view == {"number": 2}
        assert [said["content"] for said in await ours.transcript("again")] == ["Good evening"]
        await there.close()


async def test_nothing_is_looked_for_row_by_row(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await fill(database)
        asked: list[tuple[str, tuple[object, ...]]] = []

        def note(_connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
            asked.append((statement, values))

        for whose, index in (
            (ALL, "USING COVERING INDEX sessions_by_assistant"),
            (ACME, "USING COVERING INDEX sessions_by_tenant"),
            (holding(HELD, STRANGE), "USING INDEX sessions_by_capability"),
        ):
            event.listen(database.engine, "before_cursor_execute", note)
            await ids(database, whose, 20, 40)
            event.remove(database.engine, "before_cursor_execute", note)
            ((statement, values),) = [(said, bound) for said, bound in asked if "LIMIT" in said]
            asked.clear()
            explain = partial(explained, statement=statement, values=values)
            steps = await database.run(explain)
            plan = [step[-1] for step in steps]
            assert any(index in step for step in plan), plan
            assert not [step for step in plan if step.startswith(("SCAN sessions", "SCAN session_keys"))]


def explained(connection: Connection, statement: str, values: tuple[object, ...]) -> Sequence[Any]:
    return connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
