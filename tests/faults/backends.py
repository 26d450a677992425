"""Postgres for the tests: a cluster of their own, or the server at TEST_DATABASE_URL, with a template to copy."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.postgres import Postgres, programs

TEMPLATE = "esoteric_faults"


class NotHere(Exception):
    """The case cannot be tried on this machine; the message says why."""


class Databases:
    """A Postgres server and, on it, a migrated database to copy. `cluster` is None on a server that is not ours."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.cluster: Postgres | None = None

    def __enter__(self) -> "Databases":
        """Raises NotHere."""
        try:
            import psycopg  # noqa: F401  asked for before a server is started in vain
        except ImportError:
            raise NotHere("needs the extra `postgres`") from None
        given = os.environ.get("TEST_DATABASE_URL")
        if given is None:
            folder = programs()
            if folder is None:
                raise NotHere("no Postgres server is installed")
            try:
                self.cluster = Postgres.create(folder)
            except RuntimeError as error:
                raise NotHere(f"Postgres cannot be set up here: {error}") from None
            self.cluster.start()
        self._server = given or self.cluster_url
        self._template = f"{TEMPLATE}_{os.getpid()}"
        try:
            self._run(f"CREATE DATABASE {self._template}")
            asyncio.run(_migrated(self._url(self._template)))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.cluster is not None:
            self.cluster.remove()
        else:
            self._run(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)")

    @property
    def cluster_url(self) -> str:
        assert self.cluster is not None
        return self.cluster.url

    @property
    def own(self) -> Postgres:
        """The cluster, where it may be stopped. Raises NotHere."""
        if self.cluster is None:
            raise NotHere("the server at TEST_DATABASE_URL is not ours to stop")
        return self.cluster

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self._server)
        return parts.hostname or "127.0.0.1", parts.port or 5432

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database without a row in it, dropped afterwards."""
        name = f"{self._template}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        try:
            yield self._url(name)
        finally:
            self.drop(name)

    def copy(self, url: str) -> str:
        """A copy of a database nobody is connected to; drop it by `drop`."""
        name = f"{self._template}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_name(url)}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return urlsplit(self._server)._replace(path=f"/{name}").geturl()

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


def _name(url: str) -> str:
    return url.rpartition("/")[2]


async def _migrated(url: str) -> None:
    """The schema, checkpoints' too, as the service makes it at its first start."""
    from server.store.database import Database
    from server.store.postgres import PostgresCheckpoints

    database = Database.postgres(url)
    try:
        await database.migrate()
        checkpoints = await PostgresCheckpoints.open(database)
        await checkpoints.close()
    finally:
        await database.close()
