"""`make sbom` names every package of the lock with its hashes, in the same bytes each time."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.supply_chain.packages import ROOT, lock

TARGET = "dist/esoteric.cdx.json"


def command() -> list[str]:
    """The one line of the target `sbom` that makes the file."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    line = re.search(r"^\t@PYTHONWARNINGS=ignore \$\(BIN\)/(cyclonedx-py .*)$", makefile, re.MULTILINE)
    assert line is not None
    return shlex.split(f"{ROOT}/.venv/bin/{line[1]}")


def made(path: Path) -> bytes:
    words = [str(path) if word == TARGET else word for word in command()]
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, env=environment)
    return path.read_bytes()


def test_the_bill_covers_the_lock(tmp_path: Path) -> None:
    first = made(tmp_path / "one.json")
    assert first == made(tmp_path / "two.json")
    bill = json.loads(first)
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "esoteric")
    named = {
        (canonicalize_name(part["name"]), part["version"]): {
            digest["content"] for place in part["externalReferences"] for digest in place.get("hashes", [])
        }
        for part in bill["components"]
    }
    assert named == {(entry.name, entry.version): set(entry.hashes) for entry in lock()}
    assert str(ROOT) not in first.decode()
