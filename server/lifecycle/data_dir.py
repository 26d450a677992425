"""One process a data directory: with SQLite, order and locks live in the process that holds it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Final

# What a killed process had just begun to start holds its lock a moment longer than itself.
PATIENCE_SECONDS: Final = 1.0
TAKEN: Final = "DATA_DIR: another Esoteric uses it; esoteric chat --url talks to that one"


class DataDirTaken(Exception):
    """Another process has the directory, or it cannot be written; the message is one line for people."""


@contextlib.contextmanager
def holding(data_dir: Path) -> Iterator[None]:
    """Hold the directory until the end of the block or of the process, however that ends. Raises DataDirTaken."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows has no such lock
        yield
        return
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    except OSError:
        raise DataDirTaken("DATA_DIR: cannot be written") from None
    with lock:
        until = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if monotonic() > until:
                    raise DataDirTaken(TAKEN) from None
            sleep(0.02)
        yield
