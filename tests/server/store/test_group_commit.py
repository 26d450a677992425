"""SQLite's one writer: who waits together is committed together, and nobody pays for a neighbour's fault."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, OperationalError

from server.store.database import Database, StorageUnavailable


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database.sqlite(tmp_path / "some.db")
    await database.run(lambda connection: connection.exec_driver_sql("CREATE TABLE numbers (n INTEGER UNIQUE)"))
    yield database
    await database.close()


def add(number: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,))
        return number

    return work


async def stored(database: Database) -> list[int]:
    query = "SELECT n FROM numbers ORDER BY n"
    return await database.run(lambda connection: list(connection.exec_driver_sql(query).scalars()))


class Gate:
    """A unit of work that holds the writer until it is opened, so that others pile up behind it."""

    def __init__(self, database: Database) -> None:
        self._opened = threading.Event()
        self._held = asyncio.ensure_future(database.run(lambda _: self._opened.wait(10)))

    async def open(self) -> None:
        self._opened.set()
        await self._held


async def test_who_waits_together_is_committed_together(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    gate = Gate(database)
    waiting = [asyncio.ensure_future(database.run(add(number))) for number in range(10)]
    await asyncio.sleep(0)
    await gate.open()
    assert await asyncio.gather(*waiting) == list(range(10))
    assert len(commits) <= 2  # the gate's, unless they still caught it, and theirs
    assert await stored(database) == list(range(10))


async def test_a_neighbours_fault_is_its_own(database: Database) -> None:
    gate = Gate(database)
    waiting = [asyncio.ensure_future(database.run(add(number))) for number in (1, 2, 1, 3)]
    await asyncio.sleep(0)
    await gate.open()
    first, second, again, third = await asyncio.gather(*waiting, return_exceptions=True)
    assert (first, second, third) == (1, 2, 3)
    assert isinstance(again, IntegrityError)
    assert await stored(database) == [1, 2, 3]


async def test_when_the_commit_fails_nobody_is_told_it_worked(database: Database) -> None:
    def full(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    gate = Gate(database)
    waiting = [asyncio.ensure_future(database.run(add(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    event.listen(database.engine, "commit", full)
    with pytest.raises(StorageUnavailable):
        await gate.open()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StorageUnavailable, StorageUnavailable]
    event.remove(database.engine, "commit", full)
    assert await stored(database) == []


async def test_when_the_disk_fills_up_within_a_group_nobody_is_told_it_worked(database: Database) -> None:
    """SQLite rolls the whole transaction back then, with what neighbours had written into it."""

    def nearly_full(driver: sqlite3.Connection) -> None:
        (pages,) = driver.execute("PRAGMA page_count").fetchone()
        driver.execute(f"PRAGMA max_page_count = {pages + 1}")

    def add_much(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO texts VALUES (?)", ("x" * 100_000,))

    await database.run(lambda connection: connection.exec_driver_sql("CREATE TABLE texts (t TEXT)"))
    await database.alone(nearly_full)
    gate = Gate(database)
    waiting = [asyncio.ensure_future(database.run(work)) for work in (add(1), add_much, add(2))]
    await asyncio.sleep(0)
    with contextlib.suppress(StorageUnavailable):  # they may have caught the gate
        await gate.open()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert await stored(database) == [answer for answer in answers if isinstance(answer, int)]
    assert {type(answer) for answer in answers if not isinstance(answer, int)} == {StorageUnavailable}
    assert await database.run(add(3)) == 3


async def test_who_is_cancelled_has_it_done_all_the_same(database: Database) -> None:
    gate = Gate(database)
    impatient = asyncio.ensure_future(database.run(add(1)))
    await asyncio.sleep(0)
    impatient.cancel()
    await gate.open()
    assert await stored(database) == [1]


async def test_closing_finishes_what_was_handed_in(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "some.db")
    gate = Gate(database)
    last = asyncio.ensure_future(database.run(lambda connection: connection.exec_driver_sql("SELECT 7").scalar_one()))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(database.close())
    await gate.open()
    await closing
    assert await last == 7
