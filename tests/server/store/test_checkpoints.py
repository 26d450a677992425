"""The saver: a turn's state is stored with the turn or not at all, and it starts where the journal says."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agents.context import Context
from agents.embedded import embedded_services
from graph.loan import builder
from server.store import checkpoints as store
from server.store.acts import ActsWriter
from server.store.checkpoints import KEPT, Written, strict_serializer
from server.store.database import Database
from server.store.sessions import Sessions
from server.store.sqlite import FORMER_FILE, SqliteCheckpoints
from server.store.vault import Damaged
from tests.keys import vault
from tests.server.parts import KEY, open_parts

SAID = ("Hi", "I need 3 lakh", "My name is Asha Rao", "36 months", "for my sister's wedding", "yes I agree")
SESSION = "s"
NOW = "2026-12-01T10:00:00+00:00"


class Store:
    """One session's checkpoints, and where the session stands."""

    def __init__(self, database: Database, checkpoints: SqliteCheckpoints) -> None:
        self.database, self.checkpoints = database, checkpoints
        self.stands_at: str | None = None

    async def run(self, text: str) -> Written:
        """A turn as the turn runner runs it, up to where it would be finished."""
        saver = await self.checkpoints.saver(SESSION, self.stands_at)
        graph = builder().compile(checkpointer=saver)
        context = Context.of(embedded_services(), session_id=SESSION, channel="test")
        message: Any = {"messages": [HumanMessage(text, id=f"id of {text}")]}
        await graph.ainvoke(
            message, RunnableConfig(configurable={"thread_id": SESSION}), context=context, durability="exit"
        )
        return saver.written(SESSION)

    async def say(self, text: str) -> str:
        written = await self.run(text)
        self.stands_at = written.checkpoint_id
        await self.database.run(written.store)
        await self.sql("UPDATE sessions SET checkpoint_id = ?", self.stands_at)
        self.checkpoints.remember(written)
        return written.checkpoint_id

    async def stored(self, checkpoint_id: str) -> dict[str, Any]:
        """As the file has it, whatever is remembered."""
        config = RunnableConfig(
            configurable={"thread_id": SESSION, "checkpoint_ns": "", "checkpoint_id": checkpoint_id}
        )
        saver: Any = await self.checkpoints.saver(SESSION, None)
        found = await AsyncSqliteSaver.aget_tuple(saver, config)
        assert found is not None
        return found.checkpoint["channel_values"]

    async def sql(self, statement: str, *values: Any) -> Any:
        def work(connection: Any) -> Any:
            done = connection.exec_driver_sql(statement, values)
            return done.scalars().all() if done.returns_rows else None

        return await self.database.run(work)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    database = Database.sqlite(folder / "esoteric.db", vault=vault(KEY))
    await database.migrate()
    checkpoints = await SqliteCheckpoints.open(database)
    found = Store(database, checkpoints)
    if not await found.sql("SELECT session_id FROM sessions"):
        await Sessions(database, ActsWriter(database, [KEY])).create(SESSION, "loan", "Hello", {}, NOW)
    try:
        yield found
    finally:
        await checkpoints.close()
        await database.close()


async def conversation(folder: Path) -> list[dict[str, Any]]:
    """The state after each turn, as stored."""
    async with opened(folder) as store:
        return [await store.stored(await store.say(text)) for text in SAID]


def without_ids(state: dict[str, Any]) -> dict[str, Any]:
    """Answers get an id at random, consents the time of day."""
    said = [(message.type, message.text) for message in state["messages"]]
    consents = [consent["purpose"] for consent in state["application"]["consents"]]
    return {**state, "messages": said, "application": {**state["application"], "consents": consents}}


async def test_a_remembered_checkpoint_leads_to_the_same_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = await conversation(tmp_path / "remembered")
    monkeypatch.setattr(store, "RECENT_SESSIONS", 0)
    read = await conversation(tmp_path / "read")
    assert [*map(without_ids, remembered)] == [*map(without_ids, read)]


async def test_a_turn_changes_nothing_in_the_checkpoint_it_starts_from(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        start = await store.say(SAID[0])
        for text in SAID[1:]:
            saver = await store.checkpoints.saver(SESSION, start)
            remembered = await saver.aget_tuple({"configurable": {"thread_id": SESSION}})
            after = await store.say(text)
            assert remembered is not None
            assert remembered.checkpoint["channel_values"] == await store.stored(start)
            start = after


async def test_a_turn_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.run("I need 9 lakh")
        assert await store.sql("SELECT count(*) FROM checkpoints") == [0]
        first = await store.say("Hi")
        await store.run("I need 9 lakh")
        state = await store.stored(await store.say("I need 2 lakh"))
        said = [message.text for message in state["messages"] if isinstance(message, HumanMessage)]
        assert said == ["Hi", "I need 2 lakh"]
        assert state["application"]["desired_amount"] == 200_000
        assert await store.sql("SELECT count(*) FROM checkpoints") == [2]
        assert await store.sql("SELECT parent_checkpoint_id FROM checkpoints WHERE checkpoint_id <> ?", first) == [
            first
        ]


async def test_a_turn_starts_where_the_session_stands_whatever_is_newer(tmp_path: Path) -> None:
    """Ids hold the time of day: after a clock went back, the newest checkpoint has not the greatest id."""
    async with opened(tmp_path) as store:
        first = await store.say("Hi")
        await store.say("I need 9 lakh")
        store.stands_at = first
        state = await store.stored(await store.say("I need 2 lakh"))
        said = [message.text for message in state["messages"] if isinstance(message, HumanMessage)]
        assert said == ["Hi", "I need 2 lakh"]
        store.stands_at = None
        fresh = await store.stored(await store.say("My name is Asha Rao"))
        assert len(fresh["messages"]) == 2


async def test_a_turn_reads_nothing_of_what_is_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.say("I need 3 lakh")
        await store.sql("DELETE FROM checkpoints")
        state = await store.stored(await store.say("36 months"))
        assert state["application"]["desired_amount"] == 300_000


async def test_the_next_process_reads_what_the_last_one_wrote(tmp_path: Path) -> None:
    async with opened(tmp_path) as first:
        written = await first.say("I need 3 lakh")
    async with opened(tmp_path) as second:
        second.stands_at = written
        state = await second.stored(await second.say("36 months"))
    assert (state["application"]["desired_amount"], state["application"]["loan_term_months"]) == (300_000, 36)
    assert [type(message) for message in state["messages"]] == [HumanMessage, AIMessage] * 2


async def test_pruning_keeps_the_last_that_led_here_and_deleting_keeps_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        written = [await store.say(text) for text in SAID]
        # The greatest ids of all, as a clock an hour ahead would have made them; the session does not stand on them.
        for number in range(KEPT):
            await store.sql(
                "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id) VALUES (?, '', ?)",
                SESSION,
                f"f{number}",
            )
        await store.checkpoints.prune(SESSION)
        kept = await store.sql("SELECT checkpoint_id FROM checkpoints")
        assert sorted(kept) == sorted(written[-KEPT:])
        assert await store.stored(written[-1])
        await store.checkpoints.delete(SESSION)
        assert await store.sql("SELECT count(*) FROM checkpoints") == [0]
        saver = await store.checkpoints.saver(SESSION, written[-1])
        with pytest.raises(Damaged):  # to begin anew would lose the conversation
            await saver.aget_tuple({"configurable": {"thread_id": SESSION}})


async def test_checkpoints_of_the_former_file_are_moved(tmp_path: Path) -> None:
    async with opened(tmp_path) as before:
        written = await before.say("I need 3 lakh")
        former = before.checkpoints._recent._newest[SESSION].checkpoint
    with closing(sqlite3.connect(tmp_path / "esoteric.db")) as database:
        database.execute("ATTACH DATABASE ? AS former", (str(tmp_path / FORMER_FILE),))
        database.execute("PRAGMA former.journal_mode=WAL")
        database.execute("CREATE TABLE former.checkpoints AS SELECT * FROM main.checkpoints")
        database.execute(
            "UPDATE former.checkpoints SET type = ?, checkpoint = ?", strict_serializer().dumps_typed(former)
        )
        database.execute("DELETE FROM main.checkpoints")
        database.commit()
    async with opened(tmp_path) as after:
        after.stands_at = written
        state = await after.stored(await after.say("36 months"))
    assert (state["application"]["desired_amount"], state["application"]["loan_term_months"]) == (300_000, 36)
    assert not any((tmp_path / f"{FORMER_FILE}{ending}").exists() for ending in ("", "-wal", "-shm"))


async def test_a_turn_is_two_transactions(tmp_path: Path) -> None:
    async with open_parts(tmp_path) as parts:
        session_id = await parts.open_session()
        await parts.say(session_id, "Hi")
        units: list[Any] = []
        run = parts.database.run

        async def counted(work: Any, **options: Any) -> Any:
            units.append(work)
            return await run(work, **options)

        parts.database.run = counted  # type: ignore[method-assign]
        await parts.say(session_id, "I need 3 lakh")
        assert len(units) == 2
