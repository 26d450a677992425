"""What the service's own records say once everybody has left: the bureau's inquiries, the audit log, every decision."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from kb.policy import load_policy
from tests.keys import decisions_of
from tests.service import COMMAND, clean_environment, run_command
from tools.policy.record import NotReplayable, canonical, replay


@dataclass
class Afterwards:
    """`pulls` are bureau inquiries by session; `faults` are sentences for the report."""

    pulls: dict[str, int] = field(default_factory=dict)
    decisions: int = 0
    audit: str = ""
    faults: list[str] = field(default_factory=list)


def look(directory: Path) -> Afterwards:
    """Read a stopped service's files: its effects, `esoteric audit verify`, and every decision made once more."""
    found = Afterwards()
    with closing(sqlite3.connect(f"file:{directory / 'esoteric.db'}?mode=ro", uri=True)) as reading:
        rows = reading.execute("SELECT session_id, count(*) FROM effects WHERE key LIKE 'bureau:%' GROUP BY 1")
        found.pulls = dict(rows.fetchall())
    policy = load_policy("default")
    for record in decisions_of(directory):
        found.decisions += 1
        try:
            same = canonical(replay(record, policy)) == canonical(record)
        except NotReplayable as missing:
            found.faults.append(f"decision {record['decision_id']} cannot be made again: {missing}")
        else:
            if not same:
                found.faults.append(f"decision {record['decision_id']} is another when made again")
    checked = run_command([COMMAND, "audit", "verify"], clean_environment(directory))
    found.audit = checked.stdout.strip().splitlines()[-1] if checked.stdout.strip() else checked.stderr.strip()
    if checked.returncode != 0:
        found.faults.append(f"the audit log: {found.audit}")
    return found
