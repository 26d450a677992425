"""Decision records: under their session's key; what is kept of a loan beyond its session, masked, under the house's."""

from typing import Any, Final, cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from server.store.tables import decisions
from server.store.vault import Damaged, Vault, packed, unpacked

CLOSED_WITH_A_LOAN: Final = frozenset({"sanctioned", "completed"})


def keep_decision(connection: Connection, vault: Vault, session_id: str, record: dict[str, Any], now: str) -> bool:
    """Note the decision that stands; whether it was made in this turn. One made again becomes the newest again."""
    decision_id = record["decision_id"]
    if connection.execute(_NEWEST_ID, {"session_id": session_id}).scalar_one_or_none() == decision_id:
        return False
    if connection.execute(_CHANGE, {"this_one": decision_id, "decided_at": now}).rowcount:
        return True
    row = {"decision_id": decision_id, "session_id": session_id, "application_id": record["application_id"]}
    sealed = vault.key(connection, session_id).seal_json(_place(decision_id), record)
    connection.execute(_KEEP, row | {"record": sealed, "decided_at": now})
    return True


def newest_decision(connection: Connection, vault: Vault, session_id: str) -> dict[str, Any] | None:
    """Raises NoKey, Damaged."""
    row = connection.execute(_NEWEST, {"session_id": session_id}).one_or_none()
    return None if row is None else _record(connection, vault, row)


def stored_decision(connection: Connection, vault: Vault, decision_id: str) -> dict[str, Any] | None:
    """Of an erased session too. Raises NoKey, Damaged."""
    row = connection.execute(_THIS, {"decision_id": decision_id}).one_or_none()
    return None if row is None else _record(connection, vault, row)


def part_with_decisions(connection: Connection, vault: Vault, session_id: str, status: str | None) -> int:
    """Before a session's key is destroyed: of a loan the decisions stay, masked. How many.

    Raises Damaged where the key cannot be opened, so that a wrong secret loses nothing.
    """
    if status not in CLOSED_WITH_A_LOAN:
        connection.execute(delete(decisions).where(decisions.c.session_id == session_id))
        return 0
    vault.key(connection, session_id)
    kept = 0
    for row in connection.execute(_OF_SESSION, {"session_id": session_id}).all():
        try:
            record = _record(connection, vault, row)
        except Damaged:  # nobody will read it, and the erasure goes on
            connection.execute(delete(decisions).where(decisions.c.decision_id == row.decision_id))
            continue
        applicant = {**record["inputs"]["applicant"], "dob": None}
        masked = {**record, "inputs": {**record["inputs"], "applicant": applicant}}
        sealed = vault.house.seal(packed(masked), *house_place(row.decision_id))
        connection.execute(_CHANGE, {"this_one": row.decision_id, "session_id": None, "record": sealed})
        kept += 1
    return kept


def house_place(decision_id: str) -> tuple[str, str]:
    """What a kept record is bound to."""
    return "decisions.record", decision_id


def _record(connection: Connection, vault: Vault, row: Any) -> dict[str, Any]:
    if row.session_id is None:
        record = unpacked(vault.house.open(bytes(row.record), *house_place(row.decision_id)))
    else:
        record = vault.key(connection, row.session_id).open_json(_place(row.decision_id), row.record)
    return cast(dict[str, Any], record)


def _place(decision_id: str) -> str:
    return f"decisions.record:{decision_id}"


# Built once: building a statement costs more than running it.
_COLUMNS = (decisions.c.decision_id, decisions.c.session_id, decisions.c.record)
_THIS = select(*_COLUMNS).where(decisions.c.decision_id == bindparam("decision_id"))
_OF_SESSION = select(*_COLUMNS).where(decisions.c.session_id == bindparam("session_id"))
_NEWEST = _OF_SESSION.order_by(decisions.c.decided_at.desc()).limit(1)
_NEWEST_ID = _NEWEST.with_only_columns(decisions.c.decision_id)
_KEEP = insert(decisions)
_CHANGE = update(decisions).where(decisions.c.decision_id == bindparam("this_one"))
