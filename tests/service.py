"""The real service for tests: in a thread of this process, or as the command in a process that may be killed."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from kb.corpora import CORPORA
from kb.embeddings import DEFAULT_MODEL, LazyEmbeddings
from kb.search import open_knowledge_base
from server.app import create_app
from server.edge.patience import LOOK_SECONDS
from server.house import House
from server.lifecycle.draining import LONGEST_SECONDS
from server.lifecycle.process import WatchedServer, serving
from server.settings import load_settings

AS_OF = "2026-12-01"
COMMAND = Path(sys.executable).parent / "esoteric"
START_SECONDS = 60.0


@dataclass
class Service:
    """A running service with a directory of its own. `house` is there when it runs in a thread."""

    base_url: str
    data_dir: Path
    house: House | None = None
    process: "subprocess.Popen[bytes] | None" = None
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self) -> httpx.Client:
        client = httpx.Client(base_url=self.base_url, timeout=60, trust_env=False, verify=no_tls())
        self.clients.append(client)
        return client

    @property
    def port(self) -> int:
        return int(self.base_url.rsplit(":", 1)[1])

    def socket_url(self, session_id: str) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v1/ws/{session_id}"


@contextlib.contextmanager
def service_in_thread(data_dir: Path, look_seconds: float = LOOK_SECONDS, **settings: object) -> Iterator[Service]:
    """The service as `esoteric serve` sets it up, on a free port; a test talks faster than a customer may."""
    chosen = load_settings(
        **{"_env_file": None, "data_dir": data_dir, "policy_as_of": AS_OF, "rate_limit_enabled": False} | settings
    )
    app = create_app(chosen)
    config = serving(app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = WatchedServer(config, look_seconds)
    thread = threading.Thread(target=server.run, name="service")
    thread.start()
    try:
        _wait_until(lambda: server.started or not thread.is_alive())
        assert server.started, "the service did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        service = Service(f"http://127.0.0.1:{port}", data_dir, house=app.state.house)
        _wait_until(lambda: is_ready(service.base_url), step=0.05)
        yield service
        _close(service)
    finally:
        server.should_exit = True
        thread.join(LONGEST_SECONDS + 5)
        assert not thread.is_alive(), "the service did not stop"


def start_process(data_dir: Path, port: int | None = None, **environment: str) -> Service:
    """`esoteric serve` in a process of its own, once it answers. Stop it with `stop_process`."""
    port = port or free_port()
    process = subprocess.Popen(
        [COMMAND, "serve"],
        env=clean_environment(data_dir) | {"PORT": str(port)} | environment,
        cwd=data_dir,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    service = Service(f"http://127.0.0.1:{port}", data_dir, process=process)

    def answers() -> bool:
        assert process.poll() is None, f"the service ended with status {process.returncode}"
        return is_ready(service.base_url)

    try:
        _wait_until(answers, step=0.1)
    except BaseException:
        stop_process(service)
        raise
    return service


def stop_process(service: Service, *, kill: bool = False) -> int:
    """End the process, by SIGTERM or SIGKILL; its exit status."""
    assert service.process is not None
    _close(service)
    if service.process.poll() is None:
        if kill:
            service.process.kill()
        else:
            service.process.terminate()
    return service.process.wait(LONGEST_SECONDS + 10)


def is_ready(base_url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{base_url}/ready", trust_env=False, timeout=5, verify=no_tls()).status_code == 200
    return False


def no_tls() -> ssl.SSLContext:
    """For clients of what is on this machine: to load the world's certificates takes twenty milliseconds a client."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def clean_environment(data_dir: Path) -> dict[str, str]:
    """What a fresh shell would have, without a setting of this machine's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    service = {"DATA_DIR": str(data_dir), "POLICY_AS_OF": AS_OF, "HOST": "127.0.0.1", "RATE_LIMIT_ENABLED": "false"}
    return kept | service


def fresh_data_dir(path: Path, knowledge: Path) -> Path:
    """A data directory in which only the knowledge base is already indexed, which saves seconds."""
    path.mkdir(parents=True, exist_ok=True)
    shutil.copytree(knowledge, path / "chroma")
    return path


async def index_knowledge(folder: Path) -> None:
    """The knowledge bases, made beforehand: a busy machine takes longer for it than a start is waited for."""
    model = LazyEmbeddings(DEFAULT_MODEL)
    for corpus in CORPORA:
        knowledge = open_knowledge_base(folder, corpus, embeddings=model)
        await knowledge.ingest()
        await knowledge.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _close(service: Service) -> None:
    for client in service.clients:
        client.close()
    service.clients.clear()


def _wait_until(condition: Callable[[], bool], *, step: float = 0.01) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the service did not come up in time"
        time.sleep(step)


def run_command(
    command: Sequence[str | Path], environment: dict[str, str], *, typed: str = "", cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """A command of the service to its end."""
    return subprocess.run(
        [str(part) for part in command],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd or Path(environment["DATA_DIR"]),
    )
