"""More connections than a process can have descriptors: the last are cut off, the first are served."""

import os
import resource
import subprocess
import time
from pathlib import Path

import pytest

from server.edge.descriptors import RESERVED
from tests.server.edge.raw import Wire, request
from tests.service import COMMAND, Service, clean_environment, free_port, is_ready, stop_process

FEW = 400


def test_connections_beyond_the_limit_are_cut_off(data_dir: Path) -> None:
    port = free_port()
    environment = clean_environment(data_dir) | {"PORT": str(port), "RATE_LIMIT_ENABLED": "false"}
    process = subprocess.Popen(
        ["sh", "-c", f"ulimit -n {FEW} && exec '{COMMAND}' serve"],
        env=environment,
        cwd=data_dir,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    service = Service(f"http://127.0.0.1:{port}", data_dir, process=process)
    opened: list[Wire] = []
    try:
        deadline = time.monotonic() + 60
        while not is_ready(service.base_url):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        first = Wire(port)
        opened.append(first)
        first.send(request("POST /api/v1/chat", "Content-Length: 17", body=b'{"message": "Hi"}'))
        assert first.answer().status == 200
        cut_off_at_once = 0
        while len(opened) + cut_off_at_once < FEW:
            try:
                opened.append(Wire(port))
            except ConnectionResetError:  # closed before the client had finished connecting
                cut_off_at_once += 1
        first.send(request("GET /health"))
        assert first.answer().status == 200
        assert cut_off_at_once or is_cut_off(opened[-1])
        with os.scandir(f"/proc/{process.pid}/fd") as descriptors:
            assert len(list(descriptors)) < FEW - RESERVED / 2
    finally:
        for connection in opened:
            connection.close()
        stop_process(service)


def is_cut_off(connection: Wire) -> bool:
    try:
        return connection.rest() == b""
    except ConnectionResetError:
        return True


@pytest.fixture(autouse=True)
def _linux() -> None:
    if not Path("/proc/self/fd").is_dir() or resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2 * FEW:
        pytest.skip("needs Linux's /proc and descriptors for both sides")
