"""Whatever Groq does, the guy goes on as he would without a model, soon, and without asking too often."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.agents.hedge_fund_guy.guy_model import ASK, GOOD, THANKS, GuyParts, draft, guy_over_loopback, rules
from tests.agents.model_parts import HASTY_SECONDS
from tests.agents.test_model_faults import REFUSALS, TEXT_FAULTS, TOOL_FAULTS
from tests.groq_server import Answer, drip, drop, error_event, hang, in_turn, refusal, text, tool_call

SOON = 3 * HASTY_SECONDS  # on a slow machine; how soon exactly is measured of what both assistants share
OPEN_QUESTION = "well the kettle broke and my cat is sulking again"
AS_DRAFTED = draft().text


@pytest.fixture
async def parts() -> AsyncIterator[GuyParts]:
    async with guy_over_loopback() as made:
        yield made


@pytest.fixture
async def hasty() -> AsyncIterator[GuyParts]:
    """With so little time for the model that waiting in vain is over soon."""
    async with guy_over_loopback(seconds=HASTY_SECONDS) as made:
        yield made


def test_the_rules_are_unsure_of_the_open_question() -> None:
    assert rules().read_now(OPEN_QUESTION, "name")["intent"] in {"off_topic", "small_talk", "market"}
    assert not rules().read_now(OPEN_QUESTION, "name")["facts"]


@pytest.mark.parametrize(("fault", "calls"), REFUSALS)
async def test_reading_goes_on_with_the_rules(hasty: GuyParts, fault: Answer, calls: int) -> None:
    hasty.groq.on_tool = fault
    began = time.monotonic()
    reading = await hasty.reader.read(OPEN_QUESTION, "name")
    assert time.monotonic() - began < SOON
    assert reading == rules().read_now(OPEN_QUESTION, "name")
    assert 1 <= len(hasty.groq.requests) <= calls


@pytest.mark.parametrize("fault", TOOL_FAULTS)
async def test_a_malformed_proposal_changes_nothing(parts: GuyParts, fault: Answer) -> None:
    parts.groq.on_tool = fault
    assert await parts.reader.read(OPEN_QUESTION, "name") == rules().read_now(OPEN_QUESTION, "name")
    assert not parts.breaker.is_open, "an odd answer is no outage"


@pytest.mark.parametrize(("fault", "calls"), [*REFUSALS, *((fault, 2) for fault in TEXT_FAULTS)])
async def test_speaking_goes_on_with_the_draft(hasty: GuyParts, fault: Answer, calls: int) -> None:
    hasty.groq.on_text = fault
    began = time.monotonic()
    said, resets = await hasty.spoken(draft())
    assert time.monotonic() - began < SOON
    assert said == AS_DRAFTED
    assert resets <= 1
    assert 1 <= len(hasty.groq.requests) <= calls


async def test_a_hiccup_is_tried_once_more(parts: GuyParts) -> None:
    parts.groq.on_text = in_turn(refusal(503), text(GOOD))
    assert await parts.spoken(draft()) == (f"{THANKS} {GOOD} {ASK}", 0)


async def test_after_words_have_left_nothing_is_tried_again(parts: GuyParts) -> None:
    first = GOOD.split(". ")[0] + ". And then "
    parts.groq.on_text = in_turn(drop(first), text(GOOD))
    assert await parts.spoken(draft()) == (AS_DRAFTED, 1)
    assert len(parts.groq.requests) == 1


async def test_a_request_to_stay_away_is_honoured(parts: GuyParts) -> None:
    parts.groq.on_text = in_turn(refusal(429, retry_after="30"), text(GOOD))
    for _ in range(3):
        assert await parts.spoken(draft()) == (AS_DRAFTED, 0)
        await parts.reader.read(OPEN_QUESTION, "name")
    assert len(parts.groq.requests) == 1


async def test_a_turn_that_waited_in_vain_to_read_does_not_wait_to_speak(hasty: GuyParts) -> None:
    hasty.groq.on_tool = hasty.groq.on_text = hang()
    await hasty.reader.read(OPEN_QUESTION, "name")
    assert await hasty.spoken(draft()) == (AS_DRAFTED, 0)
    assert hasty.groq.asked_for_text == []


async def test_three_failures_in_a_row_open_the_breaker() -> None:
    async with guy_over_loopback(failures=3) as parts:
        parts.groq.on_text = drop("")
        for _ in range(10):
            assert await parts.spoken(draft()) == (AS_DRAFTED, 0)
        assert len(parts.groq.requests) <= 6


async def test_nobody_there() -> None:
    async with guy_over_loopback() as parts:
        pass
    assert await parts.spoken(draft()) == (AS_DRAFTED, 0)
    assert await parts.reader.read(OPEN_QUESTION, "name") == rules().read_now(OPEN_QUESTION, "name")


@pytest.mark.parametrize("fault", [error_event("Hello. "), drop("Hello. "), drip("Buy gold now. " * 3, 0.0)])
async def test_no_connection_is_kept_after_a_broken_stream(parts: GuyParts, fault: Answer) -> None:
    responses: list[httpx.Response] = []

    async def note(response: httpx.Response) -> None:
        responses.append(response)

    parts.model.connections.event_hooks["response"].append(note)
    parts.groq.on_text = fault
    assert (await parts.spoken(draft()))[0] == AS_DRAFTED
    assert [response.is_closed for response in responses] == [True]


async def test_a_cancelled_turn_is_cancelled(parts: GuyParts) -> None:
    parts.groq.on_tool = hang()
    turn = asyncio.create_task(parts.reader.read(OPEN_QUESTION, "name"))
    while not parts.groq.requests:  # noqa: ASYNC110  the server tells nobody when it is asked
        await asyncio.sleep(0.01)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert parts.model.is_available, "somebody who leaves is no failure of the model"


async def test_logs_at_debug_hold_no_personal_detail(parts: GuyParts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    parts.groq.on_tool = in_turn(refusal(400), refusal(500), tool_call("not json"))
    parts.groq.on_text = in_turn(refusal(500), error_event("Hello"), drop("Hello"))
    for _ in range(3):
        await parts.reader.read("I am Okonkwo, okonkwo@example.org, 84,000 a year, what a night", "income")
        await parts.reader.read(OPEN_QUESTION, "name")
        await parts.spoken(draft(heard="Okonkwo okonkwo@example.org 84,000"))
    assert len(parts.groq.requests) > 3
    for secret in ("konkwo", "example.org", "84,000", "Marcus"):
        assert secret not in caplog.text
