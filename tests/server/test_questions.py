"""Questions to the running service with a model: what a customer reads, what is counted, whose data it is about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.consulting_parts import OFFERED, consulted, looks_up
from tests.driver import Conversation
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer, text, tool_call
from tests.server.observing.test_metrics import samples, total
from tests.service import Service, fresh_data_dir, service_in_thread

QUESTION = "Should I take 2 or 3 years for 5 lakh?"
COMPARISON = ("emi_what_if", {"amount": 500_000, "months": [24, 36]})
COMPARED = (
    "For ₹5,00,000 at 10% to 15% a year, depending on the credit score:\n"
    "- Over 24 months: EMI ₹23,072 to ₹24,243, total interest ₹53,740 to ₹81,841\n"
    "- Over 36 months: EMI ₹16,134 to ₹17,333, total interest ₹80,807 to ₹1,23,973\n"
    "A longer tenure has the lower EMI and costs more interest in all. This is an estimate, not an offer."
)


@pytest.fixture(scope="module")
def groq() -> Iterator[GroqServer]:
    with in_a_loop(GroqServer()) as running:
        running.on_tool = tool_call({"intent": "unclear", "facts": []})
        running.on_text = text("")
        yield running


@pytest.fixture(scope="module")
def talkative(groq: GroqServer, tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("service") / "var", knowledge_dir)
    with service_in_thread(data_dir, groq_api_key="gsk_not_a_key", groq_api_base=groq.url) as running:
        yield running


def test_a_question_is_looked_up_and_counted(talkative: Service, groq: GroqServer) -> None:
    groq.on_consult = looks_up(COMPARISON)
    groq.requests.clear()
    before = samples(talkative)
    with Conversation(talkative) as talk:
        reply = talk.say(QUESTION)["message"]
        assert reply.startswith(COMPARED)
        assert talk.session()["model_use"]["calls"] == len(groq.requests)
    assert len(consulted(groq)) == 2
    asks = [total(found, "model_seconds_count", purpose="consult") for found in (before, samples(talkative))]
    assert asks[1] - asks[0] == 2


def test_whoever_asks_gets_their_own(talkative: Service, groq: GroqServer) -> None:
    groq.on_consult = looks_up(("application_summary", {}), ("search_knowledge", {"query": "what is known of me"}))
    with Conversation(talkative) as first, Conversation(talkative) as second:
        first.say(OFFERED[0])
        second.say("I need 2 lakh")
        assert "identity check is under way" in first.say("How is my application going?")["message"]
        theirs = second.say("How is my application going?")["message"]
        assert "a few details are still missing" in theirs
        assert "Aarav" not in theirs
    for body in consulted(groq):
        assert "Aarav" not in str(body)
