"""The service with a model: what a session took, what is on record of it, and what a decision says it was made in."""

import ast
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.model.prompts import load_prompt
from server.language import PROMPTS
from server.limits.figures import FIGURES
from tests.command import command_here
from tests.driver import Conversation, converse
from tests.faults.outside import in_a_loop
from tests.groq_server import GroqServer, text, tool_call
from tests.server.metering.parts import digest_of
from tests.server.observing.test_metrics import samples, total
from tests.service import Service, service_in_thread

MODEL = "groq:openai/gpt-oss-20b"
NONE = {"calls": 0, "input_tokens": 0, "output_tokens": 0}
Row = dict[str, Any]


@pytest.fixture
def groq() -> Iterator[GroqServer]:
    with in_a_loop(GroqServer()) as running:
        yield running


@pytest.fixture
def talkative(groq: GroqServer, data_dir: Path) -> Iterator[Service]:
    """A service whose model says nothing of use, so that the embedded default is heard."""
    with service_in_thread(data_dir, groq_api_key="gsk_not_a_key", groq_api_base=groq.url) as running:
        yield running


def on_record(service: Service) -> list[Row]:
    with closing(sqlite3.connect(service.data_dir / "esoteric.db", timeout=20)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM model_calls ORDER BY at")]


def test_a_whole_application(talkative: Service, groq: GroqServer) -> None:
    before = samples(talkative)
    with Conversation(talkative) as talk:
        converse(talk, "C01")
        rows, use = on_record(talkative), talk.session()["model_use"]
        decision = talk.get("/decision")
    assert use["calls"] == len(rows) == len(groq.requests) > 2
    assert {row["session_id"] for row in rows} == {talk.session_id}
    assert use["input_tokens"] == sum(row["input_tokens"] for row in rows) > 0
    assert use["output_tokens"] == sum(row["output_tokens"] for row in rows) > 0
    after = samples(talkative)
    told = total(after, "model_tokens_total") - total(before, "model_tokens_total")
    assert told == use["input_tokens"] + use["output_tokens"]
    assert {row["prompt"] for row in rows} <= set(PROMPTS)
    prompts = {name: load_prompt(name).sha256 for name in PROMPTS}
    assert decision["language"] == {"model": MODEL, "prompts": prompts}
    assert {(row["prompt"], row["prompt_sha256"]) for row in rows} <= set(prompts.items())


def test_every_prompt_of_the_loan_is_named() -> None:
    found = set()
    for file in Path("agents/model").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "load_prompt":
                found.add(ast.literal_eval(node.args[0]))
    assert found == set(PROMPTS)


def test_whoever_objects_to_models(talkative: Service, groq: GroqServer) -> None:
    with Conversation(talkative) as talk:
        talk.http.post(
            f"/api/v1/sessions/{talk.session_id}/consents", json={"purpose": "model_processing", "given": False}
        ).raise_for_status()
        converse(talk, "C01")
        assert talk.session()["model_use"] == NONE
        assert talk.get("/decision")["language"] == {"model": None, "prompts": {}}
    assert groq.requests == []


def test_the_embedded_default(own_service: Service) -> None:
    with Conversation(own_service) as talk:
        converse(talk, "C01")
        assert talk.session()["model_use"] == NONE
        assert talk.get("/decision")["language"] == {"model": None, "prompts": {}}
    assert on_record(own_service) == []


def test_a_decision_replays_whatever_language_it_was_made_in(talkative: Service) -> None:
    with Conversation(talkative) as talk:
        converse(talk, "C01")
        decision = talk.get("/decision")
    again = command_here(talkative.data_dir, "replay", decision["decision_id"])
    assert again.exit_code == 0, again.output
    assert "byte for byte the same" in again.output


def test_who_erases_a_session_leaves_the_record(talkative: Service) -> None:
    with Conversation(talkative) as talk:
        talk.say("hmm, well, you know how it is with my plans")
        talk.http.delete(f"/api/v1/sessions/{talk.session_id}").raise_for_status()
    rows = on_record(talkative)
    assert rows
    assert {row["session_id"] for row in rows} == {None}


def test_a_model_that_never_stops(talkative: Service, groq: GroqServer) -> None:
    """Whatever it says, a turn asks six times at most and keeps within its tokens, and the talk goes on."""
    groq.on_tool = groq.on_consult = tool_call({"query": "again and again", "intent": "question", "facts": []})
    groq.on_text = text("Well. " * 100)
    with Conversation(talkative) as talk:
        for number in range(30):
            answer = talk.say(f"hmm, what do you think of it all, say {number}?")
            assert answer["message"]
    rows = on_record(talkative)
    assert Counter(row["sent_sha256"] for row in rows) == Counter(map(digest_of, groq.requests))
    assert {row["purpose"] for row in rows} == {"understand", "consult", "phrase"}
    of_turns: dict[str, list[Row]] = {}
    for row in rows:
        of_turns.setdefault(row["turn_id"], []).append(row)
    assert len(of_turns) > 20
    for calls in of_turns.values():
        assert len(calls) <= FIGURES.model_calls_of_a_turn
        assert sum(row["input_tokens"] + row["output_tokens"] for row in calls) <= FIGURES.model_tokens_of_a_turn


def test_the_hedge_fund_guy_is_on_record_too(talkative: Service, groq: GroqServer) -> None:
    with talkative.client() as http:
        session_id = http.post("/api/sessions").raise_for_status().json()["session_id"]
        for words in ("Hello there", "What do you make of the bond market these days, honestly?"):
            http.post("/api/chat", json={"message": words, "session_id": session_id}).raise_for_status()
    rows = on_record(talkative)
    assert len(rows) == len(groq.requests) > 0
    assert {row["session_id"] for row in rows} == {session_id}
    assert all(row["prompt"].startswith("hedge_fund_guy_") for row in rows)


def test_an_operator_reads_what_left(talkative: Service) -> None:
    with Conversation(talkative) as talk:
        talk.say("hmm, well, you know how it is with my plans")
        session_id = talk.session_id
    today = datetime.now(UTC).date().isoformat()
    printed = []
    for options in ([], ["--session", session_id], ["--day", today], ["--session", session_id, "--day", today]):
        result = command_here(talkative.data_dir, "audit", "models", *options)
        assert result.exit_code == 0, result.output
        printed.append([json.loads(line) for line in result.output.splitlines()])
    assert printed[0] == printed[1] == printed[2] == printed[3] == on_record(talkative) != []
    for options in (["--session", "another"], ["--day", "2020-01-01"]):
        assert command_here(talkative.data_dir, "audit", "models", *options).output == ""
    assert command_here(talkative.data_dir, "audit", "models", "--day", "today").exit_code == 2
