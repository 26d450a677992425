"""The systemd unit: it restarts, drains, and is shut in."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.files import ROOT, text


@pytest.fixture(scope="module")
def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text("deploy/esoteric.service"))
    return parser


def test_the_unit_restarts_and_drains(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    assert service["ExecStart"].endswith("/esoteric serve")
    assert service["Restart"] == "on-failure"
    assert int(service["TimeoutStopSec"]) > 30
    assert service["KillMode"] == "mixed"
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    assert f"DATA_DIR=/var/lib/{service['StateDirectory']}" in service["Environment"]


def test_the_unit_is_shut_in(unit: configparser.RawConfigParser) -> None:
    service = unit["Service"]
    wanted = {
        "User": "esoteric",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "MemoryDenyWriteExecute": "yes",
        "UMask": "0077",
        "SystemCallFilter": "@system-service",
    }
    assert {name: service[name] for name in wanted} == wanted


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("systemd-analyze is not installed")
    installed_here = text("deploy/esoteric.service").replace("/opt/esoteric/.venv/bin/esoteric", sys.executable)
    here = tmp_path / "esoteric.service"
    here.write_text(re.sub(r"(?m)^(User|Group)=esoteric$", r"\1=root", installed_here))  # such a user there is here
    done = subprocess.run([analyse, "verify", str(here)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    unit = str(ROOT / "deploy" / "esoteric.service")
    judged = subprocess.run(
        [analyse, "security", "--offline=true", "--threshold=25", unit], capture_output=True, text=True
    )
    assert judged.returncode == 0, judged.stdout[-300:]
