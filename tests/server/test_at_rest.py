"""Nothing personal lies plainly in any file, and of an erased session there is neither a byte nor a key."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine

from server.store.postgres_pool import with_driver
from tests.driver import Conversation
from tests.postgres import Postgres
from tests.server.limits.redis_server import RedisServer, needs_redis
from tests.server.personal import files, found_in, talk
from tests.service import Service, service_in_thread


def erase(conversations: list[Conversation]) -> None:
    for conversation in conversations:
        conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").raise_for_status()
        conversation.close()


def wrapped_keys(service: Service) -> dict[str, bytes]:
    with contextlib.closing(sqlite3.connect(service.data_dir / "esoteric.db", timeout=10)) as database:
        return {name: bytes(key) for name, key in database.execute("SELECT session_id, wrapped FROM session_keys")}


def test_in_files(own_service: Service) -> None:
    conversations, values = talk(own_service)
    folder = own_service.data_dir
    before = files(folder)
    outbox = {where: content for where, content in before.items() if where.startswith("outbox/")}
    # What development's outbox is for; it looks for the others where they would be, had they not been sealed.
    assert found_in(outbox, values).keys() >= {"C02 name", "C05 name"}
    assert {"esoteric.db", "esoteric.db-wal"} <= before.keys()
    assert found_in({where: before[where] for where in before.keys() - outbox.keys()}, values) == {}
    keys = wrapped_keys(own_service)
    assert len(keys) == len(conversations)
    erase(conversations)
    after = files(folder)
    assert wrapped_keys(own_service) == {}
    assert found_in(after, values | keys) == {}
    assert not [where for where in after if where.startswith("outbox/")]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def shared_service(postgres: Postgres, redis: RedisServer, data_dir: Path) -> Iterator[Service]:
    with service_in_thread(
        data_dir, database_url=postgres.url, redis_url=redis.url, secret_key="s" * 40, rate_limit_enabled=True
    ) as running:
        yield running


def everything(postgres: Postgres, redis: RedisServer, service: Service, tmp_path: Path) -> dict[str, bytes]:
    """Postgres' files, its log of changes among them, and what it tells; Redis' dump; the service's own files."""
    engine = create_engine(with_driver(postgres.url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("CHECKPOINT")
    engine.dispose()
    redis.tell("CONFIG SET rdbcompression no")
    assert redis.tell("SAVE").startswith(b"+OK")
    own = {where: content for where, content in files(service.data_dir).items() if not where.startswith("outbox/")}
    return own | files(postgres.data) | {"dump": postgres.dump().encode(), **files(tmp_path)}


def keys_in(postgres: Postgres) -> dict[str, bytes]:
    engine = create_engine(with_driver(postgres.url))
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT session_id, wrapped FROM session_keys").all()
    engine.dispose()
    return {name: bytes(wrapped) for name, wrapped in found}


@needs_redis
def test_in_postgres_and_in_redis(
    postgres: Postgres,
    redis: RedisServer,
    shared_service: Service,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    conversations, values = talk(shared_service)
    dump = {"dump.rdb": tmp_path / "dump.rdb"}
    before = everything(postgres, redis, shared_service, tmp_path_factory.mktemp("none"))
    before |= {name: path.read_bytes() for name, path in dump.items()}
    plain = {where: content for where, content in before.items() if not where.startswith("var/")}
    assert any(where.startswith("base/") for where in plain)
    assert any(where.startswith("pg_wal/") for where in plain)
    assert found_in(plain, values) == {}
    keys = keys_in(postgres)
    assert {conversation.session_id for conversation in conversations} <= keys.keys()
    assert b"stream" in redis.tell("KEYS *") or b"*0" not in redis.tell("DBSIZE")
    erase(conversations)
    after = everything(postgres, redis, shared_service, tmp_path_factory.mktemp("none"))
    assert found_in(after, values) == {}
    assert not keys_in(postgres).keys() & {conversation.session_id for conversation in conversations}
    gone = {conversation.session_id: keys[conversation.session_id] for conversation in conversations}
    assert found_in({"dump": after["dump"]}, gone) == {}
    with httpx.Client(base_url=shared_service.base_url, trust_env=False) as client:
        for conversation in conversations:
            assert client.get(f"/api/v1/sessions/{conversation.session_id}").status_code == 404
