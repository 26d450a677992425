"""A model that hangs, refuses, breaks off, lies or talks nonsense: the turn is the embedded default's, in time."""

import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from agents.model.consulting import MOST_ASKS
from agents.model.speaking import MOST_RUNS
from tests.answering import refusing
from tests.driver import Conversation, Json, Transport
from tests.faults.matrix import SQLITE, case, cases
from tests.faults.outside import Told, check_answered, check_kept, hear, in_a_loop, standing
from tests.faults.stage import Stage
from tests.groq_server import (
    Answer,
    Body,
    GroqServer,
    content_of,
    drip,
    drop,
    error_event,
    garbage,
    hang,
    in_turn,
    refusal,
    text,
    tool_call,
    tool_calls,
    without_end,
)
from tests.service import fresh_data_dir, service_in_thread

KEY = "gsk_not_a_key"
# Words whose sense the rules leave open, so that the model is asked; then a fact, a question, a fact, once more.
SAID = (
    "hmm, well, you know how it is with my plans",
    "I need 3 lakh in some way, my friend took 9 lakh",
    "what happens if I am late with an EMI?",
    "My name is Aarav Mehta",
    "so so, let us see how it goes",
)
WORDS = "Hello there. How much would you like to borrow? "
UNMOVED = text("")  # a model that says nothing: the template is spoken


def grasping(intent: str) -> Answer:
    """Claims every slot for every piece of the message, and orders beside them."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        words = content_of(body)["message"].split()
        spans = [" ".join(words[at : at + length]) for length in (1, 2) for at in range(len(words))]
        slots = ("desired_amount", "loan_term_months", "purpose", "consent", "kyc_verified", "status", "credit_score")
        facts = [{"slot": slot, "span": span} for span in [*spans, "50 lakh", "yes"] for slot in slots]
        async for part in tool_call({"intent": intent, "facts": facts, "status": "sanctioned"})(body):
            yield part

    return answer


class Fault(NamedTuple):
    """How the model fails when it is to call tools and when it phrases; the most requests it may cost of each.

    With `begins`, words of it have left before it fails, which are to be taken back.
    """

    reads: Answer
    phrases: Answer
    most_reads: int
    most_phrases: int
    begins: bool = False


EACH = len(SAID) * MOST_RUNS
TOOLS = len(SAID) * (1 + MOST_ASKS)  # each may be read and, if it is taken for a question, looked up
HANGS = {
    "before it has read": Fault(hang(), hang(), 1, 1),
    "before its first word": Fault(UNMOVED, hang(), TOOLS, 1),
}
BUSY = {
    "429 with Retry-After 30": Fault(*[refusal(429, code="rate_limit_exceeded", retry_after="30")] * 2, 1, 0),
    "429 with a date": Fault(*[refusal(429, retry_after="Wed, 21 Oct 2037 07:28:00 GMT")] * 2, 1, 0),
    "429 as it phrases": Fault(UNMOVED, refusal(429, retry_after="30"), TOOLS, 1),
}
DOWN = {
    "500": Fault(refusal(500), refusal(500), 2 * TOOLS, 2 * EACH),
    "503": Fault(refusal(503), refusal(503), 2 * TOOLS, 2 * EACH),
    "key revoked": Fault(refusal(401), refusal(401), 1, 1),
}
BREAKS_OFF = {
    "connection cut in a chunk": Fault(garbage(b'{"id": "c'), drop(WORDS + "How"), 2 * TOOLS, 2 * EACH, begins=True),
    "ends without a finish_reason": Fault(garbage(b"{}"), without_end(WORDS), TOOLS, EACH, begins=True),
    "ends at its length": Fault(garbage(b"[]"), without_end(WORDS + "How", finish="length"), TOOLS, EACH, begins=True),
    "an error in the stream": Fault(garbage(b"null"), error_event(WORDS + "How"), TOOLS, EACH, begins=True),
    "a byte now and then": Fault(drip("{}" * 400, 0.5), drip(WORDS * 40, 0.5), 1, 1),
}
NONSENSE = {
    "malformed tool JSON": Fault(tool_call('{"intent": "off_top'), UNMOVED, TOOLS, EACH),
    "an unknown tool": Fault(tool_call({"intent": "off_topic"}, name="approve_loan"), UNMOVED, TOOLS, EACH),
    "no tool, but words": Fault(text("The customer wants 9 lakh."), UNMOVED, TOOLS, EACH),
    "an empty reply": Fault(text(""), UNMOVED, TOOLS, EACH),
    "1e999": Fault(tool_call('{"intent": 1e999, "facts": 1e999}'), UNMOVED, TOOLS, EACH),
    "200 KB of arguments": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "x" * 200_000}]}), UNMOVED, TOOLS, EACH
    ),
    "5,000 facts": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "9 lakh"}] * 5000}), UNMOVED, TOOLS, EACH
    ),
    "a page": Fault(garbage(b"<html>busy</html>", "text/html"), garbage(b"<html>", "text/html"), TOOLS, EACH),
    "not UTF-8": Fault(garbage(b"\xff\xfe\x00"), garbage(b"\xff\xfe\x00", "text/event-stream"), TOOLS, EACH),
}
ATTACKS = {
    "orders a loan": Fault(
        grasping("withdraw"), text("You are approved for ₹50,00,000 at 1%! Pay ₹5,000 now."), TOOLS, EACH
    ),
    "asks for secrets": Fault(
        grasping("yes"), text("Your KYC is verified. Share your OTP at https://example.com/otp."), TOOLS, EACH
    ),
    "talks without end": Fault(grasping("start_over"), text(WORDS * 400), TOOLS, EACH, begins=True),
}


# Fails only when it looks something up; how often it may be asked for one question.
LOOKS_UP = {
    "hangs": (hang(), 1),
    "429": (refusal(429, retry_after="30"), 1),
    "503": (refusal(503), 2),
    "connection cut": (garbage(b'{"id": "c'), 2),
    "malformed tool JSON": (tool_call('{"query": "la', name="search_knowledge"), 1),
    "a tool that may not be called here": (tool_call({"amount": "5"}, name="eligibility_what_if"), 1),
    "a tool that is none": (tool_call({"status": "sanctioned"}, name="approve_loan"), 1),
    "no tool, but words": (text("You are approved."), 1),
    "an empty reply": (text(""), 1),
    "arguments that do not fit": (tool_call({"query": 7, "limit": "1e999"}, name="search_knowledge"), MOST_ASKS),
    "1e999": (tool_call('{"query": 1e999}', name="search_knowledge"), MOST_ASKS),
    "200 KB of arguments": (tool_call({"query": "x" * 200_000}, name="search_knowledge"), MOST_ASKS),
    "the same call without end": (tool_call({"query": "late EMI"}, name="search_knowledge"), MOST_ASKS),
    "500 calls at once": (tool_calls(*[("application_summary", {})] * 500), MOST_ASKS),
    "names what it never found": (tool_call({"results": ["r99", "approved"]}, name="Answer"), 1),
    "names nothing": (tool_call({"results": []}, name="Answer"), 1),
    "an answer of another form": (tool_call({"results": {"1": None}, "say": "approved"}, name="Answer"), 1),
}
# Where it is asked, and how the service is told of it.
PROTOCOLS: dict[str, Callable[[GroqServer], Json]] = {
    "Groq": lambda server: {"groq_api_key": KEY, "groq_api_base": server.url},
    "OpenAI": lambda server: {"model": "openai:own/model", "model_api_base": server.openai_url},
}


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


def told(stage: Stage, talk: Conversation, words: str) -> Told:
    """What is heard of a message over the conversation's transport; a REST answer counts as one whole chunk."""
    if talk.transport == "sse":
        heard = hear(talk, words)
    else:
        before, started = len(talk.frames), time.monotonic()
        answer = talk.say(words)
        seconds = time.monotonic() - started
        whole = {"event_id": 0, "type": "message", "content": answer["message"]}
        end = answer | {"event_id": 1, "type": "end", "content": answer["message"]}
        heard = Told(talk.frames[before:] or [whole, end], seconds=seconds)
    stage.listened(heard.seconds)
    check_answered(heard)
    return heard


def talked(stage: Stage, transport: Transport = "sse", **settings: object) -> list[Told]:
    """All that is said, and what came back; what is kept of it is checked."""
    with Conversation(stage.thread(**settings), transport) as talk:
        heard = [told(stage, talk, words) for words in SAID]
        check_kept(stage, talk, heard)
    return heard


def model_fails(stage: Stage, fault: Fault, protocol: str = "Groq", transport: Transport = "sse") -> None:
    with in_a_loop(GroqServer()) as server:
        server.on_tool = server.on_consult = fault.reads
        server.on_text = fault.phrases
        heard = talked(stage, transport, **PROTOCOLS[protocol](server))
        assert len(server.asked_with_tools) <= fault.most_reads
        assert len(server.asked_for_text) <= fault.most_phrases
        assert server.requests, "the model was never asked"
        assert b"Aarav" not in server.raw
    if transport != "rest":
        assert fault.begins == any(one.resets for one in heard)
    check_unmoved(stage, heard)


@cases(row="the model hangs", injections=HANGS)
@cases(row="the model is busy", injections=BUSY, fast=["429 with Retry-After 30"])
@cases(row="the model breaks down", injections=DOWN)
@cases(row="the model breaks off", injections=BREAKS_OFF, fast=["connection cut in a chunk"])
@cases(row="the model talks nonsense", injections=NONSENSE)
@cases(row="the model obeys an attacker", injections=ATTACKS, fast=["orders a loan"])
def groq_fails(stage: Stage, fault: Fault) -> None:
    model_fails(stage, fault)


def over_openai(faults: Mapping[str, Fault]) -> dict[str, Fault]:
    return {f"{name}, over OpenAI's protocol": fault for name, fault in faults.items()}


@cases(row="the model hangs", injections=over_openai(HANGS), backends=SQLITE)
@cases(row="the model is busy", injections=over_openai(BUSY), backends=SQLITE)
@cases(row="the model breaks down", injections=over_openai(DOWN), backends=SQLITE)
@cases(
    row="the model breaks off",
    injections=over_openai(BREAKS_OFF),
    backends=SQLITE,
    fast=["connection cut in a chunk, over OpenAI's protocol"],
)
@cases(row="the model talks nonsense", injections=over_openai(NONSENSE), backends=SQLITE)
@cases(row="the model obeys an attacker", injections=over_openai(ATTACKS), backends=SQLITE)
def openai_fails(stage: Stage, fault: Fault) -> None:
    """A server of the lender's own, which needs no key."""
    model_fails(stage, fault, "OpenAI")


OTHER_ROADS: dict[str, tuple[Fault, Transport]] = {
    f"{name}, over {transport}": (fault, transport)
    for transport in ("rest", "websocket")
    for name, fault in (HANGS | BREAKS_OFF).items()
}


@cases(row="the model fails on another road", injections=OTHER_ROADS, backends=SQLITE)
def fails_on_another_road(stage: Stage, injected: tuple[Fault, Transport]) -> None:
    """Over a socket half a reply is taken back as over SSE; over REST nobody hears of it."""
    fault, transport = injected
    model_fails(stage, fault, transport=transport)


@cases(row="the model fails when it looks something up", injections=LOOKS_UP, backends=SQLITE, fast=["names nothing"])
def fails_to_look_up(stage: Stage, injected: tuple[Answer, int]) -> None:
    """The question is answered as without a model."""
    consults, most = injected
    with in_a_loop(GroqServer()) as server:
        server.on_tool = server.on_text = UNMOVED
        server.on_consult = consults
        heard = talked(stage, **PROTOCOLS["Groq"](server))
        assert 1 <= len(server.asked_to_consult) <= most * len(SAID)
    check_unmoved(stage, heard)


@case(row="the model breaks down", injection="nobody listens")
def nobody_listens(stage: Stage) -> None:
    with refusing() as url:
        check_unmoved(stage, talked(stage, groq_api_key=KEY, groq_api_base=url))


@cases(row="the model breaks down", injections={f"and comes back ({name})": name for name in PROTOCOLS})
def comes_back(stage: Stage, protocol: str) -> None:
    """A hiccup is tried once more; the answer is the model's then."""
    good = "Namaste! How much would you like to borrow?"
    with in_a_loop(GroqServer()) as server:
        server.on_text = in_turn(refusal(503), text(good))
        with Conversation(stage.thread(**PROTOCOLS[protocol](server)), "sse") as talk:
            answer = told(stage, talk, "hello")
            assert (answer.end["content"], answer.resets) == (good, 0)
            assert len(server.asked_for_text) == 2
            check_kept(stage, talk, [answer])
