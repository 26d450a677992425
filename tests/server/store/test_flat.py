"""No statement of a turn reads a table from end to end, so its cost does not grow with what others left."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from server.house import House
from tests.driver import Conversation, converse
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer
from tests.load.flat import fill
from tests.postgres import Postgres
from tests.service import fresh_data_dir, service_in_thread

ROWS = 20_000
# What grows with the number of customers. Of the others (the audit log's head, the newest schema) there is a row.
GROWING = (
    "sessions|session_keys|turns|messages|feedback|effects|outbox|decisions|applications|key_facts|letters|letter_records|documents"
    "|model_calls|identity_attempts|document_marks|consents|audit_log|cases|case_acts|checkpoints|checkpoint_blobs|checkpoint_writes|writes"
)

FILLED = "sessions|turns|messages|effects|outbox|checkpoints|checkpoint_blobs"


class Statements:
    """What an engine executes while it is listened to."""

    def __init__(self, engine: Engine) -> None:
        self.heard: dict[str, Any] = {}
        event.listen(engine, "before_cursor_execute", self._hear)

    def _hear(self, _c: Any, _d: Any, statement: str, parameters: Any, _e: Any, many: bool) -> None:
        if statement.lstrip().split(" ")[0].upper() in {"SELECT", "UPDATE", "DELETE", "WITH"}:
            self.heard.setdefault(statement, parameters[0] if many else parameters)


def engine_of(house: House | None) -> Engine:
    assert house is not None
    return house.sessions._database.engine


def talk(house: House | None, service: Any) -> Statements:
    """A whole conversation to the letter and a session that is pruned and erased, beside many others."""
    engine = engine_of(house)
    fill(engine, ROWS)
    statements = Statements(engine)
    with Conversation(service) as conversation:
        converse(conversation, "C01")
        assert conversation.session()["model_use"]["calls"], "a model is asked, on record"
    with Conversation(service) as conversation:
        for number in range(12):
            run_id = conversation.say(f"I need {100 + number} thousand")["run_id"]
        for named in ({"run_id": run_id}, {"message_id": conversation.transcript()[1]["message_id"]}):
            address = f"/api/v1/sessions/{conversation.session_id}/feedback"
            conversation.http.post(address, json={**named, "thumb": "up"}).raise_for_status()
        conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").raise_for_status()
    while not any("ORDER BY turns.session_id, turns.seq" in statement for statement in statements.heard):
        time.sleep(0.05)  # each second the service looks for turns that nobody runs
    return statements


def test_on_postgres(postgres: Postgres, tmp_path: Path, knowledge_dir: Path) -> None:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    data_dir = fresh_data_dir(tmp_path / "var", knowledge_dir)
    with (
        in_a_loop(GroqServer()) as groq,
        service_in_thread(data_dir, database_url=postgres.url, groq_api_key="none", groq_api_base=groq.url) as service,
    ):
        statements = talk(service.house, service)
        walks = {}
        with engine_of(service.house).connect() as connection:
            for statement, parameters in statements.heard.items():
                # As it is planned beside the many; and, for tables of which there is little here, whether an index is
                # there to be used.
                for planned, tables in (("on", FILLED), ("off", GROWING)):
                    connection.exec_driver_sql(f"SET enable_seqscan = {planned}")
                    plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
                    if found := re.findall(rf"Seq Scan on ({tables})\b", plan):
                        walks[statement] = found
    assert len(statements.heard) > 20
    assert walks == {}


def test_on_sqlite(tmp_path: Path, knowledge_dir: Path) -> None:
    data_dir = fresh_data_dir(tmp_path / "var", knowledge_dir)
    with (
        in_a_loop(GroqServer()) as groq,
        service_in_thread(data_dir, groq_api_key="none", groq_api_base=groq.url) as service,
    ):
        statements = talk(service.house, service)
        walks = {}
        with engine_of(service.house).connect() as connection:
            for statement, parameters in statements.heard.items():
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                details = "\n".join(row[-1] for row in plan)
                takes_the_first = "LIMIT" in statement and "TEMP B-TREE" not in details
                if (found := re.findall(rf"SCAN ({GROWING})$", details, re.MULTILINE)) and not takes_the_first:
                    walks[statement] = found
    assert len(statements.heard) > 20
    assert walks == {}
