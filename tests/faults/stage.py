"""What a case stands on: a ground that a whole run shares, and on it a stage of its own with fresh data."""

import asyncio
import contextlib
import inspect
import random
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.faults.backends import Databases, NotHere
from tests.faults.forks import Nursery
from tests.faults.processes import Replica
from tests.faults.proxy import FaultProxy
from tests.providers_server import ProvidersServer, providers_server
from tests.server.limits.redis_server import BINARY, RedisServer
from tests.service import Service, index_knowledge, service_in_thread

__all__ = ["Ground", "NotHere", "Stage"]

Entered = TypeVar("Entered")


class Ground:
    """The knowledge base and the Postgres server of a run; each is made when it is first needed."""

    def __init__(self, knowledge: Path | None = None) -> None:
        self._open = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="esoteric-faults-"))
        self._open.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._knowledge = knowledge
        self._databases: Databases | None = None
        self._nursery: Nursery | None = None

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def knowledge(self) -> Path:
        """An indexed knowledge base, to be copied."""
        if self._knowledge is None:
            self._knowledge = self.folder / "knowledge"
            asyncio.run(index_knowledge(self._knowledge))
        return self._knowledge

    @property
    def nursery(self) -> Nursery:
        if self._nursery is None:
            self._nursery = self._open.enter_context(Nursery())
        return self._nursery

    @property
    def databases(self) -> Databases:
        """Raises NotHere."""
        if self._databases is None:
            self._databases = self._open.enter_context(Databases())
        return self._databases


class Stage:
    """One case's back end and data. What is started through it ends with it, in reverse order.

    `folder` is DATA_DIR; `database_url` is None on SQLite. Whatever is random is drawn from `random`. `longest_turn` is
    in seconds, None where no turn was timed.
    """

    def __init__(self, ground: Ground, backend: str, seed: int = 2026, *, knowledge: bool = True) -> None:
        self.ground, self.backend, self._knowledge = ground, backend, knowledge
        self.random = random.Random(seed)
        self._open = contextlib.ExitStack()
        self.database_url: str | None = None
        self.longest_turn: float | None = None

    def __enter__(self) -> "Stage":
        self.home = Path(tempfile.mkdtemp(prefix="case-", dir=self.ground.folder))
        self._open.callback(shutil.rmtree, self.home, ignore_errors=True)
        try:
            if self.backend == "postgres":
                self.database_url = self._open.enter_context(self.ground.databases.fresh())
            self.folder = self.new_folder("var")
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def data_dir(self) -> Path:
        return self.folder

    @property
    def settings(self) -> dict[str, Any]:
        """What a service of the case needs to be told of its back end."""
        return {} if self.database_url is None else {"database_url": self.database_url}

    def perform(self, case: Callable[["Stage"], Any]) -> None:
        done = case(self)
        if inspect.iscoroutine(done):
            asyncio.run(done)

    def enter(self, context: contextlib.AbstractContextManager[Entered]) -> Entered:
        """Keep something open until the case ends."""
        return self._open.enter_context(context)

    def listened(self, seconds: float) -> None:
        """A turn took so long, from its message to its last frame."""
        self.longest_turn = max(seconds, self.longest_turn or 0.0)

    def later(self, act: Callable[[], object]) -> None:
        """Do something when the case ends."""
        self._open.callback(act)

    def new_folder(self, name: str) -> Path:
        """A DATA_DIR, with the knowledge base in it."""
        folder = self.home / name
        folder.mkdir()
        if self._knowledge:
            shutil.copytree(self.ground.knowledge, folder / "chroma")
        return folder

    def thread(self, **settings: Any) -> Service:
        """The service in a thread of this process: it starts in a third of a second, and cannot be killed."""
        given = {"database_url": self.database_url} | settings
        return self.enter(service_in_thread(settings.pop("data_dir", self.folder), **given))

    def replica(
        self,
        *,
        folder: Path | None = None,
        wrapped: bool = False,
        forked: bool = True,
        start: bool = True,
        **environment: str,
    ) -> Replica:
        """The service in a process. `wrapped` ones obey the faults of `injecting.py` in their FAULTS.

        `forked` ones start in half a second; otherwise it is the command itself.
        """
        at_database = {"DATABASE_URL": self.database_url} if self.database_url else {}
        nursery = self.ground.nursery if forked else None
        made = Replica(folder or self.folder, at_database | environment, wrapped=wrapped, nursery=nursery)
        self.later(made.remove)
        if start:
            made.start()
        return made

    def proxy(self, port: int, host: str = "127.0.0.1") -> FaultProxy:
        """A proxy before `port`, which passes everything on until it is told otherwise."""
        return self.enter(FaultProxy(host, port))

    def database_proxy(self) -> tuple[FaultProxy, str]:
        """A proxy before Postgres, and the case's DATABASE_URL through it. Raises NotHere on SQLite."""
        if self.database_url is None:
            raise NotHere("SQLite has no connection to cut")
        host, port = self.ground.databases.address
        proxy = self.proxy(port, host)
        return proxy, self.database_url.replace(f"{host}:{port}", f"127.0.0.1:{proxy.port}")

    def redis(self) -> RedisServer:
        """A running Redis of the case's own. Raises NotHere."""
        if BINARY is None:
            raise NotHere("redis-server is not installed")
        folder = self.home / "redis"
        folder.mkdir(exist_ok=True)
        server = RedisServer(folder)
        self.later(server.stop)
        server.start()
        return server

    def providers(self) -> ProvidersServer:
        """Register, bureau and screening over HTTP; their settings are `provider_settings`."""
        return self.enter(providers_server())

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds in the case's database, past the service; parameters are written `?`."""
        if self.database_url is None:
            with contextlib.closing(sqlite3.connect(self.folder / "esoteric.db", timeout=20)) as database:
                return database.execute(query, parameters).fetchall()
        import psycopg

        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(query.replace("?", "%s"), parameters).fetchall()  # type: ignore[call-overload]

    def table(self, name: str) -> list[dict[str, Any]]:
        """All of a table, a row a dictionary."""
        if self.database_url is None:
            with contextlib.closing(sqlite3.connect(self.folder / "esoteric.db", timeout=20)) as database:
                database.row_factory = sqlite3.Row
                return [dict(row) for row in database.execute(f"SELECT * FROM {name}")]  # noqa: S608  a test's own name
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self.database_url, autocommit=True, row_factory=dict_row) as connection:
            return list(connection.execute(f"SELECT * FROM {name}"))  # type: ignore[arg-type]  # noqa: S608

    def change(self, statement: str) -> None:
        """Change the case's database, past the service."""
        if self.database_url is None:
            with contextlib.closing(sqlite3.connect(self.folder / "esoteric.db", timeout=20)) as database:
                database.execute(statement)
                database.commit()
            return
        import psycopg

        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def expire_leases(self) -> None:
        """As if the time had passed that a lease outlives its owner by."""
        if self.database_url is not None and "lease_until" in self._columns("sessions"):
            self.change("UPDATE sessions SET lease_until = 1 WHERE lease_until IS NOT NULL")

    def _columns(self, table: str) -> set[str]:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
        return {name for (name,) in self.rows(query, (table,))}

    def dead_port(self) -> int:
        """A port at which nobody listens."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        return port


def provider_settings(url: str) -> dict[str, str]:
    """The environment of a service that asks the providers at `url`."""
    return {"REGISTER_URL": url, "BUREAU_URL": url, "SCREENING_URL": url, "PROVIDERS_TOKEN": "a token of the tests"}
