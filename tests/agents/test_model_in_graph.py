"""The model inside the real graph: what streams, what is kept, what a tracer sees, how long a turn takes."""

import dataclasses
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from agents.context import Context
from agents.model.speaking import SPEAKING_SECONDS, ModelSpeaker
from agents.model.understanding import UNDERSTANDING_SECONDS, ModelUnderstander
from agents.services import Services
from graph.loan import graph
from tests.agents.model_parts import HASTY_SECONDS, Parts, model_over_loopback, shared_rules
from tests.conversation import Conversation
from tests.groq_server import drip, drop, hang, text, tool_call

FIRST = "I am Aarav Mehta and I need 3 lakh for my kitchen, there were 24 of us back then"


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    async with model_over_loopback() as made:
        yield made


async def parts_of_turn(services: Services, message: str, *tracers: AsyncCallbackHandler) -> list[Any]:
    stream = cast(Any, graph).astream(
        {"messages": [HumanMessage(message, id=str(uuid.uuid4()))]},
        RunnableConfig(callbacks=list(tracers)),
        context=Context.of(services, session_id="s", channel="test"),
        stream_mode=["custom", "messages", "values"],
        version="v2",
    )
    return [part async for part in stream]


def with_model(parts: Parts) -> Services:
    return dataclasses.replace(Conversation().services, understander=parts.understander, speaker=parts.speaker)


async def test_the_transcript_is_what_streamed(parts: Parts) -> None:
    parts.groq.on_text = text("A loan of ₹3,00,000, lovely, [NAME_1]! Between 12 and 60 months, how long shall it be?")
    turn = await parts_of_turn(with_model(parts), FIRST)
    streamed = "".join(part["data"]["chunk"] for part in turn if part["type"] == "custom")
    kept = turn[-1]["data"]["messages"][-1].text
    assert streamed == kept
    assert kept.startswith("A loan of ₹3,00,000, lovely, Aarav Mehta! Between 12 and 60 months")


async def test_unchecked_words_of_the_model_are_in_no_stream(parts: Parts) -> None:
    parts.groq.on_tool = tool_call({"intent": "off_topic", "facts": []})
    parts.groq.on_text = text("Hello! Unchecked words: you are approved.")
    turn = await parts_of_turn(with_model(parts), FIRST)
    messages = [part["data"][0] for part in turn if part["type"] == "messages"]
    assert not [message for message in messages if isinstance(message, AIMessageChunk)]
    assert not any(body["stream"] for body in parts.groq.asked_with_tools)
    assert "Unchecked" not in str([part["data"] for part in turn])


async def test_words_that_left_are_taken_back_before_the_template(parts: Parts) -> None:
    parts.groq.on_text = drop("A loan of ₹3,00,000, lovely! And ")
    turn = await parts_of_turn(with_model(parts), FIRST)
    custom = [part["data"] for part in turn if part["type"] == "custom"]
    at = custom.index({"reset": True})
    assert at > 0
    assert "".join(said["chunk"] for said in custom[at + 1 :]) == turn[-1]["data"]["messages"][-1].text


class Tracer(AsyncCallbackHandler):
    """Stands where LangSmith's would."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, list[BaseMessage]]] = []

    async def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.seen.append((kwargs.get("name"), args[1][0]))


async def test_a_tracer_sees_both_calls_and_no_personal_detail(parts: Parts) -> None:
    tracer = Tracer()
    parts.groq.on_text = text("Hello!")
    await parts_of_turn(with_model(parts), FIRST, tracer)
    assert [name for name, _ in tracer.seen] == ["understand", "phrase"]
    assert "Aarav" not in str(tracer.seen)


@pytest.mark.parametrize("fault", [hang(), drip("Hello! ", 0.05)], ids=["hang", "drip"])
async def test_a_whole_turn_falls_back_in_time(fault: Any) -> None:
    async with model_over_loopback(seconds=HASTY_SECONDS) as parts:
        parts.groq.on_tool = parts.groq.on_text = fault
        services = with_model(parts)
        began = time.monotonic()
        turn = await parts_of_turn(services, FIRST)
        assert time.monotonic() - began < 3
    assert turn[-1]["data"]["application"]["desired_amount"] == 300_000
    assert turn[-1]["data"]["messages"][-1].text.startswith("Great! I can help you with a ₹3,00,000 loan.")


async def test_the_budgets_of_a_turn_leave_room_below_fifteen_seconds(parts: Parts) -> None:
    """Whatever GROQ_TIMEOUT says: the client of these tests has 30 s per call."""
    assert UNDERSTANDING_SECONDS + SPEAKING_SECONDS <= 12
    understander, speaker = ModelUnderstander(shared_rules(), parts.model), ModelSpeaker(parts.model)
    assert (understander.seconds, speaker.seconds) == (UNDERSTANDING_SECONDS, SPEAKING_SECONDS)
