"""A Redis of the test's own, and a service with its limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.limits.redis_server import RedisServer
from tests.service import Service, fresh_data_dir, service_in_thread


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    """A service with its limits; every test calls from an address of its own, behind a proxy."""
    directory = fresh_data_dir(tmp_path_factory.mktemp("limited") / "var", knowledge_dir)
    with service_in_thread(
        directory, rate_limit_enabled=True, auth_required=True, trusted_proxies=["127.0.0.1"]
    ) as running:
        yield running
