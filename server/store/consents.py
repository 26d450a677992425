"""The consent ledger against the audit log, which tells of every consent too: neither can be changed alone."""

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from server.store.audit import Finding
from server.store.tables import audit_log, consents
from tools.consents import ConsentAct

_KINDS = ("consent_given", "consent_withdrawn")
_LEDGER = select(
    consents.c.act_key, consents.c.session_ref, *(consents.c[name] for name in ConsentAct._fields)
).order_by(consents.c.number)
_LOGGED = (
    select(audit_log.c.number, audit_log.c.kind, audit_log.c.session_ref, audit_log.c.facts)
    .where(audit_log.c.kind.in_(_KINDS))
    .order_by(audit_log.c.number)
)


def facts_of(key: str, act: ConsentAct) -> dict[str, Any]:
    """What the audit log tells of a consent: all of it."""
    return {"act": key, **act._asdict(), "given": int(act.given)}


def compare_consents(connection: Connection) -> list[Finding]:
    """Where ledger and log differ; the number is the log's row, 0 for a consent that it does not know."""
    ledger = {
        row[0]: _digest(row[1], facts_of(row[0], ConsentAct(*row[2:])))
        for row in connection.execution_options(yield_per=1000).execute(_LEDGER)
    }
    found = []
    for number, kind, session_ref, text in connection.execution_options(yield_per=1000).execute(_LOGGED):
        facts = _read(text)
        kept = ledger.pop(facts.get("act"), None)
        if kept is None:
            found.append(Finding(number, "tells of a consent that is missing from the ledger"))
        elif kept != _digest(session_ref, facts) or kind != _KINDS[not facts.get("given")]:
            found.append(Finding(number, "tells of a consent that the ledger has otherwise"))
    return found + [Finding(0, f"consent {key} is in the ledger and not in the log") for key in ledger]


def _read(text: str) -> dict[str, Any]:
    """What was tampered with may be no JSON any more; the chain tells of that."""
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _digest(session_ref: str | None, facts: dict[str, Any]) -> bytes:
    return sha256(json.dumps([session_ref, facts], sort_keys=True).encode()).digest()
