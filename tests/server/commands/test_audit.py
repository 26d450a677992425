"""`esoteric audit verify`: intact or not, which row, and the newest one to note down."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.audit_anchor import AuditAnchor
from server.store.acts import ActsWriter
from server.store.database import Database
from tests.command import command_here

SECRET = "a secret for tests, long enough to be one"
PREVIOUS = "the secret that was before, long enough too"


def write(data_dir: Path, count: int, secret: str = SECRET, *, noted: bool = True) -> None:
    """So many acts, by a service that then ends."""

    async def run() -> None:
        database = Database.sqlite(data_dir / "esoteric.db")
        await database.migrate()
        keys = [key.encode() for key in (secret, PREVIOUS)]
        writer = ActsWriter(database, keys)
        for number in range(count):
            await writer.record("officer.read", f"s{number}", {"n": number})
        if noted:
            await AuditAnchor(database, writer.chain, data_dir).note()
        await database.close()

    asyncio.run(run())


def change(data_dir: Path, statement: str) -> None:
    with closing(sqlite3.connect(data_dir / "esoteric.db")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        database.commit()


def verify(data_dir: Path, *options: str, **environment: str) -> tuple[int, str]:
    result = command_here(data_dir, "audit", "verify", *options, **{"SECRET_KEY": SECRET} | environment)
    return result.exit_code, result.output


def test_intact(tmp_path: Path) -> None:
    write(tmp_path, 5)
    status, told = verify(tmp_path)
    assert status == 0
    assert re.fullmatch(r"5 rows, intact; newest 5:[0-9a-f]{64}\n", told)


def test_before_the_first_row(tmp_path: Path) -> None:
    write(tmp_path, 0)
    assert verify(tmp_path) == (0, "0 rows, intact\n")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit_log SET facts = '{}' WHERE number = 3", "row 3 was changed"),
        ("DELETE FROM audit_log WHERE number = 1", "row 1 is missing"),
        ("DELETE FROM audit_log WHERE number > 3", "row 4 to 5 are missing"),
        ("DELETE FROM audit_head", "row 5 is the last row, and the seal of the newest one is missing"),
    ],
)
def test_not_intact(tmp_path: Path, statement: str, told: str) -> None:
    write(tmp_path, 5)
    change(tmp_path, statement)
    status, output = verify(tmp_path)
    assert status == 1
    assert told in output.splitlines()
    assert output.splitlines()[-1].endswith("rows, NOT intact")


def test_an_older_copy_put_back(tmp_path: Path) -> None:
    write(tmp_path, 3)
    shutil.copy(tmp_path / "esoteric.db", tmp_path / "kept")
    write(tmp_path, 2)
    shutil.copy(tmp_path / "kept", tmp_path / "esoteric.db")
    status, output = verify(tmp_path)
    assert (status, output.splitlines()[0]) == (1, "row 5 was noted as the newest row once and is missing")


def test_a_head_noted_by_hand(tmp_path: Path) -> None:
    write(tmp_path, 3, noted=False)
    noted = verify(tmp_path)[1].split()[-1]
    write(tmp_path, 1, noted=False)
    assert verify(tmp_path, "--head", noted)[0] == 0
    assert verify(tmp_path, "--head", noted.replace("3:", "2:"))[0] == 1
    assert verify(tmp_path, "--head", "9:" + "0" * 64)[0] == 1
    for nonsense in ("", "x", "3", "x:y", "9" * 30 + ":ab"):
        assert verify(tmp_path, "--head", nonsense)[0] in {0, 2}


def test_a_foreign_line_among_the_noted_heads(tmp_path: Path) -> None:
    write(tmp_path, 2)
    with (tmp_path / "audit-head").open("a", encoding="ascii") as file:
        file.write("2026-11-01 9 abc def ghi\n")
    status, output = verify(tmp_path)
    assert status == 1
    assert "audit-head has 1 lines that this service did not write" in output


def test_after_the_secret_changed(tmp_path: Path) -> None:
    write(tmp_path, 3, PREVIOUS)
    write(tmp_path, 2)
    assert verify(tmp_path, PREVIOUS_SECRET_KEY=PREVIOUS)[0] == 0
    status, output = verify(tmp_path)
    assert status == 1
    assert "row 1 was written with another key than SECRET_KEY or PREVIOUS_SECRET_KEY" in output


def test_after_it_changed_more_than_once(tmp_path: Path) -> None:
    write(tmp_path, 3, PREVIOUS)
    write(tmp_path, 2)
    assert verify(tmp_path)[0] == 1
    kept = tmp_path / "kept"
    kept.write_text(f"another one\n{PREVIOUS}\n", encoding="ascii")
    assert verify(tmp_path, "--older-secrets", str(kept))[0] == 0
    assert verify(tmp_path, "--older-secrets", str(tmp_path / "none"))[0] == 2
    change(tmp_path, "UPDATE audit_log SET facts = '{}' WHERE number = 1")
    assert verify(tmp_path, "--older-secrets", str(kept))[0] == 1


def test_much_that_is_wrong_is_not_all_printed(tmp_path: Path) -> None:
    write(tmp_path, 40)
    change(tmp_path, "UPDATE audit_log SET kind = 'x'")
    status, output = verify(tmp_path)
    assert status == 1
    assert output.splitlines()[-2:] == ["and 20 more", "40 rows, NOT intact"]
