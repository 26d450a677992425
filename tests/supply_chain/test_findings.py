"""What the security rules found is repaired or explained in its line; none is switched off without a word."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supply_chain.packages import ROOT

FLOORS = ("graph", "agents", "tools", "server", "kb")
FILES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
_SWITCHED_OFF = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]*\b(?:S\d{3}|BLE001)[A-Z0-9, ]*|nosec[ A-Z0-9,]*)")
_A_REASON = 2  # words at least


def unexplained(path: Path) -> list[str]:
    """Lines that silence a rule and say nothing beside it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{path.name}:{number}"
        for number, line in enumerate(lines, 1)
        if _SWITCHED_OFF.search(line) and len(re.findall(r"[A-Za-z]{2,}", said_beside(line))) < _A_REASON
    ]


def said_beside(line: str) -> str:
    """The words of the comments in a line, without the marks."""
    first = _SWITCHED_OFF.search(line)
    comment = line[line.index("#") :] if first else ""
    return _SWITCHED_OFF.sub(" ", comment)


def test_every_exception_has_its_reason() -> None:
    assert [found for path in FILES for found in unexplained(path)] == []


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("x = 1  # noqa: S105", False),
        ("x = 1  # nosec B406", False),
        ("x = 1  # noqa: BLE001, S110", False),
        ("x = 1  # noqa: S105  in the README", True),
        ("x = 1  # it escapes only  # nosec B406", True),
        ("x = 1  # noqa: E501", True),
    ],
)
def test_the_check_sees_a_silent_exception(line: str, explained: bool, tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(line)
    assert (unexplained(path) == []) is explained


def test_bandit_finds_nothing() -> None:
    command = [sys.executable, "-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *FLOORS]
    assert " ".join(command[3:]) in (ROOT / "Makefile").read_text(encoding="utf-8"), "make lint runs the same"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_an_audit_that_reaches_nobody_fails(tmp_path: Path) -> None:
    """Without a network the tool would say that nothing was found; `make audit` does not."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (flags,) = re.findall(r"\$\(BIN\)/pip-audit (.*) --requirement requirements.lock", makefile)
    few = tmp_path / "few.lock"
    few.write_text(f"pypdf==7.1.0 --hash=sha256:{'0' * 64}\n")
    nobody = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *flags.split(), "--cache-dir", str(tmp_path), "--requirement", str(few)],
        env=os.environ | nobody,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "No known vulnerabilities" not in done.stdout + done.stderr
