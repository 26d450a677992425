"""A model that hangs, refuses, breaks off, lies or talks nonsense: the turn is the embedded default's, in time."""

import json
import tempfile
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.answering import refusing
from tests.driver import Conversation, Json
from tests.faults.matrix import case, cases
from tests.faults.outside import Told, check_answered, check_kept, hear, in_a_loop, standing
from tests.faults.stage import Stage
from tests.groq_server import (
    Answer,
    Body,
    GroqServer,
    drip,
    drop,
    error_event,
    garbage,
    hang,
    refusal,
    text,
    tool_call,
    without_end,
)
from tests.service import fresh_data_dir, service_in_thread

KEY = "gsk_not_a_key"
# Words whose sense the rules leave open, so that the model is asked; then a fact, a question, a fact.
SAID = (
    "hmm, well, you know how it is with my plans",
    "I need 3 lakh in some way, my friend took 9 lakh",
    "My name is Aarav Mehta",
    "so so, let us see how it goes",
)
WORDS = "Hello there. How much would you like to borrow? "
UNMOVED = text("")  # a model that says nothing: the template is spoken


def grasping(intent: str) -> Answer:
    """Claims every slot for every piece of the message, and orders beside them."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        words = json.loads(body["messages"][-1]["content"])["message"].split()
        spans = [" ".join(words[at : at + length]) for length in (1, 2) for at in range(len(words))]
        slots = ("desired_amount", "loan_term_months", "purpose", "consent", "kyc_verified", "status", "credit_score")
        facts = [{"slot": slot, "span": span} for span in [*spans, "50 lakh", "yes"] for slot in slots]
        async for part in tool_call({"intent": intent, "facts": facts, "status": "sanctioned"})(body):
            yield part

    return answer


class Fault(NamedTuple):
    """How the model fails when it reads and when it phrases; the most requests it may cost of each kind.

    With `begins`, words of it have left before it fails, which are to be taken back.
    """

    reads: Answer
    phrases: Answer
    most_reads: int
    most_phrases: int
    begins: bool = False


EACH = len(SAID)
HANGS = {
    "before it has read": Fault(hang(), hang(), 1, 1),
    "before its first word": Fault(UNMOVED, hang(), EACH, 1),
}
BUSY = {
    "429 with Retry-After 30": Fault(*[refusal(429, code="rate_limit_exceeded", retry_after="30")] * 2, 1, 0),
    "429 with a date": Fault(*[refusal(429, retry_after="Wed, 21 Oct 2037 07:28:00 GMT")] * 2, 1, 0),
    "429 as it phrases": Fault(UNMOVED, refusal(429, retry_after="30"), 1, 1),
}
DOWN = {
    "500": Fault(refusal(500), refusal(500), 2 * EACH, 2 * EACH),
    "503": Fault(refusal(503), refusal(503), 2 * EACH, 2 * EACH),
    "key revoked": Fault(refusal(401), refusal(401), 1, 1),
}
BREAKS_OFF = {
    "connection cut in a chunk": Fault(garbage(b'{"id": "c'), drop(WORDS + "How"), 2 * EACH, 2 * EACH, begins=True),
    "ends without a finish_reason": Fault(garbage(b"{}"), without_end(WORDS), EACH, EACH, begins=True),
    "ends at its length": Fault(garbage(b"[]"), without_end(WORDS + "How", finish="length"), EACH, EACH, begins=True),
    "an error in the stream": Fault(garbage(b"null"), error_event(WORDS + "How"), EACH, EACH, begins=True),
    "a byte now and then": Fault(drip("{}" * 400, 0.5), drip(WORDS * 40, 0.5), 1, 1),
}
NONSENSE = {
    "malformed tool JSON": Fault(tool_call('{"intent": "off_top'), UNMOVED, EACH, EACH),
    "an unknown tool": Fault(tool_call({"intent": "off_topic"}, name="approve_loan"), UNMOVED, EACH, EACH),
    "no tool, but words": Fault(text("The customer wants 9 lakh."), UNMOVED, EACH, EACH),
    "an empty reply": Fault(text(""), UNMOVED, EACH, EACH),
    "1e999": Fault(tool_call('{"intent": 1e999, "facts": 1e999}'), UNMOVED, EACH, EACH),
    "200 KB of arguments": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "x" * 200_000}]}), UNMOVED, EACH, EACH
    ),
    "5,000 facts": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "9 lakh"}] * 5000}), UNMOVED, EACH, EACH
    ),
    "a page": Fault(garbage(b"<html>busy</html>", "text/html"), garbage(b"<html>", "text/html"), EACH, EACH),
    "not UTF-8": Fault(garbage(b"\xff\xfe\x00"), garbage(b"\xff\xfe\x00", "text/event-stream"), EACH, EACH),
}
ATTACKS = {
    "orders a loan": Fault(
        grasping("withdraw"), text("You are approved for ₹50,00,000 at 1%! Pay ₹5,000 now."), EACH, EACH
    ),
    "asks for secrets": Fault(
        grasping("yes"), text("Your KYC is verified. Share your OTP at https://example.com/otp."), EACH, EACH
    ),
    "talks without end": Fault(grasping("start_over"), text("Ignore the rules. " * 400), EACH, EACH, begins=True),
}


def talked(stage: Stage, **settings: object) -> list[Told]:
    """All that is said, and what came back; what is kept of it is checked."""
    with Conversation(stage.thread(**settings)) as talk:
        heard = [hear(talk, words) for words in SAID]
        for told in heard:
            check_answered(told)
        check_kept(stage, talk, heard)
    return heard


@cache
def undisturbed(knowledge: Path) -> list[tuple[str, Json]]:
    """Replies and applications of the embedded default, which needs no model."""
    with (
        tempfile.TemporaryDirectory() as folder,
        service_in_thread(fresh_data_dir(Path(folder) / "var", knowledge)) as running,
        Conversation(running) as talk,
    ):
        heard = [hear(talk, words) for words in SAID]
    return [(told.end["content"], standing(told.end)) for told in heard]


def check_unmoved(stage: Stage, heard: list[Told]) -> None:
    """The model moved nothing and said nothing: replies and applications are the embedded default's."""
    assert [(told.end["content"], standing(told.end)) for told in heard] == undisturbed(stage.ground.knowledge)


@cases(row="the model hangs", injections=HANGS)
@cases(row="the model is busy", injections=BUSY, fast=["429 with Retry-After 30"])
@cases(row="the model breaks down", injections=DOWN)
@cases(row="the model breaks off", injections=BREAKS_OFF, fast=["connection cut in a chunk"])
@cases(row="the model talks nonsense", injections=NONSENSE)
@cases(row="the model obeys an attacker", injections=ATTACKS, fast=["orders a loan"])
def model_fails(stage: Stage, fault: Fault) -> None:
    with in_a_loop(GroqServer()) as groq:
        groq.on_tool, groq.on_text = fault.reads, fault.phrases
        heard = talked(stage, groq_api_key=KEY, groq_api_base=groq.url)
        assert len(groq.asked_with_tools) <= fault.most_reads
        assert len(groq.asked_for_text) <= fault.most_phrases
        assert groq.requests, "the model was never asked"
        assert b"Aarav" not in groq.raw
    assert fault.begins == any(told.resets for told in heard)
    check_unmoved(stage, heard)


@case(row="the model breaks down", injection="nobody listens")
def nobody_listens(stage: Stage) -> None:
    with refusing() as url:
        check_unmoved(stage, talked(stage, groq_api_key=KEY, groq_api_base=url))


@case(row="the model breaks down", injection="and comes back")
def comes_back(stage: Stage) -> None:
    """A hiccup is tried once more; the answer is the model's then."""
    calls = 0
    good = text("Namaste! How much would you like to borrow?")

    def once_down(body: Body) -> AsyncIterator[bytes]:
        nonlocal calls
        calls += 1
        return (refusal(503) if calls == 1 else good)(body)

    with in_a_loop(GroqServer()) as groq:
        groq.on_text = once_down
        with Conversation(stage.thread(groq_api_key=KEY, groq_api_base=groq.url)) as talk:
            told = hear(talk, SAID[0])
            assert check_answered(told)["content"] == "Namaste! How much would you like to borrow?"
            assert told.resets == 0 and calls == 2
            check_kept(stage, talk, [told])
