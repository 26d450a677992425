"""The secret of the tests, and the keys that are made of it."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, select

from server.store.decisions import stored_decision
from server.store.tables import decisions
from server.store.vault import Vault

SECRET: Final = b"a key for tests alone, 32 bytes."


def vault(*secrets: bytes) -> Vault:
    """Of the tests' secret, or of these, newest first."""
    return Vault(secrets or [SECRET])


def decisions_in(connection: Connection, keys: Vault) -> list[tuple[str | None, dict[str, Any]]]:
    """Every decision on record, with its session as long as it is there."""
    rows = connection.execute(select(decisions.c.decision_id, decisions.c.session_id)).all()
    found = [(session_id, stored_decision(connection, keys, decision_id)) for decision_id, session_id in rows]
    return [(session_id, record) for session_id, record in found if record is not None]


def decisions_of(data_dir: Path) -> list[dict[str, Any]]:
    """Of a service that made its secret itself."""
    engine = create_engine(f"sqlite:///{data_dir / 'esoteric.db'}")
    keys = Vault([(data_dir / "secret.key").read_text(encoding="ascii").encode()])
    try:
        with engine.connect() as connection:
            return [record for _, record in decisions_in(connection, keys)]
    finally:
        engine.dispose()
