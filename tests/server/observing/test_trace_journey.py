"""A loan and a talk with the guy as LangSmith receives them: named, grouped, rated, and without the person."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from agents.model.prompts import load_prompt
from server.language import PROMPTS
from tests.driver import Conversation, Json, customers
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer, drop, in_turn, refusal, text, tool_call
from tests.langsmith_sink import Sink, langsmith_sink
from tests.sensible_model import sensible_model
from tests.server.observing.journey import CUSTOMER, QUESTIONS, SMALL_TALK, traced, travel, written
from tests.server.observing.test_tracing import NODES, figures, occurs, secrets_of
from tests.service import fresh_data_dir, service_in_thread

TOOLS = {"emi_what_if"}
ASKS = {"understand", "consult", "phrase"}
GUY = {"name": "Zqmeera Zqnair", "mail": "zqmeera@example.com", "income": "6123457"}


class Journey(NamedTuple):
    sink: Sink
    talk: Conversation
    last: Json
    code: str
    guy_session: str
    said: dict[str, str]  # what the customer said, and the run that answered it

    def of(self, run_id: str) -> list[Json]:
        return [run for run in self.sink.runs.values() if run["trace_id"] == run_id]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Journey]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("journey") / "var", knowledge_dir)
    with langsmith_sink() as sink, sensible_model() as model:
        settings = {"groq_api_key": "any", "groq_api_base": model.url, **traced(sink)}
        with (
            service_in_thread(data_dir, **settings) as service,
            Conversation(service) as talk,
        ):
            last = travel(talk)
            code = talk.code()
            guy_session = talk.http.post("/api/sessions").json()["session_id"]
            for words in ("Hi, what do you make of gold?", *GUY.values(), "you are a fool"):
                said = {"session_id": guy_session, "message": words}
                talk.http.post("/api/chat", json=said).raise_for_status()
            sink.wait_for_roots(len(talk.answers) + 5)
            runs = {answer["message_id"]: answer["run_id"] for answer in talk.answers}
            said = {one["content"]: runs[one["message_id"]] for one in talk.transcript() if one["role"] == "user"}
        yield Journey(sink, talk, last, code, guy_session, said)


def test_the_run_ids_of_the_answers_are_those_of_the_traces(journey: Journey) -> None:
    assert journey.last["loan_application"]["status"] == "sanctioned"
    returned = [answer["run_id"] for answer in journey.talk.answers]
    roots = [run for run in journey.sink.runs.values() if "parent_run_id" not in run]
    of_the_loan = [root for root in roots if root["name"] == "loan turn"]
    assert sorted(root["id"] for root in of_the_loan) == sorted(set(returned))
    assert all(root["extra"]["metadata"]["attempt"] == 1 for root in roots)
    for session_id, name, number in (
        (journey.talk.session_id, "loan turn", len(returned)),
        (journey.guy_session, "hedge_fund_guy turn", 5),
    ):
        grouped = [root["name"] for root in roots if root["extra"]["metadata"]["thread_id"] == session_id]
        assert grouped == [name] * number


def test_nodes_asks_and_tools_are_named(journey: Journey) -> None:
    asked = journey.of(journey.said[QUESTIONS[1]])
    names = {run["name"]: run for run in asked}
    assert set(names) >= {"understand", "consult", "reply"} | TOOLS
    node = next(run for run in asked if run["id"] == names["consult"]["parent_run_id"])
    assert node["name"] in NODES
    assert names["emi_what_if"]["run_type"] == "tool"
    everything = [run for run in journey.sink.runs.values() if run["session_name"] == "esoteric"]
    assert {run["name"] for run in everything if run["run_type"] == "llm"} >= ASKS
    prompts = {
        (run["extra"]["metadata"]["prompt"], run["extra"]["metadata"]["prompt_sha256"])
        for run in everything
        if run["run_type"] == "llm" and run["name"] in ASKS
    }
    assert prompts >= {(name, load_prompt(name).sha256) for name in PROMPTS}


def test_thumbs_are_on_their_runs(journey: Journey) -> None:
    rated = {kept["run_id"]: kept for kept in journey.sink.feedback.values()}
    expected = {journey.said[QUESTIONS[0]]: 0, journey.said[QUESTIONS[1]]: 1, journey.last["run_id"]: 1}
    assert {run_id: kept["score"] for run_id, kept in rated.items()} == expected
    for kept in rated.values():
        assert (kept["key"], kept["extend_trace_retention"]) == ("thumb", False)
        assert not {"comment", "value", "correction", "extra"} & kept.keys()


def test_no_byte_tells_of_the_person(journey: Journey) -> None:
    letter_id = journey.last["loan_application"]["sanction_letter_url"].rpartition("/")[2]
    offer = journey.last["loan_application"]["offer"]
    planted = {journey.code, letter_id, *secrets_of(customers()[CUSTOMER]), *GUY.values()}
    planted |= {figure for name in ("amount", "emi") for figure in figures(offer[name])}
    planted |= set(GUY["name"].split())
    assert len(planted) > 20
    assert [secret for secret in planted if occurs(secret, journey.sink.raw)] == []


def test_the_journey_can_be_read(journey: Journey) -> None:
    shown = "\n".join(written(journey.sink, [answer["run_id"] for answer in journey.talk.answers]))
    assert shown.count("── trace") == len(journey.talk.answers)
    assert shown.count("thumb: score") == 3
    assert "emi_what_if (tool)" in shown


@pytest.fixture
def groq() -> Iterator[GroqServer]:
    with in_a_loop(GroqServer()) as running:
        yield running


def test_tries_and_resets_of_the_model_can_be_seen(groq: GroqServer, data_dir: Path) -> None:
    """A hiccup is two runs, the first with its error; words that broke off are a run with its error."""
    groq.on_tool = in_turn(refusal(503), tool_call({"intent": "unclear", "facts": []}))
    groq.on_text = in_turn(drop("Hello there. How much would you"), text(""))
    with langsmith_sink() as sink:
        with (
            service_in_thread(data_dir, groq_api_key="any", groq_api_base=groq.url, **traced(sink)) as service,
            Conversation(service, "websocket") as talk,
        ):
            talk.say(SMALL_TALK)
            sink.wait_for_roots(1)
        assert "reset" in {frame["type"] for frame in talk.frames}
        asked = sorted((run for run in sink.runs.values() if run["run_type"] == "llm"), key=lambda r: r["dotted_order"])
    tries = [(run["name"], run.get("error", "").partition("\n")[0]) for run in asked]
    assert tries[:2] == [("understand", "InternalServerError"), ("understand", "")]
    assert [name for name, error in tries[2:] if error] == ["phrase"]
