"""The real service in a process that can be killed, paused and started again on the same data and port."""

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.forks import Forked, Nursery
from tests.service import COMMAND, START_SECONDS, Service, clean_environment, free_port, is_ready

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 60.0


class Replica:
    """`esoteric serve`, or with `wrapped` the same with the faults of FAULTS in it (see `serve.py`)."""

    def __init__(
        self,
        folder: Path,
        environment: dict[str, str],
        *,
        wrapped: bool = False,
        port: int = 0,
        nursery: Nursery | None = None,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.environment = environment
        self.wrapped = wrapped
        self._nursery = nursery
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self.starts = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> Service:
        """For `tests.driver.Conversation`."""
        return Service(self.base_url, self.folder)

    @property
    def log(self) -> Path:
        """What the process printed, all its starts."""
        return self.folder.parent / f"{self.folder.name}-{self.port}.log"

    def start(self, *, wait: bool = True, **more: str) -> "Replica":
        """`more` is added to the environment of this start alone."""
        environment = clean_environment(self.folder) | {"PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        environment |= self.environment | more
        self.starts += 1
        if self._nursery is not None:
            self.process = self._nursery.start(environment, self.folder, self.log, wrapped=self.wrapped)
        else:
            command = [sys.executable, "-m", "tests.faults.serve"] if self.wrapped else [str(COMMAND), "serve"]
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready(self.base_url):
            assert self.alive, f"the service ended with status {self.process.returncode}: {self.tail()}"  # type: ignore[union-attr]
            assert time.monotonic() < deadline, f"the service did not get ready: {self.tail()}"
            time.sleep(0.05)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.alive:
            self.signal(signal.SIGKILL)
            self.wait_ended()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.signal(signal.SIGCONT)

    def terminate(self) -> float:
        """SIGTERM; the seconds until it had ended."""
        started = time.monotonic()
        self.signal(signal.SIGTERM)
        self.wait_ended()
        return time.monotonic() - started

    def wait_ended(self, seconds: float = STOP_SECONDS) -> int:
        """The exit status: 137 of a crash point, -9 of SIGKILL."""
        assert self.process is not None
        return self.process.wait(seconds)

    def restart(self, **more: str) -> "Replica":
        """Kill it if it runs, and start it again."""
        self.kill()
        return self.start(**more)

    def remove(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.alive:
                self.go_on()
                self.kill()

    def tail(self, size: int = 800) -> str:
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def open_descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
