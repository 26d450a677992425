"""A model's words in the running service: what a customer is shown, and what is kept, is the same on every road."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.speaking import line, phrasebook
from tests.driver import TRANSPORTS, Conversation, Json, Transport
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer, drop, text, tool_call
from tests.service import Service, fresh_data_dir, service_in_thread

ASKED = phrasebook("en").compose([line("noted.desired_amount", value=300_000), line("ask.applicant_name")])
REPLIES = {
    "fair": (
        text("Your sister's wedding, how lovely! I can help with a ₹3,00,000 loan. May I know your name?"),
        "Your sister's wedding, how lovely! I can help with a ₹3,00,000 loan. May I know your name?",
    ),
    "lies at once": (text("You are approved for ₹3,00,000! May I know your name?"), ASKED),
    "lies at last": (text("₹3,00,000 it is, lovely! May I know your name? The loan is yours."), ASKED),
    "says too little": (text("A loan, lovely! May I know your name?"), ASKED),
    # Last, since a model that failed is left in peace for a while.
    "breaks off": (drop("₹3,00,000 it is, lovely! May I "), ASKED),
}


@pytest.fixture(scope="module")
def groq() -> Iterator[GroqServer]:
    with in_a_loop(GroqServer()) as running:
        running.on_tool = tool_call({"intent": "unclear", "facts": []})
        yield running


@pytest.fixture(scope="module")
def talkative(groq: GroqServer, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("service") / "var", knowledge_dir)
    with service_in_thread(data_dir, groq_api_key="gsk_not_a_key", groq_api_base=groq.url) as running:
        with Conversation(running) as first:  # pays for what is loaded at its first use
            first.say("I need 3 lakh")
        yield running


def shown(frames: list[Json]) -> str:
    """What stands on the screen at the end of the turn: pieces of a reply that was taken back are gone."""
    standing = ""
    for frame in frames:
        if frame["type"] == "reset":
            standing = ""
        elif frame["type"] == "message":
            standing += frame["content"]
    return standing


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("case", list(REPLIES))
def test_the_kept_reply_is_what_was_shown(
    talkative: Service, groq: GroqServer, case: str, transport: Transport
) -> None:
    groq.on_text, expected = REPLIES[case]
    with Conversation(talkative, transport) as talk:
        reply = talk.say("I need 3 lakh, it is my sister")["message"]
        kept = talk.get("/messages")
        assert reply == expected
        assert kept["messages"][-1]["content"] == expected
        if transport != "rest":
            assert shown(talk.frames) == expected
