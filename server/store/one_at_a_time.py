"""Among all processes on a Postgres, one at a time."""

import contextlib
import time
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

SCHEMA: Final = 0x65736F74  # the lock of whoever changes the schema
RETENTION: Final = 0x65736F75  # the lock of whoever applies the retention rules
LOOK_AGAIN_SECONDS: Final = 0.1


@contextlib.contextmanager
def one_at_a_time(connection: Connection, lock: int = SCHEMA) -> Iterator[None]:
    """Whoever comes later waits. On a connection that commits by itself.

    It asks again and again, since a statement that waits would hold up an index that is built while others write.
    """
    while not _taken(connection, lock):
        time.sleep(LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        _give_back(connection, lock)


@contextlib.contextmanager
def if_nobody_else(connection: Connection, lock: int) -> Iterator[bool]:
    """Whether it could be had; nobody waits. On a connection that commits by itself."""
    taken = _taken(connection, lock)
    try:
        yield taken
    finally:
        if taken:
            _give_back(connection, lock)


def _taken(connection: Connection, lock: int) -> bool:
    return bool(connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}).scalar_one())


def _give_back(connection: Connection, lock: int) -> None:
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})
