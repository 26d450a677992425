"""`esoteric keys`: the keys that everything personal is sealed under."""

import asyncio

import typer

from server.commands.line import fail, settings_or_fail
from server.settings import Settings
from server.store.database import StorageUnavailable
from server.store.rotating import Rotated, rotate
from server.store.vault import Vault
from server.store.visiting import visiting

keys = typer.Typer(no_args_is_help=True, help="The keys of sessions.")


@keys.callback()
def _group() -> None:
    """The keys of sessions."""


@keys.command("rotate")
def rotate_keys() -> None:
    """Wrap every session's key by SECRET_KEY, also beside a running service; then PREVIOUS_SECRET_KEY may go.

    Exit status: 0 all is under SECRET_KEY, 1 some is not, 2 the database could not be reached.
    """
    settings = settings_or_fail()
    try:
        rotated = asyncio.run(_rotate(settings))
    except StorageUnavailable as away:
        fail(f"the database cannot be reached ({away})")
    print(f"{rotated.keys} session keys and {rotated.records} kept records are now under SECRET_KEY")
    if rotated.unopened:
        print(f"{rotated.unopened} are under neither SECRET_KEY nor PREVIOUS_SECRET_KEY")
        raise typer.Exit(1)


async def _rotate(settings: Settings) -> Rotated:
    async with visiting(settings.database_url, settings.data_dir, Vault(settings.secrets())) as database:
        return await rotate(database)
