"""A turn as a transaction: it ends with an answer, or it never happened; what it did outside is done once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agents.speaking import TemplateSpeaker
from server.turns.lanes import TurnFailed
from tests.server.parts import Parts, open_parts
from tests.server.streaming.reading import follow
from tools.providers.protocols import ProviderUnavailable


@pytest_asyncio.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with open_parts(tmp_path) as opened:
        yield opened


async def said(parts: Parts, session_id: str) -> list[str]:
    return [entry["content"] for entry in await parts.sessions.transcript(session_id) if entry["role"] == "user"]


async def test_two_messages_at_once_are_answered_in_order(parts: Parts) -> None:
    session_id = await parts.open_session()
    first, second = await asyncio.gather(
        parts.say(session_id, "I need 3 lakh"), parts.say(session_id, "My name is Aarav Mehta")
    )
    assert first["awaiting"] == ["applicant_name", "loan_term_months", "purpose"]
    assert second["awaiting"] == ["loan_term_months", "purpose"]
    assert await said(parts, session_id) == ["I need 3 lakh", "My name is Aarav Mehta"]


async def test_twenty_messages_at_once(parts: Parts) -> None:
    session_id = await parts.open_session()
    amounts = [f"I need {60 + number} thousand" for number in range(20)]
    turns = [await parts.submit(session_id, text) for text in amounts]
    answers = await asyncio.gather(*(turn.answer for turn in turns))
    wanted = [answer["loan_application"]["desired_amount"] for answer in answers]
    assert wanted == [1000 * (60 + number) for number in range(20)]
    assert await said(parts, session_id) == amounts


async def test_ten_times_the_same_message_at_once_is_one_turn(parts: Parts) -> None:
    session_id = await parts.open_session()
    answers = await asyncio.gather(*(parts.say(session_id, "I need 3 lakh", "m-1") for _ in range(10)))
    assert all(answer["message"] == answers[0]["message"] for answer in answers)
    assert await said(parts, session_id) == ["I need 3 lakh"]


async def test_a_turn_that_breaks_never_happened(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")
    before = await parts.sessions.get(session_id)
    heard = await said(parts, session_id)

    async def break_down() -> None:
        raise RuntimeError("the bureau's client has a bug")

    parts.bureau.act = break_down
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    with pytest.raises(TurnFailed):
        await parts.say(session_id, code, "code")
    after = await parts.sessions.get(session_id)
    assert (after.view, after.message_count) == (before.view, before.message_count)
    assert await said(parts, session_id) == heard

    parts.bureau.act = None
    answer = await parts.say(session_id, code, "code")
    assert answer["awaiting"] == ["offer_decision"]
    assert len(set(parts.bureau.inquiries)) == 1
    await parts.converse(session_id, "C01")
    assert len(parts.bureau.inquiries) == 2


async def test_a_first_turn_that_breaks_never_happened(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = await parts.open_session()
    monkeypatch.setattr(TemplateSpeaker, "speak", None)
    with pytest.raises(TurnFailed):
        await parts.say(session_id, "I need 2 lakh")
    monkeypatch.undo()
    answer = await parts.say(session_id, "My name is Aarav Mehta")
    assert answer["loan_application"]["desired_amount"] is None
    assert [message.text for message in (await parts.state(session_id))["messages"]] == [
        "My name is Aarav Mehta",
        answer["message"],
    ]


async def test_a_provider_that_is_down_is_told_and_asked_once_more_later(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")

    async def down() -> None:
        raise ProviderUnavailable("credit bureau")

    parts.bureau.act = down
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    answer = await parts.say(session_id, code)
    assert "bureau is not answering" in answer["message"]
    assert answer["loan_application"]["status"] == "credit_check_pending"
    parts.bureau.act = None
    answer = await parts.say(session_id, "any news?")
    assert answer["loan_application"]["status"] == "offer_made"
    assert len(set(parts.bureau.inquiries)) == 1


async def test_a_cancelled_turn_leaves_the_state_before_it(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")
    reached = asyncio.Event()

    async def wait() -> None:
        reached.set()
        await asyncio.sleep(60)

    parts.bureau.act = wait
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    turn = await parts.submit(session_id, code)
    await reached.wait()
    before = await parts.sessions.get(session_id)
    assert await parts.runner.cancel(session_id)
    answer = await turn.answer
    assert (answer["cancelled"], answer["awaiting"]) == (True, ["otp"])
    assert (await parts.sessions.get(session_id)).view == before.view
    assert not await parts.runner.cancel(session_id)
    parts.bureau.act = None
    assert (await parts.say(session_id, code))["awaiting"] == ["offer_decision"]


async def test_a_cancel_stops_the_turn_that_runs_and_no_other(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")
    reached = asyncio.Event()

    async def wait_once() -> None:
        parts.bureau.act = None
        reached.set()
        await asyncio.sleep(60)

    parts.bureau.act = wait_once
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    running, waiting = await parts.submit(session_id, code), await parts.submit(session_id, code)
    await reached.wait()
    await parts.runner.cancel(session_id)
    assert (await running.answer)["cancelled"]
    assert (await waiting.answer)["awaiting"] == ["offer_decision"]


async def test_sessions_do_not_wait_for_each_other(parts: Parts) -> None:
    slow, quick = await parts.open_session(), await parts.open_session()
    await parts.converse(slow, "C01", until="otp")
    release = asyncio.Event()

    async def wait() -> None:
        await release.wait()

    parts.bureau.act = wait
    code = await parts.next_words(slow, "C01")
    assert code is not None
    turn = await parts.submit(slow, code)
    assert (await parts.say(quick, "I need 3 lakh"))["loan_application"]["desired_amount"] == 300_000
    assert not turn.answer.done()
    release.set()
    assert (await turn.answer)["awaiting"] == ["offer_decision"]


async def test_a_session_read_while_a_turn_ran_takes_nothing_back(parts: Parts) -> None:
    """A follower reads the session, the turn under way ends, only then it follows."""
    session_id = await parts.open_session()
    turn = await parts.submit(session_id, "I need 3 lakh")
    with parts.runner.lanes.holding(session_id):
        before = await parts.sessions.get(session_id)
        await turn.answer
        await parts.runner.drain(1)
        with parts.following(before):
            answer = await parts.say(session_id, "My name is Aarav Mehta")
    assert answer["awaiting"] == ["loan_term_months", "purpose"]


async def test_lanes_and_turns_are_let_go(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.say(session_id, "Hi")
    await asyncio.sleep(0)
    await parts.runner.drain(1)
    assert parts.runner.lanes.count == 0 and parts.runner._live == {}


async def test_events_of_a_failed_turn_end_with_an_apology(parts: Parts) -> None:
    session_id = await parts.open_session()
    await parts.converse(session_id, "C01", until="otp")

    async def break_down() -> None:
        raise RuntimeError("PAN ZZZPM1101A")

    parts.bureau.act = break_down
    code = await parts.next_words(session_id, "C01")
    assert code is not None
    turn = await parts.submit(session_id, code)
    with pytest.raises(TurnFailed):
        await turn.answer
    events = [event async for event in _until_last(follow(turn.log, turn.starts_after))]
    assert events[-1] == "error"
    assert "node:failed" in events
    assert all("ZZZPM1101A" not in event for event in events)


async def _until_last(events: AsyncIterator[object]) -> AsyncIterator[str]:
    async for event in events:
        status = event.more.get("status")  # type: ignore[attr-defined]
        yield f"{event.type}:{status}" if status else event.type  # type: ignore[attr-defined]
        if event.is_last:  # type: ignore[attr-defined]
            return


async def test_a_yes_sent_before_the_question_was_put_answers_it_not(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A double click agrees to what was on the screen, once, and to nothing that comes up in between."""
    session_id = await parts.open_session()
    for text in ("I need 3 lakh for 36 months for travel", "My name is Aarav Mehta"):
        await parts.say(session_id, text)
    all_sent, finish = asyncio.Event(), parts.runner._turns.finish

    async def finish_when_all_are_sent(*turn: Any) -> None:
        await all_sent.wait()
        await finish(*turn)

    monkeypatch.setattr(parts.runner._turns, "finish", finish_when_all_are_sent)
    turns = [await parts.submit(session_id, "yes") for _ in range(3)]
    all_sent.set()
    _, _, third = [await turn.answer for turn in turns]
    assert "KYC" in third["message"]
    assert "bureau" not in third["message"]
    assert "bureau" in (await parts.say(session_id, "yes"))["message"]
