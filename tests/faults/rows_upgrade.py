"""What an earlier version left is migrated and gone on with: conversations in the middle, and a turn it never ended.

`states/0009` was written by the version before this issue (migration 0009, checkpoints in a file of their own), with
the packaged customers: its tables as SQL, and what each session awaited.
"""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.clients import Talker
from tests.faults.matrix import case, cases
from tests.faults.stage import Stage

STATES = Path(__file__).parent / "states" / "0009"
SECRET = "the secret of a state that tests keep"
LEFT = "m-left"  # accepted by the earlier version, and never answered
Json = dict[str, Any]

SESSIONS = {"at the purpose, with a turn left": 0, "at the phone number": 1, "at the Key Facts": 2, "under review": 3}


@cases(row="state of an earlier version", injections=SESSIONS, fast=["at the Key Facts"])
def goes_on(stage: Stage, number: int) -> None:
    """The customer goes on where they were; nothing they said is asked again."""
    left = _restore(stage)[number]
    service = stage.thread(secret_key=SECRET)
    with Talker([service.base_url], who=left["customer_id"]) as talker:
        talker.history.session_id = left["session_id"]
        if number == 0:
            sent = talker.history.add(LEFT, "my sister's wedding")
            talker.ask(sent)
            assert talker.get("")["awaiting"][0] == "consent"
        else:
            assert talker.get("")["awaiting"] == left["awaiting"]
            assert len(talker.get("/messages")["messages"]) == left["messages"]
        talker.converse()
        status = talker.get("")["loan_application"]["status"]
        assert status == ("under_review" if number == 3 else "sanctioned"), status
        assert len(talker.evidence(stage, mails=1).letters) == (0 if number == 3 else 1)


@case(row="state of an earlier version", injection="migrated twice by two starts")
def started_twice(stage: Stage) -> None:
    """A second start finds it as the first one left it, and the audit log unbroken."""
    left = _restore(stage)
    for _ in range(2):
        replica = stage.replica(SECRET_KEY=SECRET)
        with Talker([replica.base_url]) as talker:
            for session in left[1:]:
                talker.history.session_id = session["session_id"]
                assert talker.get("")["awaiting"] == session["awaiting"]
        replica.terminate()


def _restore(stage: Stage) -> list[Json]:
    """Put the earlier version's rows in the place of the case's own; its sessions are of today."""
    if stage.backend == "sqlite":
        for name in ("esoteric", "checkpoints"):
            with closing(sqlite3.connect(stage.folder / f"{name}.db")) as database:
                database.executescript(_sql(f"sqlite_{name}"))
        stage.change("UPDATE sessions SET active_at = strftime('%Y-%m-%dT%H:%M:%S.000+00:00', 'now')")
    else:
        stage.change("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        stage.change(_sql("postgres"))
        now = "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.000+00:00')"
        stage.change(f"UPDATE sessions SET active_at = {now}")  # noqa: S608  a constant
    found: list[Json] = json.loads((STATES / f"{stage.backend}.json").read_text(encoding="utf-8"))
    return found


def _sql(name: str) -> str:
    return gzip.decompress((STATES / f"{name}.sql.gz").read_bytes()).decode()
