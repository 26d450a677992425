"""Starts the program that opens an upload, and believes nothing of it but a small set of claims."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tools.documents.kinds import DocumentKind, sniff_kind
from tools.documents.slip import MAX_BYTES, Problem, SlipReading

WALL_SECONDS: Final = 10.0
MOST_ANSWER: Final = 16 * 1024
PROGRAM: Final = "tools.documents.program"

# Printable, or one of the two joiners of Devanagari: no control, direction or line separator reaches a sentence.
_Line = Annotated[str, StringConstraints(max_length=120, pattern=r"^(?:[^\p{C}\p{Z}]| |\x{200c}|\x{200d})*$")]
_Rupees = Annotated[Decimal, Field(ge=0, lt=100_000_000, decimal_places=2)]


class _Claims(BaseModel):
    """What the child may say, with nothing missing and nothing more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problems: Annotated[tuple[Problem, ...], Field(max_length=4)]
    employee_name: _Line | None
    employer: _Line | None
    month: date | None
    paid_on: date | None
    gross: _Rupees | None
    deductions: _Rupees | None
    net_pay: _Rupees | None
    pan: Annotated[str, StringConstraints(pattern=r"^[A-Z]{5}[0-9]{4}[A-Z]$")] | None
    pages: Annotated[int, Field(ge=0, le=100_000)]
    producer: _Line


def read_salary_slip(data: bytes, *, kind: DocumentKind, wall_seconds: float = WALL_SECONDS) -> SlipReading:
    """Read a slip in a child process; blocks for as long. Never raises for what is in the file.

    `problems` says why it is refused or why a person should look; a picture is left to a person (`no_text`).
    """
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        return SlipReading(digest, ("too_large",))
    if sniff_kind(data) != kind:
        return SlipReading(digest, ("not_a_pdf" if kind == "pdf" else "unreadable",))
    try:
        claims = _Claims.model_validate_json(_answer(data, kind, wall_seconds))
    except (ValidationError, OSError):
        return SlipReading(digest, ("unreadable",))
    return SlipReading(digest, **dict(claims))


def _answer(data: bytes, kind: DocumentKind, wall_seconds: float) -> bytes:
    """What the child wrote, b"" if it failed. Afterwards it is gone, and whatever it may have started."""
    process = subprocess.Popen(  # noqa: S603  fixed program, no shell, data on standard input
        [sys.executable, "-I", "-m", PROGRAM, kind],
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
            answer = _read(process.stdout.fileno())
    finally:
        clock.cancel()
        failed = _end(process)
    return b"" if failed else answer


def _write(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest) :]


def _read(pipe: int) -> bytes:
    """All that is written, or too much of it."""
    answer = b""
    while len(answer) <= MOST_ANSWER and (more := os.read(pipe, MOST_ANSWER)):
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
