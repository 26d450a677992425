"""The model within its budgets, and the record of what left, over its real client and on both databases."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables.config import var_child_runnable_config
from pydantic import BaseModel

from agents.model.asking import proposed
from agents.model.proposals import Understanding
from server.limits.figures import FIGURES
from server.metering import budgets as budgets_module
from server.metering.budgets import TURNS_REMEMBERED
from server.metering.metered_model import tokens_in
from server.store.database import Database
from server.store.fence import Fenced, under_fence
from server.store.model_calls import ModelCalls, Use
from server.store.sessions import Sessions
from tests.agents.model_parts import asked
from tests.faults.injecting import Fault, Injector, injected
from tests.groq_server import USAGE, Answer, Body, drop, hang, refusal, text, tool_call
from tests.postgres import Postgres
from tests.server.metering.parts import Metered, digest_of, metered, turn, written
from tests.server.store.both import KINDS, SESSION, fresh_url, opened, with_session

MOST = FIGURES.model_calls_of_a_turn


STEPS = (
    AIMessage("", tool_calls=[{"name": "emi", "args": {"for": "शादी"}, "id": "1"}]),
    ToolMessage("₹9,967", tool_call_id="1", name="emi"),
)


class Reading(BaseModel):
    """What was read."""

    intent: str


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path if request.param == "sqlite" else fresh_url(request.getfixturevalue("postgres"))
    async with opened(where) as found:
        await with_session(found)
        yield found


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path) as found:
        await with_session(found)
        yield found


def without_usage(words: str) -> Answer:
    """A text from a provider that does not count."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        async for part in text(words)(body):
            yield part.replace(json.dumps(USAGE).encode(), b"null")

    return answer


async def test_what_left_is_on_record(database: Database) -> None:
    async with metered(database) as found:
        found.groq.on_tool, found.groq.on_text = tool_call({"intent": "greet"}, name="Reading"), text("Hello there")
        with turn():
            await proposed(found.model, asked("नमस्ते, I need a loan"), Reading)
            found.groq.on_consult = found.groq.on_tool
            await found.model.call(replace(asked("how so?", purpose="consult"), steps=STEPS), [Reading, Understanding])
            assert await written(found.model, "say hello") == "Hello there"
        rows = await found.rows()
    assert [row["purpose"] for row in rows] == ["understand", "consult", "phrase"]
    for row, body in zip(rows, found.groq.requests, strict=True):
        assert row["sent_sha256"] == digest_of(body)
        assert row["prompt_sha256"] == hashlib.sha256(body["messages"][0]["content"].encode()).hexdigest()
        assert (row["model"], row["prompt"]) == ("groq:openai/gpt-oss-20b", "understanding")
        assert (row["session_id"], row["turn_id"], row["outcome"]) == (SESSION, "t-1", "done")
        assert (row["input_tokens"], row["output_tokens"]) == (USAGE["prompt_tokens"], USAGE["completion_tokens"])
        assert row["at"].startswith(row["day"]) and 0 < row["ms"] < 5000
    assert await ModelCalls(database).of_session(SESSION) == Use(3, 30, 15)
    assert await ModelCalls(database).of_day(rows[0]["day"]) == 45


async def test_the_row_is_there_before_anything_leaves(database: Database) -> None:
    outcomes: list[Any] = []

    async with metered(database) as found:

        async def looks(body: Body) -> AsyncIterator[bytes]:
            outcomes.extend((row["outcome"], row["output_tokens"], row["ms"]) for row in await found.rows())
            async for part in text("Hello")(body):
                yield part

        found.groq.on_text = looks
        with turn():
            await written(found.model)
    assert outcomes == [("asked", 0, None)]


async def test_nothing_leaves_unrecorded(database: Database) -> None:
    away = Injector([Fault("model_calls.asked", "error")])
    async with metered(database) as found:
        with turn(), injected(away):
            assert await written(found.model) == "unrecorded"
        assert found.groq.requests == []
        assert await found.rows() == []


async def test_an_answer_is_not_lost_with_the_database(database: Database) -> None:
    """The row says asked, and holds the estimate, which counts."""
    async with metered(database) as found:
        found.groq.on_text = text("Hello")
        with turn(), injected(Injector([Fault("model_calls.answered", "error")])):
            assert await written(found.model) == "Hello"
        (row,) = await found.rows()
        assert (row["outcome"], row["ms"]) == ("asked", None)
        assert row["input_tokens"] > 100


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(400), "failed"),
        (drop("Hello "), "failed"),
        (without_usage("Hello there"), "done"),
    ],
    ids=["refused", "broken off", "no usage"],
)
async def test_what_no_usage_is_told_of_is_charged_by_estimate(small: Database, answer: Answer, outcome: str) -> None:
    async with metered(small) as found:
        found.groq.on_text = answer
        with turn():
            await written(found.model)
        (row,) = await found.rows()
    assert row["outcome"] == outcome
    assert row["input_tokens"] == tokens_in(asked("hello", purpose="phrase").sent)


async def test_an_answer_that_is_left(small: Database) -> None:
    async with metered(small) as found:
        found.groq.on_text = text("Hello there, how are you today")
        with turn():
            async with aclosing(found.model.write(asked(purpose="phrase"))) as pieces:
                async for _ in pieces:
                    break
        (row,) = await found.rows()
    assert row["outcome"] == "left"


async def test_a_turn_that_is_cancelled(small: Database) -> None:
    asked_for = asyncio.Event()

    async def hangs(body: Body) -> AsyncIterator[bytes]:
        asked_for.set()
        async for part in hang()(body):
            yield part

    async with metered(small) as found:
        found.groq.on_text = hangs
        with turn():
            writing = asyncio.create_task(written(found.model))
            await asked_for.wait()
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing
        (row,) = await found.rows()
    assert row["outcome"] == "left"


async def test_a_model_that_rests_is_not_asked(small: Database) -> None:
    async with metered(small) as found:
        found.parts.breaker.failed(pause=60)
        with turn():
            assert await written(found.model) == "resting"
        assert await found.rows() == []
        assert found.refused() == {}


async def test_a_replica_that_lost_its_turn_sends_nothing(postgres: Postgres) -> None:
    async with opened(fresh_url(postgres)) as database, metered(database) as found:
        await with_session(database)
        with turn(), under_fence(SESSION, 7), pytest.raises(Fenced):
            await written(found.model)
        assert found.groq.requests == []
        assert await found.rows() == []


# A turn


async def test_the_calls_of_a_turn(database: Database) -> None:
    async with metered(database) as found:
        found.groq.on_text = text("Hello")
        with turn():
            answers = [await written(found.model) for _ in range(MOST + 3)]
            assert answers == ["Hello"] * MOST + ["over_budget"] * 3
            assert not found.model.is_available
        with turn("t-2"):
            assert found.model.is_available
            assert await written(found.model) == "Hello"
        assert len(found.groq.requests) == MOST + 1
        assert found.refused() == {"turn": 1}
        watched = {"purpose": "phrase", "outcome": "resting"}
        assert found.observer.metrics.registry.get_sample_value("esoteric_model_seconds_count", watched) == 3


async def test_a_turn_goes_on_in_another_process_with_what_is_left(database: Database) -> None:
    async with metered(database) as found:
        found.groq.on_text = text("Hello")
        with turn():
            for _ in range(MOST - 1):
                await written(found.model)
            other = found.replica()
            assert other.is_available
            assert [await written(other) for _ in range(2)] == ["Hello", "over_budget"]
        with turn(session_id="another"):
            assert await written(found.replica()) == "Hello", "another session's turn of that id"


async def test_the_time_of_a_turn(small: Database) -> None:
    """A model that says nothing: each call has its own time, all of them together a turn's."""
    async with metered(small) as found:
        found.groq.on_text = hang()
        with turn():
            spent = found.budgets.of(budgets_module.turn_under_way())
            spent.seconds = FIGURES.model_seconds_of_a_turn - 1.2
            started = asyncio.get_running_loop().time()
            assert await written(found.model, seconds=5) == "TimeoutError"
            assert 1.0 < asyncio.get_running_loop().time() - started < 3.0
            assert not found.model.is_available
        assert len(found.groq.requests) == 1


async def test_a_database_that_takes_the_time_of_a_turn(small: Database) -> None:
    """The model is not asked for an answer that could not come in time, which would rest it for everybody."""
    slow = Injector([Fault("model_calls.asked", "stall", seconds=0.5)])
    async with metered(small) as found:
        found.groq.on_text = text("Hello")
        with turn(), injected(slow):
            spent = found.budgets.of(budgets_module.turn_under_way())
            spent.seconds = FIGURES.model_seconds_of_a_turn - 1.2
            assert await written(found.model) == "over_budget"
        assert found.groq.requests == []
        (row,) = await found.rows()
        assert (row["outcome"], row["input_tokens"]) == ("resting", 0)
        assert found.parts.model.is_available


async def test_the_tokens_of_a_turn(small: Database) -> None:
    """What the answers of four calls took is known from the provider; the next might be too much."""
    heavy = {**USAGE, "prompt_tokens": 1500, "completion_tokens": 300}

    async def answer(body: Body) -> AsyncIterator[bytes]:
        async for part in text("Hello")(body):
            yield part.replace(json.dumps(USAGE).encode(), json.dumps(heavy).encode())

    async with metered(small) as found:
        found.groq.on_text = answer
        with turn():
            answers = [await written(found.model) for _ in range(MOST)]
        assert answers == ["Hello"] * 4 + ["over_budget"] * 2
        assert sum(row["input_tokens"] + row["output_tokens"] for row in await found.rows()) == 7200
        assert found.refused() == {"turn": 1}


async def test_an_ask_too_long_for_any_turn_does_not_leave(small: Database) -> None:
    async with metered(small) as found:
        with turn():
            assert await written(found.model, "long " * 8000) == "over_budget"
        assert found.groq.requests == []


async def test_turns_are_forgotten(small: Database) -> None:
    async with metered(small) as found:
        for number in range(TURNS_REMEMBERED + 50):
            with turn(f"t-{number}"):
                assert found.model.is_available
        assert len(found.budgets._turns) == TURNS_REMEMBERED


async def test_outside_of_any_turn(small: Database) -> None:
    """Each ask is for itself, and on record all the same."""
    async with metered(small) as found:
        found.groq.on_text = text("Hello")
        answers = [await written(found.model) for _ in range(MOST + 1)]
        assert set(answers) == {"Hello"}
        assert {(row["session_id"], row["turn_id"]) for row in await found.rows()} == {(None, None)}


async def test_a_run_in_studio(small: Database) -> None:
    """LangGraph's own server runs it: the run is the turn, and its thread may not be a session yet."""
    async with metered(small) as found:
        found.groq.on_text = text("Hello")
        for thread, session_id in (("a thread", None), (SESSION, SESSION)):
            token = var_child_runnable_config.set({"configurable": {"thread_id": thread, "run_id": f"run {thread}"}})
            try:
                answers = [await written(found.model) for _ in range(MOST + 1)]
            finally:
                var_child_runnable_config.reset(token)
            assert answers == ["Hello"] * MOST + ["over_budget"]
            assert {row["session_id"] for row in await found.rows() if row["turn_id"] == f"run {thread}"} == {
                session_id
            }


# A session


async def test_the_tokens_of_a_session(database: Database) -> None:
    async with metered(database, session_tokens=8000) as found:
        found.groq.on_text = without_usage("Hello " * 400)
        answers = []
        for number in range(20):
            with turn(f"t-{number}"):
                answers.append(await written(found.model))
        refused = answers.count("over_budget")
        assert 10 < refused < 18
        assert sorted(answers, key="over_budget".__eq__) == answers, "from then on it is over"
        assert found.refused() == {"session": refused}
        use = await ModelCalls(database).of_session(SESSION)
        assert use.input_tokens + use.output_tokens <= 8000
        with turn("another"):
            assert found.model.is_available, "what is left may do for a shorter one"
        await Sessions(database, await with_session(database, "s-2")).get("s-2")
        with turn("t-100", "s-2"):
            assert (await written(found.model)).startswith("Hello")


# A day


async def test_the_tokens_of_a_day(small: Database, caplog: pytest.LogCaptureFixture) -> None:
    async with metered(small, daily_tokens=4000) as found:
        found.groq.on_text = without_usage("Hello " * 400)
        with caplog.at_level(logging.WARNING, "esoteric.model"):
            answers = []
            for number in range(10):
                with turn(f"t-{number}"):
                    answers.append(await written(found.model))
        assert answers.count("over_budget") == found.refused()["day"] > 5
        assert [record.kind for record in caplog.records if record.message == "model.over_budget"] == ["day"]
        assert await ModelCalls(small).of_day((await found.rows())[0]["day"]) <= 4000


async def test_many_turns_at_once_do_not_take_the_same_rest_of_a_day(small: Database) -> None:
    async with metered(small, daily_tokens=4000) as found:
        found.groq.on_text = without_usage("Hello " * 400)

        async def one(number: int) -> str:
            with turn(f"t-{number}"):
                return await written(found.model)

        answers = await asyncio.gather(*map(one, range(20)))
        assert 0 < answers.count("over_budget") < 20
        assert await ModelCalls(small).of_day((await found.rows())[0]["day"]) <= 4000
        assert found.budgets._held == 0


async def test_a_day_is_everybodys(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other replicas spent is seen when this one looks again; tomorrow it begins anew."""
    async with metered(database, daily_tokens=2500) as found:
        found.groq.on_text = text("Hello")
        with turn("t-1"):
            assert await written(found.model) == "Hello"
        other = Metered(found.parts, database, daily_tokens=2500)
        found.groq.on_text = without_usage("Hello " * 1200)
        with turn("t-2"):
            assert (await written(other.model)).startswith("Hello")
        with turn("t-3"):
            found.groq.on_text = text("Hello")
            assert await written(found.model) == "Hello", "it has not looked again"
        monkeypatch.setattr(budgets_module, "monotonic", lambda: found.budgets._looked + 61)
        with turn("t-4"):
            assert await written(found.model) == "over_budget"
            assert not found.model.is_available
        tomorrow = SimpleNamespace(now=lambda: "2099-01-01T00:00:00.000+00:00")
        monkeypatch.setattr(budgets_module, "now_in_milliseconds", tomorrow.now)
        with turn("t-5"):
            assert found.model.is_available
            assert await written(found.model) == "Hello"


async def test_no_limit_looks_at_no_day(small: Database) -> None:
    async with metered(small) as found:
        with turn(), injected(Injector()) as injector:
            await written(found.model)
        assert injector.calls["database.run"] == 2


# What is kept


async def test_the_record_outlives_its_session(database: Database) -> None:
    async with metered(database) as found:
        found.groq.on_text = text("Hello")
        with turn():
            await written(found.model)
        await Sessions(database, await with_session(database, "other")).erase(SESSION)
        (row,) = await found.rows()
    assert (row["session_id"], row["turn_id"], row["outcome"]) == (None, "t-1", "done")
    assert await ModelCalls(database).of_session(SESSION) == Use(0, 0, 0)


def test_a_guess_is_rather_high() -> None:
    assert tokens_in("") == 0
    assert tokens_in("How much would you like to borrow?") >= 8
    assert tokens_in("आप कितना उधार लेना चाहेंगे?") >= 12
