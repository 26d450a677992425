"""`esoteric token`: access tokens for API clients and operators, made and taken back."""

import asyncio
import time
from typing import Annotated

import typer

from server.access.tokens import LEEWAY, MAX_SECONDS, Tokens
from server.commands.line import fail, settings_or_fail
from server.settings import Settings, SettingsError
from server.store.database import StorageUnavailable
from server.store.revocations import Revocations
from server.store.vault import Vault
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
        fail("--client is needed")
    try:
        made = Tokens(settings_or_fail().key_ring()).issue(client, tenant, scope or [], 60 * minutes)
    except (SettingsError, ValueError) as error:
        fail(str(error))
    print(made)


@token.command()
def revoke(jti: str) -> None:
    """Refuse the token with this id (its claim `jti`) from now on; a running service knows within seconds."""
    if not 1 <= len(jti) <= 64:
        fail("a token's id has 1 to 64 characters")
    expires_at = int(time.time()) + MAX_SECONDS + 2 * LEEWAY
    try:
        asyncio.run(_revoke(settings_or_fail(), jti, expires_at))
    except StorageUnavailable as away:
        fail(f"the database cannot be reached ({away})")
    print("revoked")


async def _revoke(settings: Settings, jti: str, expires_at: int) -> None:
    async with visiting(settings.database_url, settings.data_dir, Vault(settings.secrets())) as database:
        await Revocations(database).revoke(jti, expires_at)
