"""`esoteric officer`: who may sign in as an officer. Passwords come from the keyboard or standard input, never as an
argument, which every user of the machine could read."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from server.access.accounts import (
    BadAccount,
    DevelopmentOfficers,
    check_account,
    check_password,
    own_refs_of,
    refuse_development_officers,
)
from server.access.passwords import Passwords
from server.commands.line import fail, settings_or_fail
from server.lifecycle.starting import StartRefused, migrated
from server.settings import Settings
from server.store.database import StorageUnavailable
from server.store.officers import OfficerExists, OfficerRow, Officers, UnknownOfficer, stamp
from server.store.vault import Vault
from server.store.visiting import opened, visiting
from tools.sealing import Sealer

officer = typer.Typer(no_args_is_help=True, help="Officers: who may review and decide.")

Result = TypeVar("Result")
Name = Annotated[str, typer.Argument()]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@officer.command()
def add(
    name: Name,
    limit: Annotated[int, typer.Option(help="The largest loan the officer may decide on, in rupees.")],
    role: Annotated[
        list[str] | None, typer.Option(help="maker (if none is named), checker or auditor; may be repeated.")
    ] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Add an officer. Asks for the password."""
    password, roles = _password(password_stdin), tuple(dict.fromkeys(role or ["maker"]))
    try:
        check_account(name, roles, limit, password)
    except BadAccount as bad:
        fail(str(bad))
    password_hash = _hash(password)
    row = OfficerRow(name, password_hash, roles, limit, stamp(datetime.now(UTC)))
    try:
        _with_officers(lambda officers: officers.add(row))
    except OfficerExists:
        fail("NAME: there is such an officer already")
    print(f"{name} added")


@officer.command("list")
def list_all() -> None:
    """All officers, with roles and limits."""
    for row in _with_officers(lambda officers: officers.everyone()):
        state = "disabled" if row.disabled_at else "enabled"
        print(f"{row.name}\t{','.join(row.roles)}\t{row.limit_rupees}\t{state}")


@officer.command()
def disable(names: Annotated[list[str], typer.Argument(metavar="NAME...")]) -> None:
    """Close accounts and end their sign-ins at once."""
    for name in names:
        _disable(name)


@officer.command()
def password(name: Name, password_stdin: FromStdin = False) -> None:
    """Give an officer a new password; their sign-ins end."""
    new = _password(password_stdin)
    try:
        check_password(name, new)
    except BadAccount as bad:
        fail(str(bad))
    password_hash = _hash(new)
    try:
        _with_officers(lambda officers: officers.set_password(name, password_hash, datetime.now(UTC)))
    except UnknownOfficer:
        fail("NAME: there is no such officer with a password")
    print(f"{name} has a new password")


@officer.command("own-details")
def own_details(
    name: Name,
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read PAN, mobile and mail, a line each.")] = False,
) -> None:
    """Note who the officer is as a customer, as keyed hashes: nobody decides on themselves. Asks for PAN, mobile, mail.

    Not as arguments, which every user of the machine could read. What is left empty is not noted.
    """
    settings = settings_or_fail()
    given = {asked: _typed(asked, from_stdin) for asked in ("PAN", "mobile", "mail")}
    try:
        newest, *older = settings.secrets()
        refs = own_refs_of(given["PAN"], given["mobile"], given["mail"], Sealer(newest, tuple(older)))
        _with_officers(lambda officers: officers.set_own_refs(name, refs), settings)
    except BadAccount as bad:
        fail(str(bad))
    except UnknownOfficer:
        fail("NAME: there is no such officer")
    print(f"{name}: {sum(map(bool, given.values()))} noted")


def refuse_if_reachable(settings: Settings) -> None:
    """Before a start that others can reach: ends with one line while a fictional officer is enabled."""
    from server.access.desk import reachable

    if not reachable(settings):
        return
    try:
        asyncio.run(_refuse_development_officers(settings))
    except DevelopmentOfficers as found:
        fail(f"ENVIRONMENT, HOST: {found}")
    except StartRefused as refused:
        fail(str(refused))


async def _refuse_development_officers(settings: Settings) -> None:
    database = opened(settings.database_url, settings.data_dir, Vault(settings.secrets()))
    try:
        await migrated(database, settings.where_the_database_is())
        await refuse_development_officers(Officers(database))
    finally:
        await database.close()


def _disable(name: str) -> None:
    try:
        _with_officers(lambda officers: officers.disable(name, datetime.now(UTC)))
    except UnknownOfficer:
        fail("NAME: there is no such officer")
    print(f"{name} disabled")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _typed(asked: str, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().strip()
    typed: str = typer.prompt(asked, default="", show_default=False, hide_input=True)
    return typed.strip()


def _hash(password: str) -> str:
    return asyncio.run(Passwords().hash(password))


def _with_officers(work: Callable[[Officers], Awaitable[Result]], settings: Settings | None = None) -> Result:
    async def run(settings: Settings) -> Result:
        async with visiting(settings.database_url, settings.data_dir, Vault(settings.secrets())) as database:
            return await work(Officers(database))

    try:
        return asyncio.run(run(settings or settings_or_fail()))
    except StorageUnavailable as away:
        fail(f"the database cannot be reached ({away})")
