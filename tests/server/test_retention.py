"""The retention rules: what goes when and what stays, at each border, beside the service, by several at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest
from sqlalchemy import Table, create_engine, func, insert, select, update

from agents.application import Status
from kb.retention import NO_STATUS, read_retention
from server.erasing import Erasure
from server.guy_models import Status as GuyStatus
from server.retention import Retention
from server.store.acts import ActsWriter
from server.store.database import Database
from server.store.expired import CONDITIONS, Expired
from server.store.outbox import Outbox
from server.store.postgres_pool import with_driver
from server.store.sessions import Sessions, StillInUse
from server.store.sqlite import SqliteCheckpoints
from server.store.tables import (
    applications,
    audit_log,
    decisions,
    document_marks,
    documents,
    identity_attempts,
    letter_records,
    metadata,
    model_calls,
    outbox,
    revoked_tokens,
    sessions,
    sign_ins,
    turns,
)
from tests.driver import Conversation, converse
from tests.keys import SECRET, vault
from tests.postgres import Postgres, running_postgres
from tests.service import COMMAND, Service, clean_environment, run_command
from tools.clock import Clock

RULES = read_retention()


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def days_ago(days: float) -> str:
    return ago(days).isoformat(timespec="milliseconds")


@dataclass
class Store:
    database: Database
    sessions: Sessions
    retention: Retention

    async def session(self, status: str | None, days: float) -> str:
        """One that rests for so long."""
        session_id = str(uuid4())
        await self.sessions.create(session_id, "loan", "Hello", {}, days_ago(days))
        await self.write(update(sessions).where(sessions.c.session_id == session_id).values(status=status))
        return session_id

    async def write(self, statement: Any) -> None:
        await self.database.run(lambda connection: connection.execute(statement))

    async def count(self, table: Table) -> int:
        query = select(func.count()).select_from(table)
        return int(await self.database.run(lambda connection: connection.execute(query).scalar_one()))

    async def left(self) -> set[str]:
        query = select(sessions.c.session_id)
        return set(await self.database.run(lambda connection: connection.execute(query).scalars().all()))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """With a migrated database to copy."""
    with running_postgres() as cluster:
        with ThreadPoolExecutor(1) as thread:  # a loop runs in this one already
            thread.submit(lambda: asyncio.run(_migrate(cluster))).result()
        yield cluster


async def _migrate(cluster: Postgres) -> None:
    from server.store.postgres import PostgresCheckpoints

    database = Database.postgres(cluster.url, vault=vault())
    await database.migrate()
    await (await PostgresCheckpoints.open(database)).close()
    await database.close()


def a_copy(cluster: Postgres) -> str:
    name = f"d{uuid4().hex}"
    template1 = cluster.url.replace("/postgres", "/template1")
    engine = create_engine(with_driver(template1), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE postgres")
    engine.dispose()
    return cluster.url.replace("/postgres", f"/{name}")


async def _opened(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Database, Any]:
    if request.param == "postgres":
        from server.store.postgres import PostgresCheckpoints

        database = Database.postgres(a_copy(request.getfixturevalue("postgres")), vault=vault())
        return database, await PostgresCheckpoints.open(database)
    database = Database.sqlite(tmp_path / "esoteric.db", vault=vault())
    await database.migrate()
    return database, await SqliteCheckpoints.open(database)


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    database, checkpoints = await _opened(request, tmp_path)
    acts = ActsWriter(database, [SECRET])
    kept = Sessions(database, acts)
    erasure = Erasure(kept, (checkpoints.delete, Outbox(database).forget))

    async def erase(session_id: str, unless_since: str) -> None:
        await erasure.erase(session_id, unless_since=unless_since)

    retention = Retention(RULES, Expired(database, RULES), erase, acts, Clock(), pause=0)
    yield Store(database, kept, retention)
    await checkpoints.close()
    await database.close()


# The rules themselves


def test_every_table_has_a_rule() -> None:
    """Whoever adds a table says how long its rows are kept."""
    by_rule = {rule.table for rule in RULES.rows}
    assert by_rule == {table.name for table in CONDITIONS}
    named = [by_rule, RULES.with_the_session, RULES.for_good]
    assert set().union(*named) == set(metadata.tables)
    assert sum(map(len, named)) == len(metadata.tables)


def test_every_status_has_one_rule() -> None:
    named = [status for rule in RULES.conversations for status in rule.statuses]
    assert sorted(named) == sorted([*get_args(Status), *get_args(GuyStatus), NO_STATUS])


def test_every_rule_has_a_source() -> None:
    assert all(len(rule.source) > 20 for rule in (*RULES.conversations, *RULES.rows))


# Conversations


@pytest.mark.parametrize("rule", [rule for rule in RULES.conversations if rule.days], ids=lambda rule: str(rule.name))
async def test_a_conversation_goes_after_its_time(store: Store, rule: Any) -> None:
    stays, goes = set(), set()
    for status in rule.statuses:
        named = None if status == NO_STATUS else status
        stays.add(await store.session(named, rule.days - 0.01))
        goes.add(await store.session(named, rule.days + 0.01))
    due = await store.retention.due()
    assert due[rule.name] == len(goes)
    assert await store.left() == stays | goes  # it was only asked
    assert (await store.retention.apply())[rule.name] == len(goes)
    assert await store.left() == stays


async def test_an_application_under_review_stays(store: Store) -> None:
    session_id = await store.session("under_review", 20_000)
    await store.retention.apply()
    assert await store.left() == {session_id}


async def test_one_with_a_message_to_answer_stays(store: Store) -> None:
    session_id = await store.session("initiated", 1000)
    row = {
        "turn_id": str(uuid4()),
        "session_id": session_id,
        "status": "accepted",
        "seq": 1,
        "accepted_at": days_ago(1000),
    }
    await store.write(insert(turns).values(**row, **_more(turns, row)))
    assert (await store.retention.apply())["led_nowhere"] == 0
    assert await store.left() == {session_id}


async def test_a_customer_who_comes_back_at_that_moment_is_not_forgotten(store: Store) -> None:
    session_id = await store.session("initiated", 91)
    found_before = days_ago(90)
    await store.write(update(sessions).where(sessions.c.session_id == session_id).values(active_at=days_ago(0)))
    with pytest.raises(StillInUse):
        await store.retention._erase(session_id, found_before)
    assert await store.left() == {session_id}


async def test_more_than_are_taken_at_once(store: Store) -> None:
    for number in range(450):
        await store.session("rejected" if number % 2 else "initiated", 400)
    counts = await store.retention.apply()
    assert (counts["led_nowhere"], counts["rejected"]) == (225, 225)
    assert await store.left() == set()


async def test_two_at_once_do_no_harm(store: Store) -> None:
    for _ in range(60):
        await store.session("initiated", 400)
    both = await asyncio.gather(store.retention.apply(), store.retention.apply())
    assert sum(counts["led_nowhere"] for counts in both) == 60
    assert await store.left() == set()


# Rows


def _more(table: Table, given: dict[str, Any]) -> dict[str, Any]:
    """Something for the columns that must have a value."""
    empty: dict[type, Any] = {str: "", int: 0, bytes: b"", bool: False}
    return {
        column.name: empty.get(column.type.python_type, {})
        for column in table.columns
        if not column.nullable and column.name not in given and column.server_default is None and not column.default
    }


def _row(table: Table, session_id: str, days: float) -> dict[str, Any]:
    """One whose own day was so long ago."""
    stamp, day, name = days_ago(days), ago(days).date().isoformat(), str(uuid4())[:32]
    return {
        documents: {"document_id": name, "session_id": session_id},
        outbox: {"id": name, "session_id": session_id, "state": "sent", "created_at": stamp},
        sign_ins: {"token_hash": name, "officer": "olga", "expires_at": stamp},
        revoked_tokens: {"jti": name, "expires_at": int(ago(days).timestamp())},
        identity_attempts: {"key": name, "ref": "r", "at": stamp},
        document_marks: {"mark": name, "person_ref": "p", "seen_on": day},
        applications: {"application_id": name, "applied_on": day},
        decisions: {"decision_id": name, "session_id": None, "decided_at": stamp},
        model_calls: {"call_id": name, "session_id": session_id, "day": day},
        letter_records: {
            "code_hash": name,
            "session_id": None,
            "letter_number": name,
            "file_digest": name,
            "valid_until": day,
        },
    }[table]


@pytest.mark.parametrize("rule", RULES.rows, ids=lambda rule: str(rule.table))
async def test_a_row_goes_after_its_time(store: Store, rule: Any) -> None:
    table = metadata.tables[rule.table]
    officers = metadata.tables["officers"]
    await store.write(insert(officers).values(name="olga", **_more(officers, {"name": "olga"}) | {"roles": []}))
    for days in (rule.days - 2, rule.days + 2):
        session_id = await store.session("initiated", days)
        for _ in range(3):
            row = _row(table, session_id, days)
            await store.write(insert(table).values(**row, **_more(table, row)))
    assert (await store.retention.due())[rule.table] == 3
    assert (await store.retention.apply())[rule.table] == 3
    assert await store.count(table) == 3
    assert not any((await store.retention.apply()).values())


async def test_the_slip_of_a_loan_stays(store: Store) -> None:
    for status in ("sanctioned", "completed", "under_review"):
        row = _row(documents, await store.session(status, 1000), 1000)
        await store.write(insert(documents).values(**row, **_more(documents, row)))
    assert (await store.retention.apply())["documents"] == 0


async def test_a_message_that_waits_stays(store: Store) -> None:
    row = _row(outbox, await store.session("sanctioned", 100), 100) | {"state": "waiting"}
    await store.write(insert(outbox).values(**row, **_more(outbox, row)))
    assert (await store.retention.apply())["outbox"] == 0


# On record


async def test_it_is_on_record_as_counts(store: Store) -> None:
    await store.session("initiated", 400)
    await store.retention.apply()
    query = select(audit_log.c.kind, audit_log.c.facts).order_by(audit_log.c.number)
    rows = await store.database.run(lambda connection: connection.execute(query).all())
    assert [row.kind for row in rows] == ["session.erased", "retention.applied"]
    assert '"led_nowhere":1' in rows[-1].facts.replace(" ", "")
    await store.retention.apply()
    assert await store.count(audit_log) == 2  # nothing went, nothing to say


# The command


def test_the_command_beside_the_service(own_service: Service) -> None:
    """A conversation that led nowhere, long ago; one with a loan; one of today."""
    house = own_service.house
    assert house is not None
    with Conversation(own_service) as old, Conversation(own_service) as lent, Conversation(own_service) as new:
        old.say("I need 3 lakh")
        new.say("I need 4 lakh")
        converse(lent, "C01")
        with house.sessions._database.engine.begin() as connection:
            for conversation in (old, lent):
                this_one = sessions.c.session_id == conversation.session_id
                connection.execute(update(sessions).where(this_one).values(active_at=days_ago(100)))
        environment = clean_environment(own_service.data_dir)
        planned = run_command([COMMAND, "purge", "--dry-run"], environment)
        assert planned.returncode == 0, planned.stderr
        assert "led_nowhere\t1\n" in planned.stdout
        assert old.http.get(f"/api/v1/sessions/{old.session_id}").status_code == 200
        done = run_command([COMMAND, "purge"], environment)
        assert (done.returncode, done.stdout) == (0, planned.stdout), done.stderr
        assert old.http.get(f"/api/v1/sessions/{old.session_id}").status_code == 404
        assert lent.session()["loan_application"]["status"] == "sanctioned"
        assert new.say("24 months")["loan_application"]["loan_term_months"] == 24
        again = run_command([COMMAND, "purge"], environment)
        assert {line.split("\t")[1] for line in again.stdout.splitlines()} == {"0"}


def test_the_command_without_a_database(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path) | {"DATABASE_URL": "postgresql://esoteric@127.0.0.1:1/loans"}
    done = run_command([COMMAND, "purge"], environment)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
