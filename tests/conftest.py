"""Fixtures shared by the tests that talk to a running service."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.service import Service, fresh_data_dir, index_knowledge, service_in_thread

if TYPE_CHECKING:
    from tests.postgres import Postgres


@pytest.fixture(scope="session")
def knowledge_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knowledge bases, indexed once for all of pytest's workers; each service starts with a copy."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "knowledge"
    shared.mkdir(exist_ok=True)
    folder, done = shared / "chroma", shared / "done"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            # In a thread: where a browser is open, a loop runs in this one already.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(lambda: asyncio.run(index_knowledge(folder))).result()
            done.touch()
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, knowledge_dir: Path) -> Path:
    return fresh_data_dir(tmp_path / "var", knowledge_dir)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """A running service, shared by the tests of a module."""
    with service_in_thread(fresh_data_dir(tmp_path_factory.mktemp("service") / "var", knowledge_dir)) as running:
        yield running


@pytest.fixture
def own_service(data_dir: Path) -> Iterator[Service]:
    """A running service of the test's own, whose data nobody else touches."""
    with service_in_thread(data_dir) as running:
        yield running


@pytest.fixture(scope="module")
def postgres() -> "Iterator[Postgres]":
    """A Postgres server, shared by the tests of a module, which may stop and start it."""
    from tests.postgres import running_postgres  # not everywhere there is what it needs

    with running_postgres() as cluster:
        yield cluster
