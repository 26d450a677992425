"""A Postgres server of the tests' own, where its programs are installed."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.service import free_port

INSTALLED = Path("/usr/lib/postgresql")
SERVICE_USERS = ("postgres", "nobody")  # Postgres refuses to run as root
# Nothing here has to survive a power cut.
OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, newest version first."""
    folders = sorted(INSTALLED.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    on_path = shutil.which("initdb")
    return found or (Path(on_path).parent if on_path else None)


@dataclass
class Postgres:
    """A cluster in a directory. It can be stopped and started again on the same port."""

    bin: Path
    folder: Path
    port: int
    run_as: list[str]

    @classmethod
    def create(cls, bin_folder: Path) -> "Postgres":
        """Raises RuntimeError where it cannot be made."""
        folder = Path(tempfile.mkdtemp(prefix="esoteric-postgres-"))
        run_as: list[str] = []
        if os.geteuid() == 0:
            user = _service_user()
            os.chown(folder, user.pw_uid, user.pw_gid)
            ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
            run_as = [_need("setpriv"), *ids]
        cluster = cls(bin_folder, folder, free_port(), run_as)
        cluster._run("initdb", "-D", str(cluster.data), "-U", "esoteric", "-A", "trust", "-E", "UTF8", "--no-sync")
        return cluster

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql://esoteric@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"{OPTIONS} -p {self.port} -k {self.folder}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "30", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """At once, as in a crash."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate", "stop")

    def dump(self) -> str:
        """Everything in the database, as text."""
        return self._run("pg_dump", self.url)

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> str:
        command = [*self.run_as, str(self.bin / program), *arguments]
        # To a file: the server inherits the output and would keep a pipe open for good.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            done = subprocess.run(
                command, stdout=output, stderr=subprocess.STDOUT, check=False, timeout=60, cwd=self.folder
            )
            output.seek(0)
            text = output.read()
        if done.returncode:
            raise RuntimeError(f"{program}: {text[-500:]}")
        return text


def _service_user() -> pwd.struct_passwd:
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user to run Postgres as")


def _need(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise RuntimeError(f"{program} is not installed")
    return found


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Skips the test where there is none."""
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    folder = programs()
    if folder is None:
        pytest.skip("no Postgres server is installed")
    try:
        cluster = Postgres.create(folder)
    except RuntimeError as error:
        pytest.skip(f"Postgres cannot be set up here: {error}")
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
