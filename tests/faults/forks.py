"""Processes of the service that start quickly: forked from one that has imported everything and opened nothing.

`python -m tests.faults.forks` is that one. It reads a line of JSON for each process wanted, and prints one for each
that started or ended. A forked process is the same program with the same signals; it can be killed like any other.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
IMPORTED = (
    "server.app",
    "server.lifecycle.process",
    "server.store.postgres",
    "tests.faults.serve",
    "langchain_chroma",
    "chromadb.api.rust",
    "jsonschema",
    "lark",
    "rfc3987_syntax",
    "grpc",
    "redis.asyncio",
)


class Forked:
    """A forked process, with the part of Popen's interface that tests use."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.ended = threading.Event()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutError."""
        if not self.ended.wait(timeout):
            raise TimeoutError(f"process {self.pid} has not ended")
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Nursery:
    """The process that others are forked from. Use it as a context."""

    def __enter__(self) -> "Nursery":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
        )
        self._forked: dict[int, Forked] = {}
        self._started = threading.Condition()
        self._one_at_a_time = threading.Lock()  # or two would be given the one that started first
        self._newest: Forked | None = None
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        return self

    def __exit__(self, *_: object) -> None:
        for forked in self._forked.values():
            forked.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reading.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def start(self, environment: dict[str, str], cwd: Path, log: Path, *, wrapped: bool) -> Forked:
        wanted = {"environment": environment, "cwd": str(cwd), "log": str(log), "wrapped": wrapped}
        with self._one_at_a_time, self._started:
            self._newest = None
            self._write(self._process.stdin, wanted)
            assert self._started.wait_for(lambda: self._newest is not None, START_SECONDS), "nothing was forked"
            assert self._newest is not None
            return self._newest

    def _write(self, pipe: IO[str] | None, wanted: dict[str, Any]) -> None:
        assert pipe is not None
        pipe.write(json.dumps(wanted) + "\n")
        pipe.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "started" in told:
                with self._started:
                    self._newest = self._forked[told["started"]] = Forked(told["started"])
                    self._started.notify_all()
            elif (forked := self._forked.get(told["ended"])) is not None:
                forked.returncode = told["status"]
                forked.ended.set()


def main() -> None:
    """Fork on demand until the pipe is closed."""
    for name in IMPORTED:  # before the fork, so that no child has to
        with contextlib.suppress(ModuleNotFoundError):  # an extra that is not installed
            importlib.import_module(name)
    wake_in, wake_out = os.pipe()
    os.set_blocking(wake_out, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_out)
    wanted, rest = sys.stdin.fileno(), b""
    while True:
        ready, _, _ = select.select([wanted, wake_in], [], [])
        if wake_in in ready:
            os.read(wake_in, 4096)
            _tell_of_the_dead()
        if wanted in ready:
            data = os.read(wanted, 65536)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                _fork(json.loads(line), [wake_in, wake_out])


def _fork(wanted: dict[str, Any], ours: list[int]) -> None:
    pid = os.fork()
    if pid:
        print(json.dumps({"started": pid}), flush=True)
        return
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in ours:
            os.close(number)
        _become(wanted)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  told in the log; a child must never go on as its parent
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _become(wanted: dict[str, Any]) -> None:
    log = os.open(wanted["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.close(nothing)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    import random

    random.seed()
    from server.cli import serve
    from tests.faults.serve import main as serve_wrapped

    (serve_wrapped if wanted["wrapped"] else serve)()


def _tell_of_the_dead() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            print(json.dumps({"ended": pid, "status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
