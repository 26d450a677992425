"""What a turn costs beside a million turns, messages and checkpoints of other sessions, and at its session's 200th.

    python -m tests.load.flat [--rows 1000000] [--sqlite]

Prints the first decile of a turn over REST on an empty database and on a full one, their ratio, and that of the last
turns of a long conversation to the first. On a Postgres of its own, or on SQLite. Rows are inserted by SQL.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Engine, Integer, LargeBinary, String, Table

from server.store.tables import effects, messages, outbox, sessions, turns
from tests.driver import Conversation
from tests.postgres import Postgres, programs
from tests.service import Service, index_knowledge, service_in_thread

TURNS = 60
LONG = 200
A_SESSION = 20  # turns of each other session
FILLED: Sequence[Table] = (sessions, turns, messages, effects, outbox)
WORDS = {"status": "'done'", "state": "'sent'", "role": "'user'", "channel": "'rest'"}
SEQUENCES = {"postgresql": "generate_series(1, {rows}) AS numbers(i)", "sqlite": "numbers"}
NUMBERS = "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows}) "
CHECKPOINTS = {
    "postgresql": (
        "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, checkpoint, metadata)"
        " SELECT 's' || (i / {each}), '', 'c' || i, '{{}}', '{{}}' FROM {numbers}",
        "INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)"
        " SELECT 's' || (i / {each}), '', 'messages', 'v' || i, 'msgpack', '\\x00' FROM {numbers}",
    ),
    "sqlite": (
        "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, type, checkpoint, metadata)"
        " SELECT 's' || (i / {each}), '', 'c' || i, 'msgpack', x'00', x'00' FROM {numbers}",
    ),
}


def fill(engine: Engine, rows: int) -> None:
    """So many turns, messages and checkpoints of other sessions, finished long ago."""
    dialect = engine.dialect.name
    with engine.connect() as connection, connection.begin():
        if dialect == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for table in FILLED:
            count = rows // A_SESSION + 1 if table is sessions else rows
            columns = [column for column in table.columns if _has_value(column)]
            values = ", ".join(_value(column, dialect) for column in columns)
            names = ", ".join(column.name for column in columns)
            _insert(connection, dialect, f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {{numbers}}", count)  # noqa: S608  our own names
        for statement in CHECKPOINTS[dialect]:
            _insert(connection, dialect, statement, rows)
        connection.exec_driver_sql("ANALYZE")


def _insert(connection: Any, dialect: str, statement: str, rows: int) -> None:
    numbers = SEQUENCES[dialect].format(rows=rows)
    whole = statement.format(each=A_SESSION, numbers=numbers)
    connection.exec_driver_sql((NUMBERS.format(rows=rows) if dialect == "sqlite" else "") + whole)


def _has_value(column: Column[Any]) -> bool:
    is_counter = column.primary_key and isinstance(column.type, Integer)
    return not is_counter and (not column.nullable or column.name in WORDS)


def _value(column: Column[Any], dialect: str) -> str:
    if column.name in WORDS:
        return WORDS[column.name]
    if column.name == "session_id":
        return "'s' || i" if column.table is sessions else f"'s' || (i / {A_SESSION} + 1)"
    if isinstance(column.type, Boolean):
        return "false"
    if isinstance(column.type, Integer | BigInteger):
        return "i"
    if isinstance(column.type, LargeBinary):
        return "'\\x00'::bytea" if dialect == "postgresql" else "x'00'"
    if isinstance(column.type, String):
        return "'t' || i" if column.primary_key or column.name == "message_id" else "'2020-01-01T00:00:00.000+00:00'"
    return "'{}'"


def timed(conversation: Conversation, count: int) -> list[float]:
    """Seconds of each of so many turns."""
    taken = []
    for number in range(count):
        began = time.perf_counter()
        conversation.say(f"I need {100 + number % 100} thousand")
        taken.append(time.perf_counter() - began)
    return taken


def _quick(taken: list[float]) -> float:
    """The first decile: what other programs take from the machine is not the turn's."""
    return statistics.quantiles(taken, n=10)[0]


def measure(service: Service, rows: int) -> None:
    assert service.house is not None
    with Conversation(service) as warm:
        timed(warm, TURNS)
    with Conversation(service) as before:
        empty = _quick(timed(before, TURNS))
    began = time.perf_counter()
    fill(service.house.sessions._database.engine, rows)
    print(f"{rows} turns, messages and checkpoints of others, inserted in {time.perf_counter() - began:.0f} s")
    with Conversation(service) as settling:
        timed(settling, TURNS)
    with Conversation(service) as after:
        full = _quick(timed(after, TURNS))
    print(f"a turn: {1000 * empty:.2f} ms on an empty database, {1000 * full:.2f} ms beside them: x {full / empty:.2f}")
    with Conversation(service) as long:
        taken = timed(long, LONG)
    early, late = _quick(taken[30:60]), _quick(taken[-30:])
    first = _quick(taken[:20])
    print(
        f"of one conversation: turns 1 to 20 {1000 * first:.2f} ms, 30 to 60 {1000 * early:.2f} ms,"
        f" 170 to 200 {1000 * late:.2f} ms: x {late / early:.2f} of the full window, x {late / first:.2f} of the first"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sqlite", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(index_knowledge(Path(folder) / "chroma"))
        if chosen.sqlite:
            with service_in_thread(Path(folder)) as service:
                measure(service, chosen.rows)
            return
        found = programs()
        if found is None:
            raise SystemExit("no Postgres server is installed")
        postgres = Postgres.create(found)
        try:
            postgres.start()
            with service_in_thread(Path(folder), database_url=postgres.url) as service:
                measure(service, chosen.rows)
        finally:
            postgres.remove()


if __name__ == "__main__":
    main()
