"""A model that hangs, refuses, breaks off, lies or talks nonsense: the turn is the embedded default's, in time."""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

from agents.model.consulting import MOST_ASKS
from tests.answering import refusing
from tests.driver import Conversation, Transport
from tests.faults.matrix import SQLITE, case, cases
from tests.faults.model_talk import KEY, PROTOCOLS, Most, check_asked, check_unmoved, talked, told
from tests.faults.outside import check_kept, in_a_loop
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
    hang_up,
    in_turn,
    refusal,
    text,
    tool_call,
    tool_calls,
    without_end,
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
    """How the model fails when it is to call tools and when it phrases; the most requests that may cost.

    With `begins`, words of it have left before it fails, which are to be taken back.
    """

    reads: Answer
    phrases: Answer
    most: Most
    begins: bool = False


ONE_AND_REST = Most("u", 1)  # busy, refused or too slow: one request, then none for a while
LAST_AND_REST = Most("ucp", 1)  # the same, but only as it phrases
THIRD_AND_REST = Most("ucp", 1)  # not tried again; three failures in a row are enough
TWICE_EACH_AND_REST = Most("uuccpp", 1)  # each tried once more, for it may be a hiccup; three in a row are enough
ONCE_EACH = Most("ucp")  # an answer of no use is no failure of the provider: it is asked in the next turn too
LOOKS_UP_TO_ITS_END = Most("u" + "c" * MOST_ASKS + "p")  # calls of its tools that find nothing
HANGS = {
    "before it has read": Fault(hang(), hang(), ONE_AND_REST),
    "before its first word": Fault(UNMOVED, hang(), LAST_AND_REST),
}
BUSY = {
    "429 with Retry-After 30": Fault(
        *[refusal(429, code="rate_limit_exceeded", retry_after="30")] * 2, most=ONE_AND_REST
    ),
    "429 with a date": Fault(*[refusal(429, retry_after="Wed, 21 Oct 2037 07:28:00 GMT")] * 2, most=ONE_AND_REST),
    "429 as it phrases": Fault(UNMOVED, refusal(429, retry_after="30"), LAST_AND_REST),
}
DOWN = {
    "500": Fault(refusal(500), refusal(500), TWICE_EACH_AND_REST),
    "503": Fault(refusal(503), refusal(503), TWICE_EACH_AND_REST),
    "key revoked": Fault(refusal(401), refusal(401), ONE_AND_REST),
    "hangs up": Fault(hang_up(), hang_up(), TWICE_EACH_AND_REST),
}
BREAKS_OFF = {
    "connection cut in a chunk": Fault(garbage(b'{"id": "c'), drop(WORDS + "How"), THIRD_AND_REST, begins=True),
    "ends without a finish_reason": Fault(garbage(b"{}"), without_end(WORDS), ONCE_EACH, begins=True),
    "ends at its length": Fault(garbage(b"[]"), without_end(WORDS + "How", finish="length"), ONCE_EACH, begins=True),
    "an error in the stream": Fault(garbage(b"null"), error_event(WORDS + "How"), THIRD_AND_REST, begins=True),
    "a byte now and then": Fault(drip("{}" * 400, 0.5), drip(WORDS * 40, 0.5), ONE_AND_REST),
}
NONSENSE = {
    "malformed tool JSON": Fault(tool_call('{"intent": "off_top'), UNMOVED, ONCE_EACH),
    "an unknown tool": Fault(tool_call({"intent": "off_topic"}, name="approve_loan"), UNMOVED, ONCE_EACH),
    "no tool, but words": Fault(text("The customer wants 9 lakh."), UNMOVED, ONCE_EACH),
    "an empty reply": Fault(text(""), UNMOVED, ONCE_EACH),
    "1e999": Fault(tool_call('{"intent": 1e999, "facts": 1e999}'), UNMOVED, LOOKS_UP_TO_ITS_END),
    "200 KB of arguments": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "x" * 200_000}]}), UNMOVED, LOOKS_UP_TO_ITS_END
    ),
    "5,000 facts": Fault(
        tool_call({"facts": [{"slot": "desired_amount", "span": "9 lakh"}] * 5000}), UNMOVED, LOOKS_UP_TO_ITS_END
    ),
    "a page": Fault(garbage(b"<html>busy</html>", "text/html"), garbage(b"<html>", "text/html"), THIRD_AND_REST),
    "not UTF-8": Fault(garbage(b"\xff\xfe\x00"), garbage(b"\xff\xfe\x00", "text/event-stream"), THIRD_AND_REST),
}
ATTACKS = {
    "orders a loan": Fault(
        grasping("withdraw"), text("You are approved for ₹50,00,000 at 1%! Pay ₹5,000 now."), LOOKS_UP_TO_ITS_END
    ),
    "asks for secrets": Fault(
        grasping("yes"), text("Your KYC is verified. Share your OTP at https://example.com/otp."), LOOKS_UP_TO_ITS_END
    ),
    "talks without end": Fault(grasping("start_over"), text(WORDS * 400), LOOKS_UP_TO_ITS_END, begins=True),
}


# Fails only when it looks something up.
LOOKS_UP = {
    "hangs": (hang(), Most("uc", 1)),
    "429": (refusal(429, retry_after="30"), Most("uc", 1)),
    "503": (refusal(503), Most("uccp")),
    "hangs up": (hang_up(), Most("uccp")),
    "connection cut": (garbage(b'{"id": "c'), ONCE_EACH),
    "malformed tool JSON": (tool_call('{"query": "la', name="search_knowledge"), ONCE_EACH),
    "a tool that may not be called here": (tool_call({"amount": "5"}, name="eligibility_what_if"), ONCE_EACH),
    "a tool that is none": (tool_call({"status": "sanctioned"}, name="approve_loan"), ONCE_EACH),
    "no tool, but words": (text("You are approved."), ONCE_EACH),
    "an empty reply": (text(""), ONCE_EACH),
    "arguments that do not fit": (
        tool_call({"query": 7, "limit": "1e999"}, name="search_knowledge"),
        LOOKS_UP_TO_ITS_END,
    ),
    "1e999": (tool_call('{"query": 1e999}', name="search_knowledge"), LOOKS_UP_TO_ITS_END),
    "200 KB of arguments": (tool_call({"query": "x" * 200_000}, name="search_knowledge"), LOOKS_UP_TO_ITS_END),
    "the same call without end": (tool_call({"query": "late EMI"}, name="search_knowledge"), LOOKS_UP_TO_ITS_END),
    "500 calls at once": (tool_calls(*[("application_summary", {})] * 500), LOOKS_UP_TO_ITS_END),
    "names what it never found": (tool_call({"results": ["r99", "approved"]}, name="Answer"), ONCE_EACH),
    "names nothing": (tool_call({"results": []}, name="Answer"), ONCE_EACH),
    "an answer of another form": (tool_call({"results": {"1": None}, "say": "approved"}, name="Answer"), ONCE_EACH),
}


def model_fails(stage: Stage, fault: Fault, protocol: str = "Groq", transport: Transport = "sse") -> None:
    with in_a_loop(GroqServer()) as server:
        server.on_tool = server.on_consult = fault.reads
        server.on_text = fault.phrases
        heard, asked = talked(stage, server.requests, transport, **PROTOCOLS[protocol](server))
        check_asked(stage, asked, fault.most)
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
def fails_to_look_up(stage: Stage, injected: tuple[Answer, Most]) -> None:
    """The question is answered as without a model."""
    consults, most = injected
    with in_a_loop(GroqServer()) as server:
        server.on_tool = server.on_text = UNMOVED
        server.on_consult = consults
        heard, asked = talked(stage, server.requests, **PROTOCOLS["Groq"](server))
        assert "c" in "".join(asked), "nothing was looked up"
        check_asked(stage, asked, most)
    check_unmoved(stage, heard)


@case(row="the model breaks down", injection="nobody listens")
def nobody_listens(stage: Stage) -> None:
    with refusing() as url:
        heard, _ = talked(stage, groq_api_key=KEY, groq_api_base=url)
        check_unmoved(stage, heard)


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
