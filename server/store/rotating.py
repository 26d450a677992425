"""After the secret was changed: keys wrapped by an earlier one are wrapped by the newest, while the service runs.

A few at a time, each batch in a transaction of its own; one that is cut short is gone on with by the next run.
"""

from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, update

from server.store.database import Database
from server.store.decisions import house_place
from server.store.tables import decisions, session_keys
from server.store.vault import Damaged, Vault

TOGETHER: Final = 200


@dataclass(slots=True)
class Rotated:
    """Counts: session keys and kept records under the newest secret now, and what none of the secrets opens."""

    keys: int = 0
    records: int = 0
    unopened: int = 0


async def rotate(database: Database) -> Rotated:
    """Needs the earlier secret among the vault's."""
    rotated, vault = Rotated(), database.vault
    for some in (_some_keys, _some_records):
        last: str | None = ""
        while last is not None:
            last = await database.run(partial(some, vault=vault, after=last, rotated=rotated))
    return rotated


def _some_keys(connection: Connection, vault: Vault, after: str, rotated: Rotated) -> str | None:
    """Those above the id `after`; the last one's id."""
    last = None
    for last, wrapped in connection.execute(_KEYS, {"after": after, "newest": vault.newest}).all():
        try:
            changed = vault.rewrap(last, wrapped)
        except Damaged:
            rotated.unopened += 1
            continue
        connection.execute(_REWRAP, {"this_session": last, **changed})
        rotated.keys += 1
    return last


def _some_records(connection: Connection, vault: Vault, after: str, rotated: Rotated) -> str | None:
    """As `_some_keys`. The name of the key that sealed it stands behind a record's first byte."""
    last, newest = None, bytes.fromhex(vault.house.newest)
    for last, sealed in connection.execute(_RECORDS, {"after": after, "newest": newest}).all():
        place = house_place(last)
        try:
            record = vault.house.open(bytes(sealed), *place)
        except Damaged:
            rotated.unopened += 1
            continue
        connection.execute(_RESEAL, {"this_one": last, "record": vault.house.seal(record, *place)})
        rotated.records += 1
    return last


# Built once: building a statement costs more than running it.
_KEYS = (
    select(session_keys.c.session_id, session_keys.c.wrapped)
    .where(session_keys.c.session_id > bindparam("after"), session_keys.c.key_id != bindparam("newest"))
    .order_by(session_keys.c.session_id)
    .limit(TOGETHER)
)
_REWRAP = update(session_keys).where(session_keys.c.session_id == bindparam("this_session"))
_RECORDS = (
    select(decisions.c.decision_id, decisions.c.record)
    .where(decisions.c.session_id.is_(None), decisions.c.decision_id > bindparam("after"))
    .where(func.substr(decisions.c.record, 2, 4) != bindparam("newest"))
    .order_by(decisions.c.decision_id)
    .limit(TOGETHER)
)
_RESEAL = update(decisions).where(decisions.c.decision_id == bindparam("this_one"))
