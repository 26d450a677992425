"""Servers under load as processes of their own: start, processor time, memory, stored bytes. Linux only (`/proc`)."""

import asyncio
import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.load.client import Connection, LoadError

START_SECONDS = 90
STOP_SECONDS = 30
POLL = 0.02
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR")


class Cpu(NamedTuple):
    """Seconds of processor time: of the process that answers, and of that with all its helpers."""

    own: float
    all: float

    def since(self, before: "Cpu") -> "Cpu":
        return Cpu(self.own - before.own, self.all - before.all)


@dataclass(slots=True)
class Server:
    """A running server. `ready_after` is the seconds from its start to the first 200 of `/ready`."""

    process: subprocess.Popen[bytes]
    port: int
    directory: Path
    ready_after: float = 0.0

    @classmethod
    async def start(cls, command: list[str], directory: Path, environment: dict[str, str], port: int) -> "Server":
        """Raises LoadError when it does not get ready."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        root = str(Path(__file__).parents[2])
        started = time.perf_counter()
        with (directory / f"server-{port}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: ASYNC220  done before anything is measured
                command,
                cwd=directory,  # no .env of the developer's
                env={**kept, "PYTHONPATH": root, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = cls(process, port, directory)
        while not await _is_ready(port):
            if process.poll() is not None or time.perf_counter() - started > START_SECONDS:
                server.stop()
                raise LoadError(f"the server did not start: {(directory / f'server-{port}.log').read_text()[-500:]}")
            await asyncio.sleep(POLL)
        server.ready_after = time.perf_counter() - started
        return server

    def cpu_seconds(self) -> Cpu:
        """Processor time, user and system, so far."""
        tick = os.sysconf("SC_CLK_TCK")
        return Cpu(_ticks(self.process.pid) / tick, sum(map(_ticks, self._processes())) / tick)

    def resident_mb(self) -> float:
        """Of all its processes; pages that they share count in each."""
        sizes = 0
        for pid in self._processes():
            status = Path(f"/proc/{pid}/status").read_text()
            sizes += sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
        return sizes / 1024

    def _processes(self) -> list[int]:
        """The server and what it has started."""
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it has just ended
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def stored_bytes(self) -> int:
        """Bytes in use in the SQLite files, log included; what is freed and not reused does not count."""
        return sum(map(_used, self.directory.glob("*.db")))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def start_service(directory: Path, customers: Path | None = None, *, profile_to: Path | None = None) -> Server:
    """This service on its embedded default, everything it writes in `directory`."""
    port = free_port()
    environment = {"PORT": str(port), "DATA_DIR": str(directory), "POLICY_AS_OF": "2026-12-01"}
    environment |= {"LOG_LEVEL": "WARNING", "RATE_LIMIT_ENABLED": "false"}
    if customers is not None:
        environment["CUSTOMERS_FILE"] = str(customers)
    command = [str(Path(sys.executable).parent / "esoteric"), "serve"]
    if profile_to is not None:
        command = [sys.executable, "-m", "tests.load.profiling", str(profile_to)]
    return await Server.start(command, directory, environment, port)


async def start_baseline(directory: Path) -> Server:
    port = free_port()
    command = [sys.executable, "-m", "tests.load.baseline_app", str(port), str(directory / "baseline.db")]
    return await Server.start(command, directory, {}, port)


async def _is_ready(port: int) -> bool:
    try:
        connection = await Connection.open(port)
        answer = await connection.request("GET", "/ready")
        await connection.close()
    except (OSError, LoadError):
        return False
    return answer.status == 200


def _ticks(pid: int) -> int:
    """Its own processor time and that of its children that have ended."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))


def _used(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        pages, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)
