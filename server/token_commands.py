"""`esoteric token`: access tokens for API clients and operators, made and taken back."""

import asyncio
import sys
import time
from typing import Annotated, NoReturn

import typer

from server.access.tokens import LEEWAY, MAX_SECONDS, Tokens
from server.settings import Settings, SettingsError, load_settings
from server.store.database import StorageUnavailable
from server.store.revocations import Revocations
from server.store.visiting import visiting

token = typer.Typer(help="Access tokens of API clients and operators.", invoke_without_command=True)


@token.callback()
def make(
    context: typer.Context,
    client: Annotated[str | None, typer.Option(help="Whose token it is.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose sessions it opens.")] = "default",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="sessions:write, sessions:read, knowledge:read, or operate alone; may be repeated."),
    ] = None,
    minutes: Annotated[int, typer.Option(help="How long it lives, up to 15.")] = MAX_SECONDS // 60,
) -> None:
    """Print an access token."""
    if context.invoked_subcommand is not None:
        return
    if client is None:
        _fail("--client is needed")
    try:
        made = Tokens(_settings().key_ring()).issue(client, tenant, scope or [], 60 * minutes)
    except (SettingsError, ValueError) as error:
        _fail(str(error))
    print(made)


@token.command()
def revoke(jti: str) -> None:
    """Refuse the token with this id (its claim `jti`) from now on; a running service knows within seconds."""
    if not 1 <= len(jti) <= 64:
        _fail("a token's id has 1 to 64 characters")
    expires_at = int(time.time()) + MAX_SECONDS + 2 * LEEWAY
    try:
        asyncio.run(_revoke(_settings(), jti, expires_at))
    except StorageUnavailable as away:
        _fail(f"the database cannot be reached ({away})")
    print("revoked")


async def _revoke(settings: Settings, jti: str, expires_at: int) -> None:
    async with visiting(settings.database_url, settings.data_dir) as database:
        await Revocations(database).revoke(jti, expires_at)


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(2)
