"""However a turn ends, its customer is told once, and what was told is what is stored."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from server.store.database import StorageUnavailable
from server.store.ledgers import SqlPapers
from server.store.sessions import UnknownSession
from server.store.turn_rows import TurnRow
from server.streaming.events import Event, EventLog
from server.streaming.frames import frames_of_answer
from server.turns.lanes import Submission, Turn, TurnFailed, TurnLeft
from tests.server.parts import Parts, open_parts
from tests.server.streaming.reading import follow

CANARY = "ZZZPM1101A"
PATIENCE = 30.0


@pytest_asyncio.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with open_parts(tmp_path) as opened:
        yield opened


async def answer_of(turn: Turn) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        return await asyncio.shield(turn.answer)


def hanging_bureau(parts: Parts) -> asyncio.Event:
    """The bureau answers no more; the event is set when it is asked."""
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.sleep(60)

    parts.bureau.act = hang
    return asked


async def up_to_the_code(parts: Parts) -> tuple[str, str]:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    return session_id, code


async def test_cancelling_again_and_again_is_cancelling_once(parts: Parts) -> None:
    session_id, code = await up_to_the_code(parts)
    asked = hanging_bureau(parts)
    turn = await parts.submit(session_id, code)
    await asked.wait()
    assert await parts.runner.cancel(session_id)
    for _ in range(50):
        await parts.runner.cancel(session_id)
        await asyncio.sleep(0)
    assert (await answer_of(turn))["cancelled"]


async def test_the_turn_after_a_cancelled_one_can_be_cancelled_too(parts: Parts) -> None:
    session_id, code = await up_to_the_code(parts)
    asked = hanging_bureau(parts)
    first, second = await parts.submit(session_id, code), await parts.submit(session_id, code)
    for turn in (first, second):
        await asked.wait()
        asked.clear()
        assert await parts.runner.cancel(session_id)
        assert (await answer_of(turn))["cancelled"]


async def test_a_turn_that_has_not_begun_is_cancelled(parts: Parts) -> None:
    """The cancel comes right behind the message, before anything of its turn has run."""
    session_id, code = await up_to_the_code(parts)
    turn = await parts.submit(session_id, code)
    assert await parts.runner.cancel(session_id)
    assert (await answer_of(turn))["cancelled"]
    assert parts.bureau.inquiries == []
    assert (await parts.say(session_id, code))["awaiting"] != ["otp"]
    assert not await parts.runner.cancel(session_id)


async def test_a_message_that_cannot_be_read_any_more_does_not_hold_up_those_behind_it(parts: Parts) -> None:
    """It was accepted, its process died, and what is stored of it was damaged."""
    session_id, code = await up_to_the_code(parts)
    body = {"text": code, "upload": None, "act": None}
    mark = Submission(code, "rest").digest()
    left = TurnRow("t-left", session_id, "m-left", mark, "rest", "accepted", body, None)
    await parts.runner._turns.accept(left, "2026-12-01T00:00:00.000+00:00")
    damage = "UPDATE turns SET body = x'00' WHERE turn_id = 't-left'"
    await parts.database.run(lambda connection: connection.exec_driver_sql(damage))
    assert await parts.runner.resume_unfinished() == 1
    behind = await parts.submit(session_id, "why?")
    assert (await answer_of(behind))["awaiting"] == ["otp"]
    sent_again = await parts.submit(session_id, code, "m-left")
    assert (await answer_of(sent_again))["awaiting"] != ["otp"]
    assert parts.runner.under_way == 0


async def test_a_turn_being_written_down_is_not_cancelled_any_more(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await parts.open_session()
    finish, cancelled = parts.runner._turns.finish, []

    async def finish_while_cancelled(*arguments: Any) -> None:
        cancelled.append(await parts.runner.cancel(session_id))
        await finish(*arguments)

    monkeypatch.setattr(parts.runner._turns, "finish", finish_while_cancelled)
    answer = await answer_of(await parts.submit(session_id, "I need 3 lakh"))
    assert cancelled == [False]
    assert "cancelled" not in answer and answer["loan_application"]["desired_amount"] == 300_000


async def test_a_cancelled_turn_asked_for_again_keeps_its_event_id(parts: Parts) -> None:
    session_id, code = await up_to_the_code(parts)
    asked = hanging_bureau(parts)
    turn = await parts.submit(session_id, code, "code")
    await asked.wait()
    await parts.runner.cancel(session_id)
    await answer_of(turn)
    again = await parts.submit(session_id, code, "code")
    (end,) = frames_of_answer(again.row.reply or {})
    assert (end["type"], end["cancelled"], end["event_id"]) == ("end", True, turn.log.last_id)


async def test_a_process_that_ends_cancels_nothing(tmp_path: Path) -> None:
    async with open_parts(tmp_path) as parts:
        session_id, code = await up_to_the_code(parts)
        asked = hanging_bureau(parts)
        turn = await parts.submit(session_id, code)
        await asked.wait()
        assert turn.task is not None
        turn.task.cancel()
        with pytest.raises(TurnFailed):
            await answer_of(turn)
    async with open_parts(tmp_path) as parts:
        assert await parts.runner.resume_unfinished() == 1
        await parts.runner.drain(PATIENCE)
        assert (await parts.sessions.get(session_id)).view["awaiting"] == ["offer_decision"]


@pytest.mark.parametrize(
    "error",
    [
        UnicodeEncodeError("utf-8", f"{CANARY}\ud800", 0, 1, CANARY),
        ExceptionGroup(CANARY, [ValueError(CANARY)]),
        KeyError(CANARY),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_any_exception_ends_a_turn_and_is_logged_without_its_text(
    parts: Parts, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    session_id, code = await up_to_the_code(parts)

    async def break_down() -> None:
        raise error

    parts.bureau.act = break_down
    turn = await parts.submit(session_id, code)
    with pytest.raises(TurnFailed):
        await answer_of(turn)
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    told = vars(record)
    assert (told["msg"], told["kind"]) == ("turn.broke", type(error).__name__)
    assert " _decide" in told["where"]
    assert CANARY not in str(told)


async def test_pruning_that_fails_takes_nothing_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def prune(_session_id: str) -> None:
        raise OSError("no space")

    monkeypatch.setattr(parts.checkpoints, "prune", prune)
    session_id = await parts.open_session()
    for number in range(12):
        answer = await answer_of(await parts.submit(session_id, f"I need {60 + number} thousand"))
        assert answer["loan_application"]["desired_amount"] == 1000 * (60 + number)


async def test_a_session_being_erased_takes_no_message(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.say(session_id, "I need 3 lakh")
    async with parts.runner.erasing(session_id):
        with pytest.raises(UnknownSession):
            await parts.submit(session_id, "My name is Aarav Mehta")
        await parts.sessions.erase(session_id)
        await parts.runner.forget(session_id)
    assert await parts.count("checkpoints") == 0
    assert (await parts.count("turns"), await parts.count("messages")) == (0, 0)


async def test_nobody_waits_to_erase_for_a_turn_that_waits_for_the_database(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise StorageUnavailable("away")

    session_id = await parts.open_session()
    await parts.say(session_id, "I need 3 lakh")
    monkeypatch.setattr("server.turns.runner.PATIENCE_SECONDS", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(parts.runner._leases, "take", away)
        patched.setattr(parts.runner._turns, "finish", away)
        patched.setattr(parts.runner._turns.leases, "seconds", 0.0)
        turn = await parts.submit(session_id, "make it 2 lakh")
        with pytest.raises(TurnLeft):
            await answer_of(turn)
        with pytest.raises(StorageUnavailable):
            async with parts.runner.erasing(session_id):
                pass
    assert turn.task is not None
    await turn.task
    async with parts.runner.erasing(session_id):
        await parts.sessions.erase(session_id)


async def test_a_message_whose_customer_has_spoken_since_is_not_run_at_the_next_start(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was away as the turn ended, so the journal says accepted; its customer was told to send it again."""

    async def away(*_: Any) -> None:
        raise OSError("the database is away")

    session_id = await parts.open_session()
    await parts.say(session_id, "I need 3 lakh")
    with monkeypatch.context() as patched:
        patched.setattr(parts.runner._turns, "finish", away)
        with pytest.raises(TurnFailed):
            await answer_of(await parts.submit(session_id, "make it 2 lakh", "broken"))
    await asyncio.sleep(0.002)  # the journal counts in milliseconds
    await parts.say(session_id, "make it 5 lakh")
    assert await parts.runner.resume_unfinished() == 0
    assert (await parts.say(session_id, "make it 2 lakh", "broken"))["loan_application"]["desired_amount"] == 200_000


async def test_a_request_made_again_shows_its_own_decision_and_statement(parts: Parts) -> None:
    """Three lakh, two lakh, three lakh again: the first decision and its Key Facts stand anew."""
    session_id = await parts.open_session()
    papers = SqlPapers(parts.database)
    for said in ("", "make it 2 lakh", "make it 3 lakh"):
        if said:
            await parts.say(session_id, said)
        await parts.converse(session_id, "C01", until="kfs_acknowledgement")
        application = (await parts.state(session_id))["application"]
        record, statement = await parts.sessions.latest_decision(session_id), await papers.latest_key_facts(session_id)
        assert record is not None and record["decision_id"] == application["decision"]["decision_id"]
        assert statement == await papers.key_facts(application["key_facts"]["kfs_id"])
    assert (await parts.count("decisions"), await parts.count("key_facts")) == (2, 2)


async def test_a_turn_overtaken_by_another_process_goes_on_from_there(tmp_path: Path) -> None:
    """Each process follows the session, and so remembers where it left it; neither loses what the other heard."""
    async with open_parts(tmp_path) as here, open_parts(tmp_path) as there:
        session_id = await here.open_session()
        session = await here.sessions.get(session_id)
        with here.following(session) as log, there.following(session):
            await there.say(session_id, "I need 3 lakh")
            second = await here.say(session_id, "My name is Aarav Mehta")
            third = await there.say(session_id, "24 months")
            fourth = await here.say(session_id, "for a wedding")
            seen = [event.id async for event in so_far(log)]
    assert [answer["awaiting"][:2] for answer in (second, third)] == [["loan_term_months", "purpose"], ["purpose"]]
    assert fourth["awaiting"][0] == "consent"
    assert seen == sorted(set(seen))


async def so_far(log: EventLog) -> AsyncIterator[Event]:
    async for event in follow(log, log.floor):  # what happened elsewhere is on record
        yield event
        if event.id == log.last_id:
            return
