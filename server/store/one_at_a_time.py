"""Among all processes on a Postgres, one at a time changes the schema."""

import contextlib
import time
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

LOCK: Final = {"lock": 0x65736F74}
LOOK_AGAIN_SECONDS: Final = 0.1


@contextlib.contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """Whoever comes later waits. On a connection that commits by itself.

    It asks again and again, since a statement that waits would hold up an index that is built while others write.
    """
    while not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), LOCK).scalar_one():
        time.sleep(LOOK_AGAIN_SECONDS)
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), LOCK)
