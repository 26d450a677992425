"""`langgraph dev` on the repository's langgraph.json, offline and without a key, in a directory of its own."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service import free_port

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 15
COMPLAINTS = re.compile(
    "BlockingError|Blocked deserialization|unregistered type|Failed to get input schema|Unable to generate"
)


@pytest.fixture(scope="package")
def dev_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running dev server, as somebody without any key has it."""
    with running_dev_server(tmp_path_factory.mktemp("studio")) as address:
        yield address


@contextlib.contextmanager
def running_dev_server(home: Path, **environment: str) -> Iterator[str]:
    """A dev server whose state lies in `home`; it must not have complained of anything when it stops."""
    address = f"http://127.0.0.1:{free_port()}"
    log = home / "dev.log"
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload", "--n-jobs-per-worker", "4"]
    command += ["--config", str(ROOT / "langgraph.json"), "--port", address.rpartition(":")[2]]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=home, env=bare_environment(home) | environment, stdout=out, stderr=out)
        try:
            wait_until_up(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    complaints = COMPLAINTS.findall(log.read_text(encoding="utf-8", errors="replace"))
    assert not complaints, f"the dev server complained: {set(complaints)}"


def bare_environment(home: Path) -> dict[str, str]:
    """No keys, no settings of the machine; types that the state does not name are refused."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(home / "var"),
        "POLICY_AS_OF": "2026-12-01",
        "RATE_LIMIT_ENABLED": "false",
        "LANGGRAPH_STRICT_MSGPACK": "true",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
    }


def wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/ok", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"langgraph dev did not start:\n{log.read_text(errors='replace')[-4000:]}")
