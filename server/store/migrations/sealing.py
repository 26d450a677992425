"""The work of 0013: what was stored plainly is sealed in its place, a few hundred rows at a time.

The columns are new ones under the old names, and on Postgres every table is written anew, so that no plain value stays
behind in a file; on SQLite the file is, after the migration (`Database.migrate`).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from sqlalchemy import Connection, Row

from server.store.sealed_serializer import SealedSerializer
from server.store.vault import Damaged, SessionKey, Vault, packed

TOGETHER: Final = 300
Places = dict[str, Callable[[Row[Any]], str]]


@dataclass(frozen=True, slots=True)
class Sealing:
    """A table, its key, what else its rows' places are made of, and the columns to be sealed with their places."""

    table: str
    key: str
    places: Places
    beside: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    of_session: str = "session_id"  # SQL for the row's session


ALL: Final = (
    Sealing("sessions", "session_id", {"view": lambda _row: "sessions.view"}),
    Sealing(
        "turns",
        "turn_id",
        {"body": lambda row: f"turns.body:{row.id}", "reply": lambda row: f"turns.reply:{row.id}"},
        optional=("body", "reply"),
        beside=("request_hash",),
    ),
    Sealing(
        "messages",
        "number",
        {"content": lambda row: f"messages.content:{row.role}:{row.message_id}"},
        beside=("role", "message_id"),
    ),
    Sealing("effects", "key", {"result": lambda row: f"effects.result:{row.id}"}, optional=("result",)),
    Sealing("key_facts", "kfs_id", {"statement": lambda row: f"key_facts.statement:{row.id}"}),
    Sealing("letters", "letter_id", {"pdf": lambda row: f"letters.pdf:{row.id}"}),
    Sealing("decisions", "decision_id", {"record": lambda row: f"decisions.record:{row.id}"}),
    Sealing(
        "documents",
        "document_id",
        {"data": lambda row: f"documents.data:{row.id}:{row.kind}:{row.media}"},
        beside=("kind", "media"),
    ),
    Sealing("cases", "case_id", {"facts": lambda row: f"cases.facts:{row.id}"}),
    Sealing(
        "case_acts",
        "act_id",
        {
            "reason": lambda row: f"case_acts.reason:{row.id}",
            "details": lambda row: f"case_acts.details:{row.id}",
            "told": lambda row: f"case_acts.told:{row.id}",
        },
        optional=("reason", "told"),
        of_session="(SELECT cases.session_id FROM cases WHERE cases.case_id = case_acts.case_id)",
    ),
)


LATE_IN_A_TURN: Final = ("sessions", "decisions", "cases", "case_acts")


def give_keys(connection: Connection, vault: Vault | None) -> None:
    """To every session that is there. Without a vault there may be none."""
    known = connection.execute(sa.text("SELECT session_id FROM sessions")).scalars().all()
    if not known:
        return
    if vault is None:
        raise RuntimeError("the sessions cannot be sealed without the service's secret")
    insert = sa.text(
        "INSERT INTO session_keys (session_id, key_id, wrapped, created_at) "
        "VALUES (:session_id, :key_id, :wrapped, :created_at)"
    )
    for session_id in known:
        connection.execute(insert, vault.fresh(session_id)[1])


def seal_columns(connection: Connection, vault: Vault | None) -> None:
    for sealing in ALL:
        _add_columns(connection, sealing)
        if vault is not None:
            for rows in _rows(connection, sealing):
                changes = [_sealed(connection, vault, sealing, row) for row in rows]
                connection.execute(_update(sealing), changes)
        _replace_columns(connection, sealing)


def lock_tables(connection: Connection) -> None:
    """All tables, before anything is done: in the order of a turn, which then waits at its first statement.

    Where it is not met, the wait ends before Postgres sees a deadlock and breaks somebody else's work.
    """
    if connection.dialect.name != "postgresql":
        return
    connection.execute(sa.text("SET LOCAL lock_timeout = '300ms'"))
    in_order = sorted((sealing.table for sealing in ALL), key=lambda table: (table in LATE_IN_A_TURN, table != "turns"))
    connection.execute(sa.text(f"LOCK TABLE {', '.join(in_order)}"))


def _rows(connection: Connection, sealing: Sealing) -> Iterator[list[Row[Any]]]:
    names = ", ".join((*sealing.places, *sealing.beside))
    # Names of our own tables. Keys are compared as the database orders them.
    select = (
        f"SELECT {sealing.key} AS id, {sealing.of_session} AS session_id, {names} FROM {sealing.table} "  # noqa: S608  our own names  # nosec B608
        f"WHERE (:started = 0 OR {sealing.key} > :after) ORDER BY {sealing.key} LIMIT {TOGETHER}"
    )
    query, after = sa.text(select), None
    first_kind = sa.Integer() if sealing.key == "number" else sa.String()
    query = query.bindparams(sa.bindparam("after", type_=first_kind))
    while rows := list(connection.execute(query, {"started": int(after is not None), "after": after}).all()):
        yield rows
        after = rows[-1].id


def _sealed(connection: Connection, vault: Vault, sealing: Sealing, row: Row[Any]) -> dict[str, Any]:
    """The parameters of a row's update."""
    made: dict[str, Any] = {"this_one": row.id}
    values = {name: getattr(row, name) for name in sealing.places}
    if row.session_id is None:  # a decision that outlived its session
        value = packed(_plain(values["record"]))
        return made | {"record": vault.house.seal(value, "decisions.record", row.id)}
    key = vault.key(connection, row.session_id)
    for name, place in sealing.places.items():
        made[name] = _value(vault, key, sealing, row, name, place(row))
    if sealing.table == "sessions":
        made["status"] = (_plain(values["view"]).get("loan_application") or {}).get("status")
    if sealing.table == "turns":
        made["request_hash"] = key.mark("request", row.request_hash)
    return made


def _value(vault: Vault, key: SessionKey, sealing: Sealing, row: Row[Any], name: str, place: str) -> bytes | None:
    value = getattr(row, name)
    if sealing.table == "documents":
        return _document(vault, key, row, place)
    if sealing.table == "letters":
        return key.seal(place, bytes(value))
    if sealing.table == "messages":
        return key.seal_text(place, value)
    plain = value if name == "reason" else _plain(value)
    return None if plain is None else key.seal_json(place, plain)


def _document(vault: Vault, key: SessionKey, row: Row[Any], place: str) -> bytes:
    """Uploads were sealed before, under a key of the whole service. What cannot be opened stays shut."""
    former = bytes(row.data)
    try:
        data = vault.seal_of("documents").open(former, row.id, row.session_id, row.kind, row.media)
    except Damaged:
        return former
    return key.seal(place, data)


def _plain(value: Any) -> Any:
    """JSON is text in SQLite, and comes as what it says from Postgres."""
    return json.loads(value) if isinstance(value, str) else value


def _add_columns(connection: Connection, sealing: Sealing) -> None:
    postgres = connection.dialect.name == "postgresql"
    for name in sealing.places:
        needed = "" if postgres or name in sealing.optional else " NOT NULL DEFAULT x''"
        kind = "BYTEA" if postgres else "BLOB"
        connection.execute(sa.text(f"ALTER TABLE {sealing.table} ADD COLUMN sealed_{name} {kind}{needed}"))


def _update(sealing: Sealing) -> sa.TextClause:
    changes = [f"sealed_{name} = :{name}" for name in sealing.places]
    changes += {"sessions": ["status = :status"], "turns": ["request_hash = :request_hash"]}.get(sealing.table, [])
    return sa.text(f"UPDATE {sealing.table} SET {', '.join(changes)} WHERE {sealing.key} = :this_one")  # noqa: S608  our own names  # nosec B608


def _replace_columns(connection: Connection, sealing: Sealing) -> None:
    """The sealed columns under the old names. Postgres writes the table anew when a column's type is changed."""
    if connection.dialect.name == "postgresql":
        changes = [f"DROP COLUMN {name}" for name in sealing.places]
        for name in sealing.places:
            changes.append(f"ALTER COLUMN sealed_{name} TYPE BYTEA USING sealed_{name} || ''::bytea")
            if name not in sealing.optional:
                changes.append(f"ALTER COLUMN sealed_{name} SET NOT NULL")
        connection.execute(sa.text(f"ALTER TABLE {sealing.table} {', '.join(changes)}"))
    else:
        for name in sealing.places:
            connection.execute(sa.text(f"ALTER TABLE {sealing.table} DROP COLUMN {name}"))
    for name in sealing.places:
        connection.execute(sa.text(f"ALTER TABLE {sealing.table} RENAME COLUMN sealed_{name} TO {name}"))


def seal_checkpoints(connection: Connection, vault: Vault | None) -> None:
    """Of each session the one it stands at, and the others go. On SQLite they are in another file at this time.

    Small values stood in the checkpoint's own row; they go to the blobs as well.
    """
    if vault is None or not sa.inspect(connection).has_table("checkpoint_blobs"):
        return
    for statement in _LEAVE_THE_NEWEST:
        connection.execute(sa.text(statement))
    plain = JsonPlusSerializer(allowed_msgpack_modules=None)
    for (session_id,) in connection.execute(sa.text("SELECT DISTINCT thread_id FROM checkpoints")).all():
        key = vault.key(connection, session_id)
        sealed = SealedSerializer(key, plain)
        blobs = connection.execute(_BLOBS, {"session": session_id}).all()
        for blob in blobs:
            kind, data = sealed.dumps_typed(plain.loads_typed((blob.type, bytes(blob.blob))))
            connection.execute(_SEAL_BLOB, {**blob._mapping, "type": kind, "blob": data, "session": session_id})
        for row in connection.execute(_INLINE, {"session": session_id}).all():
            place = {"session": session_id, "ns": row.checkpoint_ns}
            for channel, value in row.checkpoint["channel_values"].items():
                version = row.checkpoint["channel_versions"].get(channel)
                if version is not None:
                    kind, data = sealed.dumps_typed(value)
                    at = {"channel": channel, "version": version, "type": kind, "blob": data}
                    connection.execute(_ADD_BLOB, place | at)
    connection.execute(sa.text(_NOTHING_INLINE))
    connection.execute(sa.text("ALTER TABLE checkpoint_blobs ALTER COLUMN blob TYPE BYTEA USING blob || ''::bytea"))


_LEAVE_THE_NEWEST = (
    "TRUNCATE checkpoint_writes",
    "DELETE FROM checkpoints c WHERE NOT EXISTS (SELECT 1 FROM sessions s "
    "WHERE s.session_id = c.thread_id AND s.checkpoint_id = c.checkpoint_id)",
    "DELETE FROM checkpoint_blobs b WHERE NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.thread_id = b.thread_id "
    "AND c.checkpoint_ns = b.checkpoint_ns AND c.checkpoint -> 'channel_versions' ->> b.channel = b.version)",
)
_NOTHING_INLINE = "UPDATE checkpoints SET checkpoint = jsonb_set(checkpoint, '{channel_values}', '{}')"
_BLOBS = sa.text(
    "SELECT checkpoint_ns, channel, version, type, blob FROM checkpoint_blobs "
    "WHERE thread_id = :session AND type <> 'empty'"
)
_SEAL_BLOB = sa.text(
    "UPDATE checkpoint_blobs SET type = :type, blob = :blob WHERE thread_id = :session "
    "AND checkpoint_ns = :checkpoint_ns AND channel = :channel AND version = :version"
)
_INLINE = sa.text("SELECT checkpoint_ns, checkpoint FROM checkpoints WHERE thread_id = :session")
_ADD_BLOB = sa.text(
    "INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob) "
    "VALUES (:session, :ns, :channel, :version, :type, :blob) ON CONFLICT DO NOTHING"
)
