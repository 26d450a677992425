"""Runs a program that opens hostile files in a process of its own, under a clock, and takes what it says."""

import contextlib
import os
import signal
import subprocess
import sys
import threading


def answer_of(program: str, data: bytes, *arguments: str, wall_seconds: float, most: int) -> bytes:
    """What `python -m program arguments` wrote for `data`: at most about `most` bytes, b"" if it failed.

    Blocks for as long. Afterwards the process is gone, and whatever it may have started. The program confines itself.
    """
    process = subprocess.Popen(  # noqa: S603  fixed program, no shell, data on standard input
        [sys.executable, "-I", "-m", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
        bufsize=0,
    )
    clock = threading.Timer(wall_seconds, _kill, [process])
    clock.daemon = True
    clock.start()
    try:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  both are pipes
        with process.stdin, contextlib.suppress(BrokenPipeError):  # it may end before it has read all
            _write(process.stdin.fileno(), data)
        with process.stdout:
            answer = _read(process.stdout.fileno(), most)
    finally:
        clock.cancel()
        failed = _end(process)
    return b"" if failed else answer


def _write(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _read(pipe: int, most: int) -> bytes:
    """All that is written, or too much of it."""
    answer = b""
    while len(answer) <= most and (more := os.read(pipe, most)):
        answer += more
    return answer


def _end(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the child failed; one that closed its output has a moment to end by itself."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    _kill(process)
    return process.wait() != 0


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _environment() -> dict[str, str]:
    """Nothing of ours: secrets live in the environment. Windows cannot start Python without SYSTEMROOT."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ} | {"PYTHONUTF8": "1"}
