"""A database as the versions before sealing left it: a row in every table that held something personal."""

import json
from collections.abc import Iterator
from typing import Any

from alembic import command
from alembic.config import Config
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from sqlalchemy import Connection, text

from tests.keys import SECRET
from tools.encryption import FileSeal

SESSIONS = ("one", "two")
NOW = "2026-11-01T10:00:00+00:00"
# What is looked for in the files afterwards; each session has its own.
PERSONAL = ("ABCDE1234F", "9876543210", "asha.menon@example.com", "Asha Menon", "87654")
JSON_COLUMNS = frozenset({"view", "body", "reply", "result", "record", "statement", "reasons", "refs", "facts"}) | {
    *("details", "told")
}
PLAIN = JsonPlusSerializer(allowed_msgpack_modules=None)
STATE = {"application": {"pan": PERSONAL[0]}, "messages": [HumanMessage(PERSONAL[3], id="m")]}


def personal(session_id: str) -> dict[str, str]:
    return dict(zip(("pan", "phone", "mail", "name", "salary"), (f"{v}{session_id}" for v in PERSONAL), strict=True))


def to_revision(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "server.store:migrations")
    config.attributes |= {"connection": connection, "vault": None}
    command.upgrade(config, revision)


def rows_of(session_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tables and rows, in an order that foreign keys allow."""
    own = personal(session_id)
    this = {"session_id": session_id}
    view = {"loan_application": {"status": "under_review", "applicant_name": own["name"], "pan": own["pan"]}}
    yield (
        "sessions",
        this
        | {"assistant": "loan", "created_at": NOW, "active_at": NOW, "view": view, "message_count": 1}
        | {"last_event_id": 3, "checkpoint_id": f"c-{session_id}"},
    )
    turn = this | {"channel": "rest", "accepted_at": NOW, "request_hash": "5" * 64}
    yield (
        "turns",
        turn
        | {"turn_id": f"t1-{session_id}", "message_id": "m1", "status": "done", "body": None}
        | {"reply": {"message": own["phone"]}, "finished_at": NOW},
    )
    yield (
        "turns",
        turn
        | {"turn_id": f"t2-{session_id}", "message_id": "m2", "status": "accepted", "reply": None}
        | {"body": {"text": own["pan"], "upload": None, "act": None}, "finished_at": None},
    )
    for role in ("user", "assistant"):
        yield "messages", this | {"role": role, "content": f"{own['name']} आशा", "message_id": "m1", "created_at": NOW}
    effect = this | {"started_at": NOW}
    yield "effects", effect | {"key": f"bureau:{session_id}", "result": {"salary": own["salary"]}, "done_at": NOW}
    yield "effects", effect | {"key": f"mail:{session_id}", "result": None, "done_at": None}
    record = {"inputs": {"applicant": {"dob": own["salary"]}}}
    decision = {"application_id": f"a-{session_id}", "decided_at": NOW, "record": record}
    yield "decisions", this | decision | {"decision_id": f"d-{session_id}"}
    yield "decisions", decision | {"decision_id": f"kept-{session_id}", "session_id": None}
    yield "key_facts", this | {"kfs_id": f"k-{session_id}", "statement": {"borrower": own["name"]}, "shown_at": NOW}
    yield "letters", this | {"letter_id": f"l-{session_id}", "pdf": f"%PDF-{own['name']}".encode()}
    place = (f"u-{session_id}", session_id, "salary_slip", "pdf")
    data = FileSeal([SECRET], "documents").seal(own["salary"].encode(), *place)
    document = dict(zip(("document_id", "session_id", "kind", "media"), place, strict=True))
    yield "documents", document | {"data": data, "uploaded_at": NOW}
    yield (
        "cases",
        this
        | {"case_id": f"case-{session_id}", "application_id": f"a-{session_id}", "open_application": None}
        | {"kind": "referral", "state": "decided", "version": 2, "reasons": ["INCOME"], "amount": 5, "refs": []}
        | {"facts": {"name": own["name"]}, "opened_at": NOW, "due_on": NOW[:10], "closed_at": NOW, "outcome": None},
    )
    act = {"case_id": f"case-{session_id}", "officer": "anil", "delivered_at": NOW, "made_at": NOW}
    yield (
        "case_acts",
        act
        | {"act_id": f"act1-{session_id}", "act_key": "1", "version": 1, "act": "ask", "reason": own["mail"]}
        | {"details": {"question": own["mail"]}, "told": {"question": own["mail"]}},
    )
    yield (
        "case_acts",
        act
        | {"act_id": f"act2-{session_id}", "act_key": "2", "version": 2, "act": "answer", "reason": None}
        | {"details": {}, "told": None},
    )


def write_old_rows(connection: Connection) -> None:
    json_value = "CAST(:{} AS JSONB)" if connection.dialect.name == "postgresql" else ":{}"
    for session_id in SESSIONS:
        for table, row in rows_of(session_id):
            values = {
                name: json.dumps(value) if name in JSON_COLUMNS and value is not None else value
                for name, value in row.items()
            }
            places = ", ".join((json_value if name in JSON_COLUMNS else ":{}").format(name) for name in row)
            statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"  # noqa: S608  our own names
            connection.execute(text(statement), values)
