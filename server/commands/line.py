"""What all commands of `esoteric` share."""

from typing import NoReturn

import typer

from server.settings import Settings, SettingsError, load_settings


def fail(message: str) -> NoReturn:
    """End the command with one line for the person who typed it."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def settings_or_fail() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))
