"""The real service in a process of its own, for tests that come from outside."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.service import free_port

READY_SECONDS = 60


@contextlib.contextmanager
def running_service(data_dir: Path, **settings: str) -> Iterator[str]:
    """The address of a service that keeps everything under `data_dir` and lives on the packaged customers' day."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GROQ_", "LANGSMITH_"))},
        "ENVIRONMENT": "development",
        "POLICY_AS_OF": "2026-12-01",
        "DATA_DIR": str(data_dir),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "RATE_LIMIT_ENABLED": "false",
        **settings,
    }
    address = f"http://127.0.0.1:{port}"
    with (data_dir / "service.log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-c", "from server.cli import main; main()", "serve"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(address, service, data_dir / "service.log")
            yield address
        finally:
            service.terminate()
            service.wait(timeout=READY_SECONDS)


def _wait_until_ready(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            if httpx.get(f"{address}/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{log.read_text(errors='replace')}")
