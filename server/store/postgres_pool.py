"""Connections to Postgres: looked at before each use, and never waited for without end."""

import asyncio
import contextlib
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, perf_counter
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import TimeoutError as NoConnection

from server.store.group_commit import Committed, Work

CONNECTIONS = 8
CONNECT_SECONDS = 3
POOL_SECONDS = 3  # for a free connection
UNASKED_SECONDS = 5.0  # after so long without use the server is asked whether it is still there
LONGEST_SECONDS = 12.0  # of a unit of work; then its connection is cut, which a server that hangs does not notice

# A statement that waits for a lock, or a session that stopped within a transaction, must not hold up the others: a
# process that was paused there would keep its rows for as long as it sleeps.
SESSION = (
    "SET statement_timeout = '8s'",
    "SET lock_timeout = '4s'",
    "SET idle_in_transaction_session_timeout = '5s'",
)
TCP = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 10_000}

_here = threading.local()  # the unit of work on this thread


def with_driver(url: str) -> str:
    """A Postgres URL as Postgres writes it, for SQLAlchemy."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


def open_engine(url: str) -> Engine:
    """`url` as Postgres writes it, `postgresql://…`; nothing is connected yet."""
    engine = create_engine(
        with_driver(url),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,  # the fewer are in use, the fewer have to be asked
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "esoteric", **TCP},
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", _look)
    event.listen(engine, "checkin", _give_back)
    return engine


class Pooled:
    """A thread and a connection for every unit of work, up to `CONNECTIONS`."""

    def __init__(self, engine: Engine, committed: Committed, longest: float = LONGEST_SECONDS) -> None:
        self._engine = engine
        self._committed = committed
        self._longest = longest
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="database")

    def submit(self, work: Work) -> asyncio.Future[Any]:
        """The future of what `work` returns or raises; cancelling it does not stop the work."""
        loop, unit = asyncio.get_running_loop(), _Unit()
        running = loop.run_in_executor(self._threads, self._transaction, unit, work)
        timer = loop.call_later(self._longest, unit.cut)
        running.add_done_callback(lambda _done: timer.cancel())
        return asyncio.shield(running)

    def close(self) -> None:
        self._threads.shutdown()

    def _transaction(self, unit: "_Unit", work: Work) -> Any:
        started = perf_counter()
        _here.unit = unit
        with self._engine.begin() as connection:
            result = work(connection)
        self._committed(1, perf_counter() - started)
        return result


class _Unit:
    """A unit of work under way, and the connection it holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._driver: Any = None
        self._late = False

    def holds(self, driver: Any) -> None:
        """Raises NoConnection when its time was over before it got one."""
        with self._lock:
            self._driver = driver
            if self._late:
                raise NoConnection("too late")

    def over(self) -> None:
        with self._lock:
            self._driver = None

    def cut(self) -> None:
        """Shut the connection down under the thread that waits for it; the thread then fails as on a lost one."""
        with self._lock, contextlib.suppress(OSError):
            self._late = True
            if self._driver is not None and not self._driver.closed:
                with socket.fromfd(self._driver.fileno(), socket.AF_INET, socket.SOCK_STREAM) as same:
                    same.shutdown(socket.SHUT_RDWR)


def _set_up(driver: Any, _record: Any) -> None:
    driver.autocommit = True
    for statement in SESSION:
        driver.execute(statement)
    driver.autocommit = False


def _look(driver: Any, record: Any, _fairy: Any) -> None:
    """Whether the connection is alive, before a unit of work relies on it. Raises DisconnectionError, upon which the
    pool makes a new one.

    A server that went away has said so: there is something to read where nothing was asked. That costs no round trip.
    """
    if unit := getattr(_here, "unit", None):
        unit.holds(driver)
    now, used = monotonic(), record.info.get("used")
    record.info["used"] = now
    if used is None:  # just made
        return
    if driver.closed or _has_spoken(driver) or (now - used > UNASKED_SECONDS and not _answers(driver)):
        raise DisconnectionError("the connection is gone")


def _give_back(_driver: Any, _record: Any) -> None:
    """From here on the connection is another unit's."""
    if unit := getattr(_here, "unit", None):
        unit.over()


def _has_spoken(driver: Any) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return not _answers(driver)
    poll = select.poll()
    poll.register(driver.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


def _answers(driver: Any) -> bool:
    import psycopg

    try:
        driver.autocommit = True
        driver.execute("SELECT 1")
        driver.autocommit = False
    except psycopg.Error:
        return False
    return True
