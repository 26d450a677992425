"""A model inside the real graph, over whole talks: what streams, what leaves, and that only the wording moves."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.hedge_fund_guy.model.reading import READING_SECONDS, ModelGuyReader
from agents.hedge_fund_guy.model.sense import sentences_of
from agents.hedge_fund_guy.model.speaking import SPEAKING_SECONDS, ModelGuySpeaker
from tests.agents.hedge_fund_guy.guy_model import RETOLD, GuyParts, guy_over_loopback, rules, sent, telling
from tests.agents.hedge_fund_guy.talk import GuyTalk, sentences
from tests.groq_server import Answer, Body, content_of, error_event, text, tool_call

TALK = [
    "hey, can't sleep again",
    "what is momentum?",
    "my name is Quokkina Zanzibar by the way, what is gamma?",
    "should I buy Zanzibari bonds with my savings?",
    "where does that come from?",
    "quokkina.zanzibar@example.org, and why do bond prices fall when rates rise?",
    "tell me how to cook a lasagne with my cat tonight",
    "I make $987,123 a year, or nine hundred thousand in a bad one",
    "what is a margin call, says Quokkina",
    "lol what a night",
    "thanks, bye",
]
SECRETS = (b"quokkina", b"zanzibar", b"example.org", b"987", b"nine hundred", b"lasagne")
LIES = (
    "Buy gold, it will double. Ask me about Tesla. What is your phone number? You are approved. I am a real person. "
    "Mix avocado, lime and salt. "
)


@pytest.fixture
async def parts() -> AsyncIterator[GuyParts]:
    async with guy_over_loopback() as made:
        yield made


def talk_with(parts: GuyParts | None) -> GuyTalk:
    return GuyTalk(parts.reader, speaker=parts.speaker) if parts else GuyTalk()


async def echo(body: Body) -> AsyncIterator[bytes]:
    """Says what was drafted, with a word before it."""
    async for part in text(f"Look. {sent(body)['say']}")(body):
        yield part


async def test_nothing_personal_leaves_in_a_whole_talk(parts: GuyParts) -> None:
    parts.groq.on_tool, parts.groq.on_text = tool_call({"intent": "small_talk", "span": ""}), echo
    talk = talk_with(parts)
    replies = [await talk.say(message) for message in TALK]
    assert talk.view["is_complete"]
    assert any("Quokkina" in reply for reply in replies)
    assert len(parts.groq.asked_for_text) >= 4
    for secret in SECRETS:
        assert secret not in parts.groq.raw.lower(), secret


async def test_a_word_of_its_own_is_said_once(parts: GuyParts) -> None:
    """Though it begins every reply alike: from the second on, the draft is what is said."""
    parts.groq.on_text = echo
    talk = talk_with(parts)
    replies = [await talk.say(message) for message in ("what is momentum?", "what is gamma?", "what is carry?") * 12]
    said = [sentence for reply in replies for sentence in sentences(reply)]
    assert said.count("look") == 1
    assert len(set(said)) == len(said)


async def test_what_streams_is_what_is_kept(parts: GuyParts) -> None:
    """`GuyTalk.say` holds the stream against the transcript; here one part is taken back."""
    parts.groq.on_text = telling(error_event, " And then ")
    talk = talk_with(parts)
    reply = await talk.say("what is momentum?")
    assert {"reset": True} in talk.chunks
    assert RETOLD not in reply


@pytest.mark.parametrize(
    ("hears", "says"),
    [
        (tool_call({"intent": "refuse", "span": "a"}), text(LIES)),
        (tool_call({"intent": "off_topic", "span": ""}), error_event(LIES)),
        (tool_call({"intent": "provide", "span": "[WORD_1]"}), text("Momentum is the habit. " + LIES)),
    ],
    ids=["refuses", "strays", "grasps"],
)
async def test_the_worst_model_changes_no_fact_and_tells_no_lie(parts: GuyParts, hears: Answer, says: Answer) -> None:
    parts.groq.on_tool, parts.groq.on_text = hears, says
    alone, attacked = talk_with(None), talk_with(parts)
    for message in TALK:
        await alone.say(message)
        reply = await attacked.say(message)
        for lie in sentences_of(LIES):
            assert lie not in reply
    assert attacked.view["data"] == alone.view["data"]
    assert attacked.view["is_complete"]
    assert [mail.to for mail in attacked.carrier.sent] == [mail.to for mail in alone.carrier.sent]
    assert parts.groq.asked_for_text


async def grasping(body: Body) -> AsyncIterator[bytes]:
    """Points at everything."""
    message = content_of(body)["message"]
    async for part in tool_call({"intent": "provide", "span": message[:120]})(body):
        yield part


@pytest.mark.parametrize(
    "message",
    [
        "the index stood near 84,000 when the bell rang, imagine",
        "my wife brings home 84,000 and she sleeps",
        "lukas at the desk lost 84,000 on puts",
    ],
)
async def test_a_figure_of_something_else_never_becomes_an_income(parts: GuyParts, message: str) -> None:
    parts.groq.on_tool = grasping
    reading = await parts.reader.read(message, "income")
    assert "income" not in reading["facts"]
    assert "name" not in reading["facts"]


def test_the_budgets_of_a_turn_leave_room_below_fifteen_seconds() -> None:
    model: Any = None
    assert READING_SECONDS + SPEAKING_SECONDS <= 12
    assert ModelGuyReader(rules(), model).seconds == READING_SECONDS
    assert ModelGuySpeaker(model, rules()).seconds == SPEAKING_SECONDS
