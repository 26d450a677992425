"""What stops a start, in one line for the person who started it: which setting, and what is wrong with it."""

import asyncio
import errno
import logging
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from server.store.database import Database, NewerSchema, StorageUnavailable
from server.store.tables import session_keys

log = logging.getLogger("esoteric")

DATABASE_SECONDS: Final = 10.0  # for a database that is only just starting itself
AGAIN_SECONDS: Final = 0.25
PROBE_BYTES: Final = 64 * 1024

NOT_OURS: Final = "what is in the database is under another secret, and none of it can be read with this one"
NEWER: Final = "the database there was made by a newer version of the service"
# What SQLite says of a file that waiting does not mend.
FILE_FAULTS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database there cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the database there cannot be opened",
    sqlite3.SQLITE_PERM: "the database there cannot be opened",
    sqlite3.SQLITE_NOTADB: "the database there is damaged",
    sqlite3.SQLITE_CORRUPT: "the database there is damaged",
    sqlite3.SQLITE_IOERR: "the disk fails",
}
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StartRefused(Exception):
    """The service cannot start as it is set up; the message is one line that names the setting."""


async def migrated(database: Database, setting: str, seconds: float = DATABASE_SECONDS) -> None:
    """Bring the database up to date, waiting for one that is not there yet. Raises StartRefused.

    `setting` is what says where it is, DATABASE_URL or DATA_DIR.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        try:
            await database.migrate()
            return
        except NewerSchema:
            raise StartRefused(f"{setting}: {NEWER}") from None
        except (StorageUnavailable, DBAPIError) as error:
            fault = error.__cause__ if isinstance(error, StorageUnavailable) else error
            lasting = _lasting(fault)
            if lasting is not None or loop.time() > deadline:
                raise StartRefused(f"{setting}: {lasting or _passing(fault)}") from None
        await asyncio.sleep(AGAIN_SECONDS)


def refuse_unusable(data_dir: Path) -> None:
    """A directory that cannot be written, or has no room. Raises StartRefused."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir) as probe:
            probe.write(b"\0" * PROBE_BYTES)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        words = "the disk is full" if error.errno in FULL else "cannot be written"
        raise StartRefused(f"DATA_DIR: {words}") from None


async def refuse_wrong_secret(database: Database) -> None:
    """A secret under which no session there can be read: what was written by it would be lost to the right one.

    Some that cannot be read stop nothing; they are told of. Raises StartRefused, StorageUnavailable.
    """
    vault = database.vault
    counts = await database.run(lambda connection: list(connection.execute(_KEYS)))
    unopened = sum(count for key_id, count in counts if not vault.wraps_by(key_id))
    if not unopened:
        return
    if unopened == sum(count for _, count in counts):
        raise StartRefused(f"SECRET_KEY: {NOT_OURS}")
    log.error(
        "keys.unopened", extra={"reason": f"{unopened} sessions are under neither SECRET_KEY nor PREVIOUS_SECRET_KEY"}
    )


_KEYS = select(session_keys.c.key_id, func.count()).group_by(session_keys.c.key_id)


def _lasting(fault: BaseException | None) -> str | None:
    """What is wrong, if waiting will not mend it."""
    if not isinstance(fault, DBAPIError):
        return None
    code = getattr(fault.orig, "sqlite_errorcode", None)
    if code is not None:
        return FILE_FAULTS.get(code & 0xFF)
    if getattr(fault.orig, "sqlstate", None) == "42501":
        return "its user may not change the schema"
    if type(fault).__name__ == "ProgrammingError" and getattr(fault.orig, "sqlstate", None) is None:
        return "has an option that is not known"
    return None


def _passing(fault: BaseException | None) -> str:
    """What was wrong for as long as was waited."""
    if isinstance(fault, DBAPIError) and "FATAL" in str(fault.orig):  # the server answered
        return "the database does not let the service in; look at its user, password and name"
    return "the database cannot be reached"
