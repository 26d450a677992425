"""SQLite's one writer: units of work that wait at the same time share a transaction, hence one sync of the disk.

SQLite takes one writer at a time and a sync is most of what a small transaction costs, so a writer that falls behind
catches up by itself. Nobody is answered before the commit that holds their work.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

MOST_TOGETHER = 64
# Work that comes so soon after a commit is one of many: what else comes in the next moment shares its sync.
BUSY_SECONDS = 0.002
GATHERING_SECONDS = 0.001

Work = Callable[[Any], Any]  # takes a Connection, or, alone, the driver's
Committed = Callable[[int, float], None]  # hears of a transaction: its units of work, its seconds


def unheard(_units: int, _seconds: float) -> None:
    """For a database that nobody watches."""


@dataclass(slots=True)
class _Job:
    """A unit of work and whoever awaits its `outcome`. One that is `alone` runs outside of any transaction."""

    work: Work
    loop: asyncio.AbstractEventLoop
    outcome: asyncio.Future[Any]
    alone: bool
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.outcome.done():  # whoever asked was cancelled; the work is done all the same
            return
        if self.error is not None:
            self.outcome.set_exception(self.error)
        else:
            self.outcome.set_result(self.result)


class GroupCommit:
    """Runs units of work in the order they come, on one thread and one connection."""

    def __init__(self, engine: Engine, committed: Committed = unheard) -> None:
        self._engine = engine
        self._committed = committed
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="database", daemon=True)
        self._thread.start()

    def submit(self, work: Work, *, alone: bool = False) -> asyncio.Future[Any]:
        """The future of what `work` returns or raises; cancelling it does not stop the work."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Any] = loop.create_future()
        self._jobs.put(_Job(work, loop, outcome, alone))
        return outcome

    def close(self) -> None:
        """Finish what was submitted; waits for it."""
        self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        waiting: list[_Job | None] = []
        ended = 0.0
        while None not in waiting:
            waiting = [self._jobs.get()]
            if perf_counter() - ended < BUSY_SECONDS:
                sleep(GATHERING_SECONDS)
            while len(waiting) < MOST_TOGETHER and not self._jobs.empty():
                waiting.append(self._jobs.get())
            jobs = [job for job in waiting if job is not None]
            for alone, group in groupby(jobs, key=lambda job: job.alone):
                together = list(group)
                started = perf_counter()
                self._run_alone(together) if alone else self._commit(together)
                self._committed(len(together), perf_counter() - started)
            ended = perf_counter()
            for loop, told in groupby(jobs, key=lambda job: job.loop):
                if not loop.is_closed():
                    loop.call_soon_threadsafe(_tell, list(told))

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            with self._engine.begin() as connection:
                if len(jobs) == 1:
                    jobs[0].result = jobs[0].work(connection)
                    return
                for job in jobs:
                    _apart(job, connection)
        except Exception as error:  # noqa: BLE001  likewise; nothing of these was committed
            for job in jobs:
                job.error = job.error or error

    def _run_alone(self, jobs: list[_Job]) -> None:
        for job in jobs:
            try:
                with closing(self._engine.raw_connection()) as connection:
                    job.result = job.work(connection.driver_connection)
            except Exception as error:  # noqa: BLE001  it is the caller's
                job.error = error


def _apart(job: _Job, connection: Connection) -> None:
    """Do the work so that, should it fail, nothing is left of it and its neighbours go on.

    At a full disk SQLite itself rolls back all of the transaction, neighbours' work too. What came next would begin
    another, and a commit at the end would not say that anything is missing: so this raises DBAPIError then.
    """
    # The driver's own statements, under one name that it keeps prepared: SQLAlchemy's cost a third of a unit of work.
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    driver.execute("SAVEPOINT unit")
    try:
        job.result = job.work(connection)
    except Exception as error:  # noqa: BLE001  it is the caller's
        job.error = error
        if driver.in_transaction:
            driver.execute("ROLLBACK TO unit")
    if not driver.in_transaction:
        raise job.error if isinstance(job.error, DBAPIError) else _rolled_back()
    driver.execute("RELEASE unit")


def _rolled_back() -> OperationalError:
    return OperationalError("COMMIT", {}, Exception("rolled back"))


def _tell(jobs: list[_Job]) -> None:
    for job in jobs:
        job.tell()
