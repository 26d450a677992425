"""The pool over a Postgres that goes away, comes back, or stops answering."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("psycopg", reason="needs the extra `postgres`")

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from server.store.group_commit import unheard
from server.store.postgres_pool import CONNECTIONS, Pooled, open_engine
from tests.postgres import Postgres


@contextlib.contextmanager
def open_pool(postgres: Postgres, longest: float = 30.0) -> Iterator[Pooled]:
    engine = open_engine(postgres.url)
    pool = Pooled(engine, unheard, longest)
    try:
        yield pool
    finally:
        pool.close()
        engine.dispose()


def scalar(statement: str) -> Callable[[Connection], Any]:
    return lambda connection: connection.exec_driver_sql(statement).scalar_one()


async def all_at_once(pool: Pooled) -> list[Any]:
    """One unit of work on every connection there may be."""
    all_have_one = threading.Barrier(CONNECTIONS, timeout=20)

    def work(connection: Connection) -> Any:
        backend = scalar("SELECT pg_backend_pid()")(connection)
        all_have_one.wait()
        return backend

    return await asyncio.gather(*(pool.submit(work) for _ in range(CONNECTIONS)))


async def test_a_restart_is_noticed_before_a_connection_is_used(postgres: Postgres) -> None:
    """Nobody gets an error for it once the server is there again, however many connections were lost."""
    with open_pool(postgres) as pool:
        before = await all_at_once(pool)
        assert len(set(before)) == CONNECTIONS
        await asyncio.to_thread(postgres.stop)
        with pytest.raises(DBAPIError):
            await pool.submit(scalar("SELECT 1"))
        await asyncio.to_thread(postgres.start)
        after = await all_at_once(pool)
        assert not set(before) & set(after)


async def test_a_connection_is_used_again(postgres: Postgres) -> None:
    with open_pool(postgres) as pool:
        assert len({await pool.submit(scalar("SELECT pg_backend_pid()")) for _ in range(20)}) == 1


async def test_a_server_that_hangs_is_given_up(postgres: Postgres) -> None:
    """Its socket stays open and nothing comes: the unit of work ends as on a lost connection, and the next works."""
    with open_pool(postgres, 3.0) as pool:
        backend = await pool.submit(scalar("SELECT pg_backend_pid()"))
        os.kill(backend, signal.SIGSTOP)
        try:
            with pytest.raises((DBAPIError, NoConnection)):
                await pool.submit(scalar("SELECT 1"))
            assert await pool.submit(scalar("SELECT pg_backend_pid()")) != backend
        finally:
            os.kill(backend, signal.SIGCONT)


async def test_work_that_waited_too_long_for_its_turn_is_not_begun(postgres: Postgres) -> None:
    with open_pool(postgres, 0.5) as pool:
        busy = [pool.submit(lambda _: time.sleep(2)) for _ in range(CONNECTIONS)]
        begun: list[bool] = []
        with pytest.raises(NoConnection):
            await pool.submit(lambda _: begun.append(True))
        await asyncio.gather(*busy, return_exceptions=True)
        assert begun == []
        pool._longest = 30.0
        assert await pool.submit(scalar("SELECT 1")) == 1


@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
async def test_the_server_bounds_what_a_session_does(postgres: Postgres, name: str) -> None:
    with open_pool(postgres) as pool:
        assert await pool.submit(scalar(f"SHOW {name}")) not in {"0", ""}
