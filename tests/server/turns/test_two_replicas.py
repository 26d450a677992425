"""Two replicas on one Postgres: one of them runs a turn, and whatever happens to it, the message has one answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.store.fence import Fenced
from server.store.sessions import UnknownSession
from server.store.turns import SessionBusy
from server.turns.lanes import Submission, Turn
from tests.postgres import Postgres
from tests.server.parts import Bureau, Letterbox, Parts, open_parts
from tests.server.store.both import fresh_url
from tools.providers.simulated import SimulatedProviders, packaged_customers

LEASE = 1.0
PATIENCE = 30.0


class Pair:
    """Two replicas with a bureau of their own each, which may be made to hang, over the same ledger of calls."""

    def __init__(self, a: Parts, b: Parts) -> None:
        self.a, self.b = a, b
        self._keeping: list[asyncio.Task[None]] = []

    def keep(self, *replicas: Parts) -> None:
        """Let them look after leases, as a service does."""
        self._keeping += [asyncio.create_task(parts.runner.keeper.keep()) for parts in replicas]

    async def close(self) -> None:
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def up_to_the_code(self) -> tuple[str, str]:
        session_id = await self.a.open_session()
        await self.a.converse(session_id, "C01", until="otp")
        code = await self.a.next_words(session_id, "C01")
        assert code is not None
        return session_id, code


@asynccontextmanager
async def opened_pair(postgres: Postgres, folder: Path, lease_seconds: float) -> AsyncIterator[Pair]:
    url, letterbox = fresh_url(postgres), Letterbox()
    async with AsyncExitStack() as stack:

        async def replica(name: str) -> Parts:
            bureau = Bureau(SimulatedProviders.of(packaged_customers()))
            parts = open_parts(folder / name, bureau=bureau, letterbox=letterbox, url=url, lease_seconds=lease_seconds)
            return await stack.enter_async_context(parts)

        found = Pair(await replica("a"), await replica("b"))
        stack.push_async_callback(found.close)
        yield found


@pytest_asyncio.fixture
async def pair(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Pair]:
    """Leases run out soon."""
    async with opened_pair(postgres, tmp_path, LEASE) as found:
        yield found


@pytest_asyncio.fixture
async def steady(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Pair]:
    """No lease runs out while a test lasts."""
    async with opened_pair(postgres, tmp_path, 60.0) as found:
        yield found


class Hanging:
    """A bureau that answers when it is told to."""

    def __init__(self, parts: Parts) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()
        parts.bureau.act = self._hang

    async def _hang(self) -> None:
        self.asked.set()
        await self.go_on.wait()


async def answer_of(turn: Turn) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.shield(turn.answer)


async def taken_over(parts: Parts, session_id: str) -> None:
    """Until the replica has finished the turn that brings the offer."""
    async with asyncio.timeout(PATIENCE):
        while (await parts.sessions.get(session_id)).view["awaiting"] != ["offer_decision"]:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.1)


async def said(parts: Parts, session_id: str) -> list[str]:
    return [entry["content"] for entry in await parts.sessions.transcript(session_id) if entry["role"] == "user"]


async def test_messages_to_both_are_answered_in_the_order_they_came(pair: Pair) -> None:
    session_id = await pair.a.open_session()
    replicas = [pair.a, pair.b] * 5
    turns = [await parts.submit(session_id, f"I need {60 + n} thousand") for n, parts in enumerate(replicas)]
    answers = [await answer_of(turn) for turn in turns]
    assert [answer["loan_application"]["desired_amount"] for answer in answers] == [1000 * (60 + n) for n in range(10)]
    assert await said(pair.b, session_id) == [f"I need {60 + n} thousand" for n in range(10)]


async def test_the_same_message_to_both_at_once_is_one_turn(pair: Pair) -> None:
    session_id = await pair.a.open_session()
    answers = await asyncio.gather(
        *(parts.say(session_id, "I need 3 lakh", "m-1") for parts in (pair.a, pair.b) for _ in range(5))
    )
    assert {answer["message"] for answer in answers} == {answers[0]["message"]}
    assert await said(pair.a, session_id) == ["I need 3 lakh"]


async def test_a_retry_elsewhere_waits_for_the_answer(steady: Pair) -> None:
    steady.keep(steady.a, steady.b)
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    first = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    again = await steady.b.submit(session_id, code, "code")
    await asyncio.sleep(0.5)
    assert not again.answer.done()
    bureau.go_on.set()
    assert (await answer_of(again))["message"] == (await answer_of(first))["message"]
    assert steady.b.bureau.inquiries == []


async def test_a_replica_that_was_paused_writes_nothing(pair: Pair) -> None:
    """It sleeps longer than its lease, another finishes the turn, it wakes up: one answer, told by both."""
    session_id, code = await pair.up_to_the_code()
    bureau = Hanging(pair.a)
    first = await pair.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    pair.keep(pair.b)
    await taken_over(pair.b, session_id)
    tables = ("checkpoints", "checkpoint_blobs", "messages", "effects", "audit_log", "outbox", "turns")
    before = {table: await pair.b.count(table) for table in tables}
    stood = await pair.b.sessions.get(session_id)
    bureau.go_on.set()
    answer = await answer_of(first)
    assert answer["awaiting"] == ["offer_decision"]
    assert (await answer_of(await pair.b.submit(session_id, code, "code")))["message"] == answer["message"]
    assert {table: await pair.b.count(table) for table in tables} == before
    assert await pair.b.sessions.get(session_id) == stood
    assert len({*pair.a.bureau.inquiries, *pair.b.bureau.inquiries}) == 1
    pair.a.bureau.act = None
    await pair.a.converse(session_id, "C01")
    assert (await pair.b.sessions.get(session_id)).view["loan_application"]["status"] == "sanctioned"


async def test_a_turn_that_was_taken_stops_by_itself(pair: Pair) -> None:
    """Whoever renews its leases learns that one is gone, while the turn still waits for the bureau."""
    session_id, code = await pair.up_to_the_code()
    bureau = Hanging(pair.a)
    first = await pair.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    pair.keep(pair.b)
    await taken_over(pair.b, session_id)
    await pair.a.runner.keeper.look()
    assert (await answer_of(first))["awaiting"] == ["offer_decision"]
    assert not bureau.go_on.is_set()


async def test_what_a_dead_replica_had_accepted_is_run_in_order(pair: Pair) -> None:
    session_id, code = await pair.up_to_the_code()
    bureau = Hanging(pair.a)
    dead = [await pair.a.submit(session_id, text) for text in (code, "what is the interest rate?", "is it final?")]
    await bureau.asked.wait()
    for turn in dead:
        assert turn.task is not None
        turn.task.cancel()
    pair.keep(pair.b)
    last = await pair.b.submit(session_id, "what is the processing fee?")
    await answer_of(last)
    spoken = await said(pair.b, session_id)
    assert spoken[-3:] == ["what is the interest rate?", "is it final?", "what is the processing fee?"]


async def test_a_drained_replica_gives_its_turn_to_another_at_once(steady: Pair) -> None:
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    turn = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    await steady.a.runner.drain(0.1)
    assert turn.answer.exception() is not None
    assert [left.lapsed for left in await steady.b.runner.keeper._leases.left()] == [True]
    assert (await answer_of(await steady.b.submit(session_id, code, "code")))["awaiting"] == ["offer_decision"]


async def test_a_cancel_reaches_the_replica_that_runs_the_turn(steady: Pair) -> None:
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    steady.keep(steady.a)
    turn = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    assert await steady.b.runner.cancel(session_id)
    answer = await answer_of(turn)
    assert (answer["cancelled"], answer["awaiting"]) == (True, ["otp"])
    assert not await steady.b.runner.cancel(session_id)
    assert (await steady.b.say(session_id, code))["awaiting"] == ["offer_decision"]


async def test_a_session_erased_by_one_takes_nothing_more_from_the_other(steady: Pair) -> None:
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    turn = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    async with steady.b.runner.erasing(session_id):
        await steady.b.sessions.erase(session_id)
        await steady.b.runner.forget(session_id)
    bureau.go_on.set()
    with pytest.raises(UnknownSession):
        await answer_of(turn)
    assert {table: await steady.b.count(table) for table in ("turns", "messages", "checkpoints", "effects")} == {
        "turns": 0,
        "messages": 0,
        "checkpoints": 0,
        "effects": 0,
    }


async def test_who_will_not_wait_is_refused_by_either(steady: Pair) -> None:
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    turn = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    turns = await steady.a.count("turns")
    hurried = Submission("are you there?", "rest", "hurried", when_busy="refuse")
    for parts in (steady.a, steady.b):
        with pytest.raises(SessionBusy):
            await parts.runner.submit(session_id, hurried)
    assert await steady.a.count("turns") == turns
    bureau.go_on.set()
    await answer_of(turn)
    assert (await answer_of(await steady.b.runner.submit(session_id, hurried)))["message"]


async def test_a_yes_to_one_while_the_other_asks_agrees_to_nothing(steady: Pair) -> None:
    session_id, code = await steady.up_to_the_code()
    bureau = Hanging(steady.a)
    steady.keep(steady.a, steady.b)
    turn = await steady.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    early = await steady.b.submit(session_id, "yes, I accept")
    bureau.go_on.set()
    assert (await answer_of(turn))["awaiting"] == ["offer_decision"]
    assert (await answer_of(early))["awaiting"] == ["offer_decision"]
    assert (await steady.a.say(session_id, "yes, I accept"))["awaiting"] == ["kfs_acknowledgement"]


async def test_a_database_that_is_away_as_a_turn_ends_delays_its_answer(pair: Pair, postgres: Postgres) -> None:
    session_id, code = await pair.up_to_the_code()
    bureau = Hanging(pair.a)
    turn = await pair.a.submit(session_id, code, "code")
    await bureau.asked.wait()
    await asyncio.to_thread(postgres.stop)
    bureau.go_on.set()
    await asyncio.sleep(1)
    await asyncio.to_thread(postgres.start)
    again = await pair.b.submit(session_id, code, "code")
    assert (await answer_of(again))["awaiting"] == ["offer_decision"]
    assert turn.task is not None
    await asyncio.wait([turn.task], timeout=PATIENCE)
    assert await said(pair.b, session_id) == await said(pair.a, session_id)
    assert (await said(pair.b, session_id)).count(code) <= 1
    assert len({*pair.a.bureau.inquiries, *pair.b.bureau.inquiries}) == 1


async def test_nothing_is_written_outside_of_the_journal_either(pair: Pair) -> None:
    """Between two steps of a turn: its effects and papers are fenced as its end is."""
    from server.store.fence import under_fence

    session_id = await pair.a.open_session()
    await pair.a.say(session_id, "Hi")
    with under_fence(session_id, 1):
        assert await pair.a.count("turns") == 1
        await pair.b.runner._leases.seize(session_id)
        with pytest.raises(Fenced):
            await pair.a.count("turns")
