"""The audit log: rows chained by keyed hashes, so that without the key none can be changed, left out or moved unseen.

Every row's hash covers all of its fields and the hash before it. The newest row is sealed in a table of its own, from
which the next one goes on: what was cut off the end stays missing for good.
"""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select, text, update

from server.store.tables import audit_head, audit_log
from tools.audit import Facts
from tools.derivation import derived

GENESIS: Final = "0" * 64
_LOCK: Final = 0x65736F746572  # one writer at a time in Postgres; any number that nobody else locks by
_KEY_BYTES, _ID_BYTES = 32, 4


class Entry(NamedTuple):
    """An act to write down."""

    at: str
    kind: str
    session_ref: str | None
    facts: Facts


class Head(NamedTuple):
    """The newest row."""

    number: int
    hash: str


class Finding(NamedTuple):
    """What is wrong, and at which row."""

    number: int
    problem: str


@dataclass(slots=True)
class _Key:
    name: str
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> "_Key":
        made = derived(secret, "esoteric/audit/1", _KEY_BYTES + _ID_BYTES)
        return cls(made[_KEY_BYTES:].hex(), made[:_KEY_BYTES])

    def mac(self, *fields: str | int | None) -> str:
        return hmac.new(self.secret, json.dumps(fields).encode(), sha256).hexdigest()


class AuditChain:
    """Writes with the newest secret; reads what any of them wrote."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        """`secrets` newest first."""
        keys = [_Key.of(secret) for secret in secrets]
        self._newest = keys[0]
        self._keys = {key.name: key for key in reversed(keys)}

    def append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write the entries in one insert, within the connection's transaction."""
        if not entries:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(_TAKE_TURNS)
        known = _sealed_head(connection)
        number, previous = self._goes_on_from(connection, known)
        rows = []
        for entry in entries:
            number += 1
            facts = json.dumps(entry.facts, sort_keys=True, separators=(",", ":"))
            row = {**entry._asdict(), "number": number, "facts": facts, "previous_hash": previous}
            row["key_id"] = self._newest.name
            previous = row["hash"] = self._newest.mac(*(row[name] for name in _COVERED))
            rows.append(row)
        connection.execute(_WRITE, rows)
        newest = {"number": number, "hash": previous} | self._seal(Head(number, previous))
        if known is None:
            connection.execute(_FIRST_HEAD, {"id": 1} | newest)
        else:
            connection.execute(_MOVE_HEAD, newest)

    def head(self, connection: Connection) -> Head | None:
        """The newest row, by the seal on it; None before the first one."""
        row = _sealed_head(connection)
        return Head(row.number, row.hash) if row is not None else None

    def holds(self, connection: Connection, head: Head) -> bool:
        """Whether the row that was the newest once is still there."""
        this_one = (audit_log.c.number == head.number) & (audit_log.c.hash == head.hash)
        return connection.execute(select(audit_log.c.number).where(this_one)).first() is not None

    def signed(self, head: Head) -> str:
        """The head in one line of text, which `read_signed` believes only if it was made here."""
        sealed = self._seal(head)
        return f"{head.number} {head.hash} {sealed['key_id']} {sealed['seal']}"

    def read_signed(self, line: str) -> Head | None:
        """None for a line that was not made with one of the secrets."""
        parts = line.split()
        if len(parts) != 4 or not parts[0].isdecimal():
            return None
        head = Head(int(parts[0]), parts[1])
        return head if self._is_sealed(head, parts[2], parts[3]) else None

    def verify(self, connection: Connection, anchors: Sequence[Head] = ()) -> tuple[int, list[Finding]]:
        """How many rows there are, and what is wrong with them. `anchors` are heads noted elsewhere before.

        The connection should see one moment of the database.
        """
        sealed = _sealed_head(connection)
        found: list[Finding] = []
        marks: dict[int, set[str]] = {}
        for anchor in anchors:
            marks.setdefault(anchor.number, set()).add(anchor.hash)
        expected, previous, count = 1, GENESIS, 0
        rows = connection.execution_options(yield_per=1000).execute(_ALL)
        for row in map(_Row._make, rows):
            count += 1
            if row.number > expected:
                found.append(Finding(expected, _missing(expected, row.number - 1)))
            found += [Finding(row.number, problem) for problem in self._problems(row, previous)]
            if marks.pop(row.number, {row.hash}) != {row.hash}:
                found.append(Finding(row.number, "is not the row that was noted under this number"))
            expected, previous = row.number + 1, row.hash
        found += [Finding(number, "was noted as the newest row once and is missing") for number in sorted(marks)]
        found += self._problems_of_head(sealed, expected - 1, previous)
        return count, found

    def _problems(self, row: "_Row", previous: str) -> Iterator[str]:
        key = self._keys.get(row.key_id)
        if key is None:
            yield "was written with another key than SECRET_KEY or PREVIOUS_SECRET_KEY"
        elif not hmac.compare_digest(key.mac(*(getattr(row, name) for name in _COVERED)), row.hash):
            yield "was changed"
        if row.previous_hash != previous:
            yield "does not follow the row before it"

    def _problems_of_head(self, sealed: "_SealedHead | None", number: int, newest: str) -> Iterator[Finding]:
        if sealed is None:
            if number:
                yield Finding(number, "is the last row, and the seal of the newest one is missing")
        elif not self._is_sealed(Head(sealed.number, sealed.hash), sealed.key_id, sealed.seal):
            yield Finding(number, "is the last row, and the seal of the newest one was changed")
        elif sealed.number > number:
            yield Finding(number + 1, _missing(number + 1, sealed.number))
        elif (sealed.number, sealed.hash) != (number, newest):
            yield Finding(number, "is the last row, and not the one that was sealed")

    def _goes_on_from(self, connection: Connection, known: "_SealedHead | None") -> Head:
        """Where the next row is put. A head that was tampered with is not healed: the break stays to be found."""
        if known is not None and self._is_sealed(Head(known.number, known.hash), known.key_id, known.seal):
            return Head(known.number, known.hash)
        last = connection.execute(_LAST).scalar_one_or_none() or 0
        number = max(last, known.number if known is not None else 0)
        if known is None and last == 0:
            return Head(0, GENESIS)
        return Head(number, self._newest.mac("the head was lost", number))

    def _seal(self, head: Head) -> dict[str, str]:
        return {"key_id": self._newest.name, "seal": self._newest.mac("head", *head)}

    def _is_sealed(self, head: Head, key_id: str, seal: str) -> bool:
        key = self._keys.get(key_id)
        return key is not None and hmac.compare_digest(key.mac("head", *head), seal)


class _Row(NamedTuple):
    """A row as the select below gives it."""

    number: int
    at: str
    kind: str
    session_ref: str | None
    facts: str
    key_id: str
    previous_hash: str
    hash: str


class _SealedHead(NamedTuple):
    number: int
    hash: str
    key_id: str
    seal: str


# Built once: building a statement costs more than running it.
_COVERED: Final = ("number", "at", "kind", "session_ref", "facts", "key_id", "previous_hash")
_TAKE_TURNS = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_HEAD = select(*(audit_head.c[name] for name in _SealedHead._fields)).where(audit_head.c.id == 1)
_ALL = select(*(audit_log.c[name] for name in _Row._fields)).order_by(audit_log.c.number)
_LAST = select(audit_log.c.number).order_by(audit_log.c.number.desc()).limit(1)
_WRITE, _FIRST_HEAD = insert(audit_log), insert(audit_head)
_MOVE_HEAD = update(audit_head).where(audit_head.c.id == 1)


def _sealed_head(connection: Connection) -> _SealedHead | None:
    row = connection.execute(_HEAD).one_or_none()
    return _SealedHead(*row) if row is not None else None


def _missing(first: int, last: int) -> str:
    return "is missing" if first == last else f"to {last} are missing"
