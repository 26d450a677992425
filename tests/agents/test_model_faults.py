"""Whatever the provider does, the turn goes on with the embedded default, soon, and without asking too often."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from agents.model.asking import ModelFailed, proposed
from agents.speaking import line, phrasebook
from agents.understanding.rules import RulesUnderstander
from tests.agents.model_parts import HASTY_SECONDS, Parts, asked, model_over_loopback, shared_rules
from tests.groq_server import (
    Answer,
    drip,
    drop,
    error_event,
    garbage,
    hang,
    hang_up,
    in_turn,
    refusal,
    text,
    tool_call,
    without_end,
)

WIRES = ["groq:openai/gpt-oss-20b", "openai:gpt-oss"]
OPEN_QUESTION = "well you know how it is"
LINES = (line("sales.greet"), line("ask.desired_amount"))
TEMPLATE = phrasebook("en").compose(LINES)
GOOD = "Namaste! How much would you like to borrow?"
SLACK = 10.0  # seconds for a slow machine; what is waited for here never comes, or not for much longer


@pytest.fixture(params=WIRES)
async def parts(request: pytest.FixtureRequest) -> AsyncIterator[Parts]:
    async with model_over_loopback(name=request.param) as made:
        yield made


@pytest.fixture(params=WIRES)
async def hasty(request: pytest.FixtureRequest) -> AsyncIterator[Parts]:
    """With so little time for the model that waiting in vain is over soon."""
    async with model_over_loopback(name=request.param, seconds=HASTY_SECONDS) as made:
        yield made


# The rows of refusals and faults, with the most calls each may cost.
REFUSALS = [
    (refusal(429, code="rate_limit_exceeded", retry_after="30"), 1),
    (refusal(429, code="rate_limit_exceeded", retry_after="120"), 1),
    (refusal(429, retry_after="Wed, 21 Oct 2037 07:28:00 GMT"), 1),
    (refusal(500), 2),
    (refusal(503), 2),
    (refusal(502), 2),
    (refusal(413), 1),
    (refusal(498), 1),
    (refusal(400, code="tool_use_failed"), 1),
    (refusal(401), 1),
    (refusal(403), 1),
    (refusal(404), 1),
    (hang(), 1),
    (drip("Hello! How much would you like to borrow?", 0.05), 1),
    (garbage(b""), 1),
    (garbage(b"<html>busy</html>"), 1),
    (garbage(b"<html>busy</html>", "text/html"), 1),
    (garbage(b"null"), 1),
    (garbage(b"[]"), 1),
    (garbage(b"{}"), 1),
    (garbage(b'{"choices": null}'), 1),
    (garbage(b'{"choices": []}'), 1),
    (garbage(b'{"choices": [{"message": null}]}'), 1),
    (garbage(b'{"choices": [{"message": {"role": "martian"}}]}'), 1),
    (garbage(b"\xff\xfe\x00"), 1),
    (garbage(b"[" * 5000), 1),
    pytest.param(
        garbage(b'{"choices": [{"index": 1e999}]}'), 1, marks=pytest.mark.filterwarnings("ignore:Pydantic serializer")
    ),
]
TOOL_FAULTS = [
    tool_call('{"intent": "off_top'),  # cut short
    tool_call("not json at all"),
    tool_call("null"),
    tool_call("[]"),
    tool_call('"off_topic"'),
    tool_call('{"intent": 1e999, "facts": 1e999}'),
    tool_call('{"intent": NaN, "facts": [NaN]}'),
    tool_call({"intent": "off_topic"}, name="approve_loan"),
    tool_call({"facts": [{"slot": "desired_amount"}]}),
    tool_call({"facts": [{"slot": "desired_amount", "span": 10**30}]}),
    tool_call({"facts": [{"slot": "desired_amount", "span": "x" * 200_000}]}),
    tool_call({"facts": [{"slot": "desired_amount", "span": "9 lakh"}] * 5000}),
    tool_call('{"facts": ' + "[" * 3000 + "]" * 3000 + "}"),
    text("I would say the customer wants 9 lakh."),
    text(""),
]
TEXT_FAULTS = [
    drop("Hello there. How much"),
    drop(""),
    without_end("Hello there. How much would you like to borrow?"),
    without_end("Hello there. How much would", finish="length"),
    without_end("", finish="stop"),
    without_end("Hello.", finish="tool_calls"),
    error_event("Hello there. How"),
    error_event(""),
    garbage(b"data: null\n\n", "text/event-stream"),
    garbage(b"data: {}\n\n", "text/event-stream"),
    garbage(b'data: {"choices": null}\n\n', "text/event-stream"),
    garbage(b'data: {"choices": [{"delta": null}]}\n\n', "text/event-stream"),
    garbage(b"data: [DONE]\n\n", "text/event-stream"),
    garbage(b"data: {not json\n\n", "text/event-stream"),
    garbage(b"", "text/event-stream"),
]


@pytest.mark.parametrize(("fault", "calls"), REFUSALS)
async def test_understanding_goes_on_with_the_rules(hasty: Parts, fault: Answer, calls: int) -> None:
    hasty.groq.on_tool = fault
    began = time.monotonic()
    reading = await hasty.understander.read(OPEN_QUESTION, "desired_amount")
    assert time.monotonic() - began < HASTY_SECONDS + SLACK
    assert reading == {**await shared_rules().read(OPEN_QUESTION, "desired_amount"), "heard": OPEN_QUESTION}
    assert 1 <= len(hasty.groq.requests) <= calls


@pytest.mark.parametrize("fault", TOOL_FAULTS)
async def test_a_malformed_proposal_changes_nothing(parts: Parts, fault: Answer) -> None:
    parts.groq.on_tool = fault
    reading = await parts.understander.read(OPEN_QUESTION, "desired_amount")
    assert reading == {**await shared_rules().read(OPEN_QUESTION, "desired_amount"), "heard": OPEN_QUESTION}
    assert not parts.breaker.is_open, "an odd answer is no outage"


@pytest.mark.parametrize(("fault", "calls"), [*REFUSALS, *((fault, 2) for fault in TEXT_FAULTS)])
async def test_speaking_goes_on_with_the_templates(hasty: Parts, fault: Answer, calls: int) -> None:
    hasty.groq.on_text = fault
    began = time.monotonic()
    said, resets = await hasty.spoken(*LINES)
    assert time.monotonic() - began < HASTY_SECONDS + SLACK
    assert said == TEMPLATE
    assert resets <= 1
    assert 1 <= len(hasty.groq.requests) <= calls


@pytest.mark.parametrize("hiccup", [refusal(503), refusal(500), hang_up()])
async def test_a_hiccup_is_tried_once_more(parts: Parts, hiccup: Answer) -> None:
    parts.groq.on_text = in_turn(hiccup, text(GOOD))
    assert await parts.spoken(*LINES) == (GOOD, 0)
    parts.groq.on_tool = in_turn(hiccup, tool_call({"intent": "off_topic", "facts": []}))
    assert (await parts.understander.read(OPEN_QUESTION, "desired_amount"))["intent"] == "off_topic"


async def test_after_words_have_left_nothing_is_tried_again(parts: Parts) -> None:
    parts.groq.on_text = in_turn(drop("Hello there. How "), text(GOOD))
    assert await parts.spoken(*LINES) == (TEMPLATE, 1)
    assert len(parts.groq.requests) == 1


async def test_a_request_to_stay_away_is_honoured(parts: Parts) -> None:
    parts.groq.on_text = in_turn(refusal(429, retry_after="30"), text(GOOD))
    for _ in range(3):
        assert await parts.spoken(*LINES) == (TEMPLATE, 0)
        await parts.understander.read(OPEN_QUESTION, "desired_amount")
    assert len(parts.groq.requests) == 1


async def test_a_turn_that_waited_in_vain_to_understand_does_not_wait_to_speak(hasty: Parts) -> None:
    hasty.groq.on_tool = hang()
    hasty.groq.on_text = hang()
    await hasty.understander.read(OPEN_QUESTION, "desired_amount")
    assert await hasty.spoken(*LINES) == (TEMPLATE, 0)
    assert hasty.groq.asked_for_text == []


async def test_three_failures_in_a_row_open_the_breaker() -> None:
    async with model_over_loopback(failures=3) as parts:
        parts.groq.on_text = drop("")
        for _ in range(10):
            assert await parts.spoken(*LINES) == (TEMPLATE, 0)
        assert len(parts.groq.requests) <= 6


async def test_nobody_there() -> None:
    async with model_over_loopback() as parts:
        pass
    assert await parts.spoken(*LINES) == (TEMPLATE, 0)
    reading = await parts.understander.read(OPEN_QUESTION, "desired_amount")
    assert reading == {**await RulesUnderstander().read(OPEN_QUESTION, "desired_amount"), "heard": OPEN_QUESTION}


@pytest.mark.parametrize("fault", [error_event("Hello. "), drop("Hello. "), drip("You are approved. " * 3, 0.0)])
async def test_no_connection_is_kept_after_a_broken_stream(parts: Parts, fault: Answer) -> None:
    responses: list[httpx.Response] = []

    async def note(response: httpx.Response) -> None:
        responses.append(response)

    parts.model.connections.event_hooks["response"].append(note)
    parts.groq.on_text = fault
    assert (await parts.spoken(*LINES))[0] == TEMPLATE
    assert [response.is_closed for response in responses] == [True]


async def test_a_cancelled_turn_is_cancelled(hasty: Parts) -> None:
    hasty.groq.on_tool = hang()
    turn = asyncio.create_task(hasty.understander.read(OPEN_QUESTION, "desired_amount"))
    await asyncio.sleep(HASTY_SECONDS / 4)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert hasty.model.is_available, "a customer who leaves is no failure of the model"


async def test_the_exception_quotes_nobody(parts: Parts) -> None:
    parts.groq.on_tool = refusal(400, code="tool_use_failed")
    with pytest.raises(ModelFailed) as failure:
        await proposed(parts.model, asked(), _tool())
    assert str(failure.value).endswith("RequestError")
    assert failure.value.__suppress_context__


async def test_logs_at_debug_hold_no_personal_detail(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    parts.groq.on_tool = in_turn(refusal(400), refusal(500), tool_call("not json"))
    parts.groq.on_text = in_turn(refusal(500), error_event("Hello"), drop("Hello"))
    for _ in range(3):
        await parts.understander.read("I am Aarav Mehta 9000000001 ZZZPM1101A, what now", "desired_amount")
        await parts.spoken(line("noted.applicant_name", value="Aarav Mehta"), *LINES)
    assert len(parts.groq.requests) > 3
    for secret in ("Aarav", "Mehta", "9000000001", "ZZZPM1101A"):
        assert secret not in caplog.text


@pytest.mark.parametrize("name", [*WIRES, "groq:llama-3.3-70b-versatile", "openai:llama-3.3-70b"])
async def test_only_a_model_that_reasons_is_told_how_much(name: str) -> None:
    async with model_over_loopback(name=name) as parts:
        parts.groq.on_text = text(GOOD)
        await parts.spoken(*LINES)
    (body,) = parts.groq.requests
    assert (parts.model.name, body["model"]) == (name, name.partition(":")[2])
    assert body.get("reasoning_effort") == ("low" if "gpt-oss" in name else None)
    assert body["stream"] is True


def _tool() -> type:
    from agents.model.proposals import Understanding

    return Understanding
