"""A command leaves what an earlier version wrote to the service, which knows the secret to seal it under."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from server.store.database import Database
from tests.command import command_here
from tests.keys import vault

COMMANDS = [("officer", "list"), ("purge",), ("keys", "rotate")]


async def of_the_version_before(data_dir: Path, revision: str = "0014") -> None:
    database = Database.sqlite(data_dir / "esoteric.db", vault=vault())

    def upgrade(connection: object) -> None:
        config = Config()
        config.set_main_option("script_location", "server.store:migrations")
        config.attributes |= {"connection": connection, "vault": vault()}
        command.upgrade(config, revision)

    await database.run(upgrade)
    await database.close()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_older_schema_is_left_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    asyncio.run(of_the_version_before(tmp_path))
    before = (tmp_path / "esoteric.db").read_bytes()
    done = command_here(tmp_path, *words)
    assert done.exit_code == 2
    assert "it was made by an earlier version: start the service once" in done.output
    assert (tmp_path / "esoteric.db").read_bytes() == before


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_empty_place_is_set_up(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = command_here(tmp_path, *words)
    assert done.exit_code == 0, done.output
