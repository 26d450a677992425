"""`esoteric audit` and `esoteric replay`: for auditors. They only read, also beside a running service.

Exit status: 0 all is as it should be, 1 it is not, 2 it could not be looked at.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.policy import PolicyBook, PolicyError
from server.audit_anchor import FILE_NAME, read_heads
from server.commands.line import fail, settings_or_fail
from server.settings import Settings
from server.store.audit import AuditChain, Finding, Head
from server.store.consents import compare_consents
from server.store.database import StorageUnavailable
from server.store.decisions import stored_decision
from server.store.looking import looking
from server.store.model_calls import calls_on_record
from server.store.vault import Damaged, NoKey, Vault
from tools.policy.record import LANGUAGE, NotReplayable, canonical, replay

MOST_SHOWN = 20

audit = typer.Typer(no_args_is_help=True, help="The audit log.")


@audit.callback()
def _group() -> None:
    """The audit log."""


@audit.command()
def verify(
    head: Annotated[str | None, typer.Option(help="NUMBER:HASH of a newest row that was noted earlier.")] = None,
    older_secrets: Annotated[
        Path | None, typer.Option(help="A file with what SECRET_KEY was before PREVIOUS_SECRET_KEY, one a line.")
    ] = None,
) -> None:
    """Look for rows that were changed, moved, left out or cut off; prints the newest row, to be noted elsewhere."""
    settings = settings_or_fail()
    noted = [_head(head)] if head else []
    older = _older(older_secrets)
    try:
        with looking(settings.database_url, settings.data_dir) as connection:
            chain = AuditChain(settings.secrets() + older)  # not before: a directory without a service gets no key
            anchors, strange = read_heads(settings.data_dir / FILE_NAME, chain)
            count, found = chain.verify(connection, [*anchors, *noted])
            found += compare_consents(connection)
            newest = chain.head(connection)
    except StorageUnavailable:
        fail("the database cannot be read, or has no audit log yet")
    if strange:
        found.append(Finding(0, f"{FILE_NAME} has {strange} lines that this service did not write"))
    for finding in found[:MOST_SHOWN]:
        print(f"row {finding.number} {finding.problem}" if finding.number else finding.problem)
    if len(found) > MOST_SHOWN:
        print(f"and {len(found) - MOST_SHOWN} more")
    if found:
        print(f"{count} rows, NOT intact")
        raise typer.Exit(1)
    print(f"{count} rows, intact" + (f"; newest {newest.number}:{newest.hash}" if newest else ""))


@audit.command()
def models(
    session: Annotated[str | None, typer.Option(help="Of this session alone.")] = None,
    day: Annotated[str | None, typer.Option(help="Of this day in UTC, as YYYY-MM-DD.")] = None,
) -> None:
    """What was asked of a language model, a call a line, without its words; of today, or as the options say.

    sent_sha256 is of what left, the `messages` of the request: of json.dumps(messages, sort_keys=True,
    ensure_ascii=False) in UTF-8. A call that says `asked` was begun by a process that ended before the answer.
    """
    day = _day(day) if day else None if session else datetime.now(UTC).date().isoformat()
    settings = settings_or_fail()
    try:
        with looking(settings.database_url, settings.data_dir) as connection:
            for row in calls_on_record(connection, session, day):
                print(json.dumps(row))
    except StorageUnavailable:
        fail("the database cannot be read, or has no record of calls yet")


def replay_decision(
    decision_id: str,
    policies: Annotated[Path | None, typer.Option(help="A folder of policy files, not the packaged ones.")] = None,
) -> None:
    """Make a stored decision again, from its stored inputs and the policy version it names, and compare."""
    settings = settings_or_fail()
    record = _stored(decision_id, settings)
    if record is None:
        fail("DECISION_ID: there is no such decision")
    try:
        policy = PolicyBook.read(record["profile"], policies).named(record["policy_id"], record["policy_version"])
    except PolicyError as error:
        fail(str(error))
    if policy is None:
        fail("the policy version that the decision names is not here")
    try:
        again = replay(record, policy)
    except NotReplayable as missing:
        fail(str(missing))
    print(json.dumps(again, indent=2, ensure_ascii=False))
    if canonical(again) != canonical(record):
        names = (record.keys() | again.keys()) - {LANGUAGE}
        different = sorted(name for name in names if record.get(name) != again.get(name))
        typer.echo(f"NOT the same: {', '.join(different)}", err=True)
        raise typer.Exit(1)
    typer.echo(f"byte for byte the same, under {policy.policy_id} {policy.version}", err=True)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        fail("--day is YYYY-MM-DD")


def _stored(decision_id: str, settings: Settings) -> dict[str, Any] | None:
    try:
        with looking(settings.database_url, settings.data_dir) as connection:
            vault = Vault(settings.secrets())  # not before: a directory without a service gets no key
            return stored_decision(connection, vault, decision_id)
    except StorageUnavailable:
        fail("the database cannot be read")
    except (Damaged, NoKey):
        fail("the decision cannot be opened: neither SECRET_KEY nor PREVIOUS_SECRET_KEY sealed it, or it was changed")


def _older(file: Path | None) -> list[bytes]:
    try:
        lines = file.read_bytes().splitlines() if file is not None else []
    except OSError:
        fail("--older-secrets: cannot be read")
    return [line.strip() for line in lines if line.strip()]


def _head(noted: str) -> Head:
    number, _, digest = noted.partition(":")
    if not number.isdecimal() or len(number) > 18 or not digest:
        fail("--head is NUMBER:HASH, as verify printed it")
    return Head(int(number), digest)
