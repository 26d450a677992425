"""The saver: the newest checkpoints at hand, without changing what a turn finds."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph.state import CompiledStateGraph

from agents.context import Context
from agents.embedded import embedded_services
from graph.loan import builder
from server.store import checkpoints as store
from server.store.checkpoints import KEPT, STANDS_AT, SqliteCheckpoints

SAID = ("Hi", "I need 3 lakh", "My name is Asha Rao", "36 months", "for my sister's wedding", "yes I agree")


async def say(graph: CompiledStateGraph[Any, Any, Any, Any], text: str, checkpoint_id: str | None = None) -> str:
    """One turn of session `s` as the turn runner runs it; the id of its checkpoint."""
    at = {"thread_id": "s"} | ({"checkpoint_id": checkpoint_id} if checkpoint_id else {})
    context = Context.of(embedded_services(), session_id="s", channel="test")
    message = {"messages": [HumanMessage(text, id=f"id of {text}")]}
    await graph.ainvoke(message, RunnableConfig(configurable=at), context=context, durability="exit")
    written: str = graph.checkpointer.latest("s")  # type: ignore[union-attr]
    return written


async def conversation(path: Path) -> list[dict[str, Any]]:
    """The state after each turn, as stored."""
    checkpoints = await SqliteCheckpoints.open(path)
    graph = builder().compile(checkpointer=checkpoints.saver())
    written, states = None, []
    for text in SAID:
        written = await say(graph, text, written)
        states.append(await stored(checkpoints, written))
    await checkpoints.close()
    return states


async def stored(checkpoints: SqliteCheckpoints, checkpoint_id: str) -> dict[str, Any]:
    """As the file has it, whatever is remembered."""
    config = RunnableConfig(configurable={"thread_id": "s", "checkpoint_ns": "", "checkpoint_id": checkpoint_id})
    found = await AsyncSqliteSaver.aget_tuple(checkpoints.saver(), config)
    assert found is not None
    return found.checkpoint["channel_values"]


def without_ids(state: dict[str, Any]) -> dict[str, Any]:
    """Answers get an id at random, consents the time of day."""
    said = [(message.type, message.text) for message in state["messages"]]
    consents = [consent["purpose"] for consent in state["application"]["consents"]]
    return {**state, "messages": said, "application": {**state["application"], "consents": consents}}


async def test_a_remembered_checkpoint_leads_to_the_same_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = await conversation(tmp_path / "remembered.db")
    monkeypatch.setattr(store, "RECENT_SESSIONS", 0)
    read = await conversation(tmp_path / "read.db")
    assert [*map(without_ids, remembered)] == [*map(without_ids, read)]


async def test_a_turn_changes_nothing_in_the_checkpoint_it_starts_from(tmp_path: Path) -> None:
    checkpoints = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    saver = checkpoints.saver()
    graph = builder().compile(checkpointer=saver)
    start = await say(graph, SAID[0])
    for text in SAID[1:]:
        remembered = await saver.aget_tuple({"configurable": {"thread_id": "s", "checkpoint_id": start}})
        after = await say(graph, text, start)
        assert remembered is not None
        assert remembered.checkpoint["channel_values"] == await stored(checkpoints, start)
        start = after
    await checkpoints.close()


async def test_an_older_checkpoint_is_read_though_a_newer_is_remembered(tmp_path: Path) -> None:
    checkpoints = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    graph = builder().compile(checkpointer=checkpoints.saver())
    first = await say(graph, "Hi")
    await say(graph, "I need 9 lakh", first)
    again = await stored(checkpoints, await say(graph, "I need 2 lakh", first))
    assert [message.text for message in again["messages"] if isinstance(message, HumanMessage)] == [
        "Hi",
        "I need 2 lakh",
    ]
    assert again["application"]["desired_amount"] == 200_000
    await checkpoints.close()


async def test_a_turn_reads_nothing_when_the_journal_says_where_the_session_stands(tmp_path: Path) -> None:
    checkpoints = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    saver = checkpoints.saver()
    graph: CompiledStateGraph[Any, Any, Any, Any] = builder().compile(checkpointer=saver)
    first = await say(graph, "I need 3 lakh")
    async with saver.lock:
        await saver.conn.execute("DELETE FROM checkpoints")
        await saver.conn.commit()
    at = {"thread_id": "s", "checkpoint_id": first, STANDS_AT: first}
    context = Context.of(embedded_services(), session_id="s", channel="test")
    message = {"messages": [HumanMessage("36 months")]}
    state: Any = await graph.ainvoke(message, RunnableConfig(configurable=at), context=context, durability="exit")
    assert state["application"]["desired_amount"] == 300_000
    async with saver.lock:
        await saver.conn.execute("DELETE FROM checkpoints")
        await saver.conn.commit()
    assert await saver.aget_tuple({"configurable": {"thread_id": "s", "checkpoint_ns": ""}}) is None
    await checkpoints.close()


async def test_the_next_process_reads_what_the_last_one_wrote(tmp_path: Path) -> None:
    first = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    written = await say(builder().compile(checkpointer=first.saver()), "I need 3 lakh")
    await first.close()
    second = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    written = await say(builder().compile(checkpointer=second.saver()), "36 months", written)
    state = await stored(second, written)
    assert (state["application"]["desired_amount"], state["application"]["loan_term_months"]) == (300_000, 36)
    assert [type(message) for message in state["messages"]] == [HumanMessage, AIMessage] * 2
    await second.close()


async def test_pruning_keeps_the_newest_and_deleting_keeps_nothing(tmp_path: Path) -> None:
    checkpoints = await SqliteCheckpoints.open(tmp_path / "checkpoints.db")
    saver = checkpoints.saver()
    graph = builder().compile(checkpointer=saver)
    written = [await say(graph, text) for text in SAID]
    await checkpoints.prune("s")

    async def count() -> int:
        async with saver.conn.execute("SELECT count(*) FROM checkpoints") as found:
            (number,) = await found.fetchone() or (0,)
        return int(number)

    assert await count() == KEPT
    assert await stored(checkpoints, written[-1])
    await checkpoints.delete("s")
    assert await count() == 0
    assert await saver.aget_tuple({"configurable": {"thread_id": "s", "checkpoint_ns": ""}}) is None
    await checkpoints.close()
