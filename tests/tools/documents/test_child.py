"""The child that opens files: what it may not do, what it is believed, what is left of it."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from tests.hostile_files import bomb_pdf, busy_pdf
from tests.samples import salary_slip_pdf
from tools import confined as running
from tools.documents import child, confinement, program
from tools.documents.child import read_salary_slip
from tools.documents.reader import DocumentReader

SLIP = salary_slip_pdf(name="A. Rao", employer="Sample Mills", net_pay=50_000, month=date(2026, 11, 1))
posix = pytest.mark.skipif(not hasattr(os, "killpg"), reason="the limits are those of POSIX")


def confined(code: str, folder: Path | None = None, before: str = "") -> list[str]:
    """What a confined process prints while it tries something, a line for each try."""
    program_text = f"from tools.documents.confinement import confine\nimport os, socket\n{before}\nconfine()\n{code}"
    command = [sys.executable, "-I", "-c", program_text]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)
    return done.stdout.splitlines()


def attempt(action: str) -> str:
    failed = "except (OSError, MemoryError, ValueError) as error:\n    print(type(error).__name__)"
    return f"try:\n    {action}\n    print('done')\n{failed}\n"


@posix
@pytest.mark.parametrize(
    "action",
    [
        "socket.socket()",
        "socket.socketpair()",
        "socket.create_connection(('127.0.0.1', 9))",
        "open('/etc/hosts').read()",
        "open('left-behind', 'w')",
        "os.pipe()",
        "os.dup(1)",
        "os.memfd_create('x') if hasattr(os, 'memfd_create') else os.pipe()",
        "bytearray(300 * 1024 * 1024)",
        "__import__('resource').setrlimit(7, (64, 64)); open('/etc/hosts')",
    ],
)
def test_what_a_confined_process_cannot_do(action: str, tmp_path: Path) -> None:
    said = confined(attempt(action), tmp_path)
    assert said and said[0] != "done"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
def test_a_confined_process_has_an_empty_network() -> None:
    """Where the kernel allows a namespace to this user; elsewhere the missing sockets are all, tested above."""
    allowed = subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0
    if not allowed:
        pytest.skip("this user may not make a network namespace")
    ours = str(Path("/proc/self/ns/net").readlink())
    assert confined("print(os.readlink('/proc/self/ns/net'))")[0] != ours


@posix
def test_a_confined_process_starts_no_other() -> None:
    """Root is above this limit, so the process becomes nobody first."""
    assert confined(attempt("os.fork()"), before="import resource; os.getuid() or os.setuid(65534)")[0] != "done"


@posix
def test_the_limits_are_those_of_the_design() -> None:
    names = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC", "RLIMIT_NOFILE")
    code = f"import resource\nfor name in {names!r}: print(*resource.getrlimit(getattr(resource, name)))"
    cpu, memory = confinement.CPU_SECONDS, confinement.MEMORY_BYTES
    assert confined(code) == [f"{value} {value}" for value in (cpu, memory, 0, 0, 0, 0)]


def test_the_child_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, env=running._environment(), capture_output=True, text=True)
    assert not {name for name in json.loads(done.stdout) if "SECRET" in name or "KEY" in name}
    assert len(json.loads(done.stdout)) <= 4


def test_native_libraries_are_not_loaded() -> None:
    code = "from tools.documents.program import load; load(); import sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.split(".")[0] in program.UNWANTED}
    assert {name.split(".")[0] for name in loaded} == loaded, "only the entries that forbid the import"


# What a child that a file has taken over could say.
LIES = {
    "nothing": b"",
    "no JSON": b"hello",
    "a list": b"[]",
    "no claims": b"{}",
    "endless": b"x" * (child.MOST_ANSWER * 4),
    "another field": json.dumps({"approved": True}).encode(),
}
HONEST = {
    "problems": [],
    "employee_name": "A. Rao",
    "employer": "Sample Mills",
    "month": "2026-11-01",
    "paid_on": None,
    "gross": None,
    "deductions": None,
    "net_pay": "50000.00",
    "pan": None,
    "pages": 1,
    "text_mark": "",
}
BENT = {
    "a longer name": {"employee_name": "x" * 121},
    "a line break": {"employee_name": "A\nB"},
    "a direction mark": {"employee_name": "A\u202eB"},
    "a null byte": {"employer": "A\u0000B"},
    "a line separator": {"employer": "A\u2028B"},
    "a number for a name": {"employee_name": 7},
    "an endless sum": {"net_pay": "9" * 40},
    "not a number": {"net_pay": "NaN"},
    "infinity": {"net_pay": "Infinity"},
    "less than nothing": {"net_pay": "-1"},
    "thousandths": {"net_pay": "1.001"},
    "no month": {"month": "2026-13-01"},
    "an unknown problem": {"problems": ["approve"]},
    "many problems": {"problems": ["no_text"] * 9},
    "no PAN": {"pan": "<script>"},
    "a negative page": {"pages": -1},
    "something more": {"digest": "0" * 64},
    "something less": {"pages": ...},
}


def answering(tmp_path: Path, answer: bytes) -> Path:
    """A program in the child's place that reads its file and then says what it is told to."""
    said = tmp_path / "said"
    said.write_bytes(answer)
    liar = tmp_path / "liar"
    liar.write_text(f'#!/bin/sh\ncat > /dev/null\ncat "{said}"\n')
    liar.chmod(0o700)
    return liar


@posix
@pytest.mark.parametrize("lie", LIES)
def test_a_child_that_lies_is_not_believed(lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(answering(tmp_path, LIES[lie])))
    assert read_salary_slip(SLIP, kind="pdf").problems == ("unreadable",)


@posix
@pytest.mark.parametrize("bent", BENT)
def test_a_bent_claim_is_not_believed(bent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {name: value for name, value in {**HONEST, **BENT[bent]}.items() if value is not ...}
    monkeypatch.setattr(sys, "executable", str(answering(tmp_path, json.dumps(claims).encode())))
    assert read_salary_slip(SLIP, kind="pdf").problems == ("unreadable",)


@posix
def test_the_same_child_is_believed_when_it_is_honest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(answering(tmp_path, json.dumps(HONEST).encode())))
    assert (read_salary_slip(SLIP, kind="pdf").problems, read_salary_slip(SLIP, kind="pdf").net_pay) == ((), 50_000)


@posix
def test_a_child_that_fails_after_its_answer_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liar = answering(tmp_path, json.dumps(HONEST).encode())
    liar.write_text(liar.read_text() + "exit 1\n")
    monkeypatch.setattr(sys, "executable", str(liar))
    assert read_salary_slip(SLIP, kind="pdf").problems == ("unreadable",)


def states(group: int) -> set[str]:
    """Of the processes that a group still has; Z is one that ended and was not yet asked after."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    return {line.split()[1][0] for line in listed.splitlines() if line.split()[0] == str(group)}


@posix
@pytest.mark.parametrize("stays", ["sleep 60", "exec > /dev/null; sleep 60", "yes > /dev/null & exit 0"])
def test_a_child_that_stays_is_ended_with_its_own(stays: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liar = tmp_path / "liar"
    liar.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/group\n{stays}\n")
    liar.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(liar))
    assert read_salary_slip(SLIP, kind="pdf", wall_seconds=1.0).problems == ("unreadable",)
    group = int((tmp_path / "group").read_text())
    until = time.monotonic() + 20  # a killed process ends when the machine gets round to it
    while (left := states(group)) - {"Z"} and time.monotonic() < until:
        time.sleep(0.05)
    assert left <= {"Z"}


def test_a_bomb_ends_its_reader_only() -> None:
    assert read_salary_slip(bomb_pdf(400), kind="pdf").problems == ("unreadable",)


def test_a_file_that_keeps_its_reader_busy_is_given_up() -> None:
    assert read_salary_slip(busy_pdf(), kind="pdf", wall_seconds=1.0).problems == ("unreadable",)


def open_descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_a_reading_costs_no_descriptor_and_no_thread() -> None:
    read_salary_slip(SLIP, kind="pdf")
    descriptors, threads = open_descriptors(), threading.active_count()
    for _ in range(3):
        read_salary_slip(SLIP, kind="pdf")
    # Fewer is fine: what other tests left may end meanwhile.
    assert open_descriptors() <= descriptors and threading.active_count() <= threads


async def test_reading_leaves_the_loop_free() -> None:
    """The loop goes round while a file is read, and the readings are the same."""
    reading = asyncio.create_task(DocumentReader().read(SLIP, kind="pdf"))
    rounds = 0
    while not reading.done():
        await asyncio.sleep(0)
        rounds += 1
    assert rounds > 100
    assert reading.result() == read_salary_slip(SLIP, kind="pdf")
