"""A start that cannot work ends with one line that names the setting; what is merely away does not stop it."""

import asyncio
import contextlib
import hashlib
import os
import socket
import sqlite3
import subprocess
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text

from server.lifecycle.starting import StartRefused, migrated, refuse_unusable, refuse_wrong_secret
from server.settings import SettingsError, load_settings
from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.postgres_pool import with_driver
from server.store.sessions import Sessions
from tests.command import command_here
from tests.driver import Conversation
from tests.keys import vault
from tests.postgres import Postgres
from tests.service import COMMAND, clean_environment, free_port, start_process, stop_process

PASSWORD = "KANARI-7351"


def started(data_dir: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`esoteric serve` that is expected to give up."""
    return subprocess.run(
        [COMMAND, "serve"],
        env=clean_environment(data_dir) | {"PORT": str(free_port())} | environment,
        cwd=data_dir if data_dir.is_dir() else "/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def check_refusal(done: "subprocess.CompletedProcess[str]", setting: str) -> str:
    """One line on standard error; no traceback, no password anywhere."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith(f"{setting}: "), done.stderr
    for told in (done.stderr, done.stdout):
        assert PASSWORD not in told and "Traceback" not in told
    return done.stderr


# The data directory


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written" in check_refusal(started(tmp_path / "file" / "var"), "DATA_DIR")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written" in check_refusal(started(tmp_path), "DATA_DIR")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Path("/dev/full").open("wb", buffering=0))  # noqa: SIM115  what is patched returns one
    with pytest.raises(StartRefused, match=r"^DATA_DIR: the disk is full$"):
        refuse_unusable(tmp_path)


def test_a_database_file_that_is_none(data_dir: Path) -> None:
    (data_dir / "esoteric.db").write_bytes(b"KANARI" * 1000)
    assert "damaged" in check_refusal(started(data_dir), "DATA_DIR")


async def test_a_database_file_of_a_newer_version(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await database.migrate()
    await database.run(lambda connection: connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartRefused, match=r"^DATA_DIR: the database there was made by a newer version"):
        await migrated(database, "DATA_DIR")
    await database.close()


# The secret


def digest_of(data_dir: Path) -> str:
    with contextlib.closing(sqlite3.connect(data_dir / "esoteric.db")) as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


def test_a_secret_under_which_nothing_there_can_be_read(data_dir: Path) -> None:
    """Nobody is served from a database that cannot be read, and nothing is written into it."""
    right, wrong = "the secret of this database, long enough", f"{PASSWORD} is another one, which is wrong"
    service = start_process(data_dir, SECRET_KEY=right)
    try:
        talk = Conversation(service)
        talk.say("I need 3 lakh")
    finally:
        stop_process(service)
    before = digest_of(data_dir)
    assert "another secret" in check_refusal(started(data_dir, SECRET_KEY=wrong), "SECRET_KEY")
    purged = command_here(data_dir, "purge", SECRET_KEY=wrong)
    assert purged.exit_code == 2 and purged.output.startswith("SECRET_KEY: ")
    assert digest_of(data_dir) == before
    service = start_process(data_dir, SECRET_KEY=wrong, PREVIOUS_SECRET_KEY=right)
    try:
        with Conversation(service, session_id=talk.session_id) as again:
            assert again.say("24 months")["loan_application"]["loan_term_months"] == 24
    finally:
        stop_process(service)


async def test_some_that_no_secret_opens_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name, secret in (("one", b"an older secret"), ("two", b"the present secret")):
        database = Database.sqlite(tmp_path / "esoteric.db", vault=vault(secret))
        await database.migrate()
        sessions = Sessions(database, ActsWriter(database, [secret]))
        await sessions.create(name, "loan", "Hello", {}, "2026-12-01T10:00:00+00:00")
        await refuse_wrong_secret(database) if name == "two" else None
        await database.close()
    assert [(record.message, record.__dict__["reason"]) for record in caplog.records] == [
        ("keys.unopened", "1 sessions are under neither SECRET_KEY nor PREVIOUS_SECRET_KEY")
    ]


# Postgres


def test_a_database_that_is_not_there(data_dir: Path) -> None:
    """It is waited for, but not for ever."""
    url = f"postgresql://esoteric:{PASSWORD}@127.0.0.1:{free_port()}/loans"
    assert "cannot be reached" in check_refusal(started(data_dir, DATABASE_URL=url), "DATABASE_URL")


async def refusal_of(url: str) -> str:
    """What a start says of the database at that address, after a moment."""
    database = Database.postgres(url, vault=vault())
    try:
        with pytest.raises(StartRefused) as refused:
            await migrated(database, "DATABASE_URL", seconds=0.5)
    finally:
        await database.close()
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


async def test_a_database_that_does_not_answer() -> None:
    """Somebody listens there and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"postgresql://esoteric:{PASSWORD}@127.0.0.1:{listener.getsockname()[1]}/loans"
        assert await refusal_of(url) == "DATABASE_URL: the database cannot be reached"


async def test_a_database_of_another_name(postgres: Postgres) -> None:
    assert "does not let the service in" in await refusal_of(postgres.url.replace("/postgres", f"/{PASSWORD}"))


async def test_an_option_that_does_not_exist(postgres: Postgres) -> None:
    assert "an option that is not known" in await refusal_of(f"{postgres.url}?kanari={PASSWORD}")


async def test_a_user_who_may_not_make_tables(postgres: Postgres) -> None:
    engine = create_engine(with_driver(postgres.url))
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
    engine.dispose()
    assert "may not change the schema" in await refusal_of(postgres.url.replace("esoteric@", "reader@"))


@pytest.mark.parametrize("url", ["postgresql://u@h:port/loans", "postgresql+asyncpg://u@h/loans", "mysql://u@h/loans"])
def test_what_is_no_address_of_a_postgres(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: must be a postgresql:// URL$"):
        load_settings(_env_file=None, database_url=url)


async def test_a_database_that_is_only_just_starting_is_waited_for(postgres: Postgres) -> None:
    await asyncio.to_thread(postgres.stop)
    database = Database.postgres(postgres.url, vault=vault())
    starting = threading.Timer(1.0, postgres.start)
    starting.start()
    try:
        await migrated(database, "DATABASE_URL", seconds=60)
    finally:
        starting.join()
        await database.close()


# What is away and does not matter


def test_redis_that_is_away_stops_nothing(data_dir: Path) -> None:
    pytest.importorskip("redis", reason="needs the extra `redis`")
    service = start_process(data_dir, REDIS_URL=f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0")
    try:
        ready = httpx.get(f"{service.base_url}/ready", trust_env=False)
        assert ready.status_code == 200
    finally:
        stop_process(service)


def test_a_port_in_use(data_dir: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        done = started(data_dir, PORT=str(listener.getsockname()[1]))
    assert done.returncode != 0
    assert "service.cannot_listen" in done.stdout and "Traceback" not in done.stderr
