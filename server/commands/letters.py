"""`esoteric letter`: whether a sanction letter is genuine, unaltered and current; taking one back."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from server.commands.line import fail, settings_or_fail
from server.letters.signing import known_fingerprints
from server.lifecycle.starting import StartRefused, refuse_wrong_secret
from server.settings import Settings, SettingsError
from server.store.acts import ActsWriter
from server.store.database import StorageUnavailable
from server.store.letters import LetterRecords, Withdrawn
from server.store.vault import Vault
from server.store.visiting import visiting
from tools.clock import Clock
from tools.signing.checker import check_file
from tools.signing.finding import MAX_BYTES, Finding
from tools.signing.identity import BadCertificate, certificates_in, fingerprint
from tools.signing.verdict import KnownLetter, Verdict, of_finding, of_known_file

letter = typer.Typer(no_args_is_help=True, help="Sanction letters: whether one is genuine, and taking one back.")

PROBLEMS = {
    "too_large": "the file is larger than any letter",
    "not_a_pdf": "the file is not a PDF",
    "unreadable": "the file is damaged, or is no PDF that can be checked",
    "unsigned": "the file carries no signature",
    "foreign": "the file is signed, but by nobody who signs letters for this lender",
    "no_letter": "the lender signed this file, but it is not a sanction letter",
    "altered": "the file was changed: the signature does not belong to these bytes",
    "added_to": "something was added behind the letter after it was signed",
}
Certificates = Annotated[
    list[Path] | None, typer.Option("--certificate", help="A PEM file with the lender's certificate; may be repeated.")
]


@letter.command()
def verify(file: Annotated[Path, typer.Argument(metavar="FILE.pdf")], certificate: Certificates = None) -> None:
    """Say whether a letter is genuine, unaltered and current. Ends with 0 if it is all three, otherwise with 1.

    Needs no network and no running service. The records of `DATA_DIR` are asked where there are any.
    """
    settings = settings_or_fail()
    known = _fingerprints(settings, certificate or [])
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError:
        typer.echo("FILE: cannot be read", err=True)
        raise typer.Exit(1) from None
    if not known:
        typer.echo("No certificate of the lender is known here: name it by --certificate.", err=True)
    asked, verdict = asyncio.run(_verdict(settings, data, check_file(data, known)))
    for line in _as_lines(verdict, asked=asked):
        print(line)
    raise typer.Exit(0 if verdict.holds else 1)


@letter.command()
def withdraw(number: str) -> None:
    """Take a letter back, by its number: whoever checks it is told so."""
    settings = settings_or_fail()
    try:
        withdrawn = asyncio.run(_withdraw(settings, number))
    except StorageUnavailable as away:
        fail(f"the database cannot be reached ({away})")
    except StartRefused as refused:
        fail(str(refused))
    if withdrawn is None:
        fail("NUMBER: there is no such letter")
    print("withdrawn before" if withdrawn.before else "withdrawn")


def _as_lines(verdict: Verdict, *, asked: bool) -> list[str]:
    """The three answers, a line each."""
    why = PROBLEMS[verdict.problem] if verdict.problem is not None else ""
    genuine = "yes, the lender signed it" if verdict.genuine else f"no, {why}"
    if verdict.unaltered:
        unaltered = "yes, the signature covers every byte of the file"
    else:
        unaltered = f"no, {why}" if verdict.genuine else "no"
    return [f"Genuine:   {genuine}", f"Unaltered: {unaltered}", f"Current:   {_current(verdict, asked=asked)}"]


def _current(verdict: Verdict, *, asked: bool) -> str:
    if not verdict.genuine or verdict.valid_until is None or verdict.issued_on is None:
        return "no"
    days = f"letter {verdict.letter_number} of {verdict.issued_on.isoformat()}"
    match verdict.standing:
        case "current":
            judged = "" if asked else " (by its date; no records were asked)"
            return f"yes, {days} is valid until {verdict.valid_until.isoformat()}{judged}"
        case "expired":
            return f"no, {days} was valid until {verdict.valid_until.isoformat()}"
        case "withdrawn":
            return f"no, {days} was withdrawn by the lender"
        case "erased":
            return f"no, {days} was erased on the customer's wish"
        case "not_on_record" | "unknown":
            return f"no, {days} is not among the lender's records"


async def _verdict(settings: Settings, data: bytes, finding: Finding) -> tuple[bool, Verdict]:
    """Whether the records were asked, and what is to be said."""
    today = Clock(settings.policy_as_of).today()
    if finding.note is None or not (settings.database_url or (settings.data_dir / "esoteric.db").exists()):
        return False, of_finding(finding, today, None, on_record=False)
    try:
        async with visiting(settings.database_url, settings.data_dir, Vault(settings.secrets())) as database:
            records = LetterRecords(database)
            same, by_code = await records.by_file(data), await records.by_code(finding.note.code)
    except StorageUnavailable:
        return False, of_finding(finding, today, None, on_record=False)
    return True, _of_records(finding, same, by_code, settings)


def _of_records(finding: Finding, same: KnownLetter | None, by_code: KnownLetter | None, settings: Settings) -> Verdict:
    today = Clock(settings.policy_as_of).today()
    if same is not None and finding.unaltered:
        return of_known_file(same, today)
    return of_finding(finding, today, by_code, on_record=True)


async def _withdraw(settings: Settings, number: str) -> Withdrawn | None:
    async with visiting(settings.database_url, settings.data_dir, Vault(settings.secrets())) as database:
        await refuse_wrong_secret(database)  # the audit log would be broken by it
        acts = ActsWriter(database, settings.secrets())

        def note(connection: Connection, letter: Withdrawn) -> None:
            acts.write(connection, [acts.act("letter.revoked", letter.session_id, {"sha256": letter.file_digest})])

        return await LetterRecords(database).withdraw(number, note)


def _fingerprints(settings: Settings, named: list[Path]) -> frozenset[str]:
    try:
        known = set(known_fingerprints(settings))
        for path in named:
            known.update(fingerprint(one) for one in certificates_in(path.read_bytes()))
    except SettingsError as error:
        fail(str(error))
    except (OSError, BadCertificate):
        fail("--certificate: is no readable PEM file with a certificate")
    return frozenset(known)
