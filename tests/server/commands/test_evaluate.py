"""`esoteric evaluate` as it is typed: offline with a model on loopback, as experiments, and what stops it."""

import json
from pathlib import Path

import pytest

from server.commands import evaluate
from tests.command import command_here
from tests.langsmith_experiments import langsmith_experiments
from tests.sensible_model import sensible_model

SETS = """
policy_as_of = 2026-12-01
[dialogues]
files = "*/cases.toml"
[knowledge]
questions = ["queries.jsonl"]
off_topic = ["off_topic.txt"]
[least.model.dialogues]
state = 1.0
figures = 1.0
[least.model.knowledge]
answered = 1.0
"""
DIALOGUE = """
[[dialogue]]
name = "a name and a purpose"
steps = [
  { you = "I need 3 lakh", awaiting = "applicant_name", facts = { desired_amount = 300000 } },
  { you = "Meera Iyer", awaiting = "loan_term_months" },
]
"""
QUESTION = {"query": "what is the processing fee?", "language": "en", "relevant": ["fees.processing"]}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    folder = tmp_path / "sets"
    (folder / "journeys").mkdir(parents=True)
    (folder / "evaluation.toml").write_text(SETS)
    (folder / "journeys" / "cases.toml").write_text(DIALOGUE)
    (folder / "queries.jsonl").write_text(json.dumps(QUESTION) + "\n")
    (folder / "off_topic.txt").write_text("who won the cricket match?\n")
    return folder


def test_with_a_model_and_as_experiments(sets: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "lender"
    data_dir.mkdir()
    report = tmp_path / "out" / "report.md"
    with sensible_model() as model, langsmith_experiments() as langsmith:
        environment = {
            "GROQ_API_KEY": "gsk_none",
            "GROQ_API_BASE": model.url,
            "LANGSMITH_API_KEY": "lsv2_pt_none",
            "LANGSMITH_ENDPOINT": langsmith.sink.url,
            "LANGSMITH_TRACING": "true",
        }
        done = command_here(data_dir, "evaluate", "--sets", str(sets), "--report", str(report), **environment)
        assert done.exit_code == 0, done.output
        assert len(langsmith.tried) == 3
        assert {one["extra"]["metadata"]["model"] for one in langsmith.experiments} == {"groq:openai/gpt-oss-20b"}
        assert all("groq:openai/gpt-oss-20b" in one["name"] for one in langsmith.experiments)
        assert model.phrased
    found = json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))
    assert found["sets"]["dialogues"]["scores"]["state"] == 1.0
    assert found["sets"]["knowledge"]["scores"]["answered"] == 1.0
    assert found["use"]["calls"] == len(model.asked)
    told = sum(asked.input_tokens for asked in model.asked)
    assert found["use"]["tokens"]["input"] == pytest.approx(told, rel=0.1), "an estimate where an answer was cut off"
    assert set(found["prompts"]) >= {"understanding", "consulting", "speaking"}
    assert "answered" in report.read_text(encoding="utf-8")
    assert "dialogues: 1 cases" in done.output
    assert list(data_dir.iterdir()) == [], "what the lender has is not touched"


def test_a_score_below_what_must_hold_is_status_1_also_when_langsmith_refuses(sets: Path, tmp_path: Path) -> None:
    more = "[least.embedded.dialogues]\nstate = 1.0\n[least.embedded.knowledge]\nsilent = 1.0\n"
    (sets / "evaluation.toml").write_text(SETS + more)
    (sets / "journeys" / "cases.toml").write_text(DIALOGUE.replace("loan_term_months", "otp"))
    arguments = ("evaluate", "--only", "dialogues", "--sets", str(sets), "--report", str(tmp_path / "report.md"))
    with langsmith_experiments() as langsmith:
        langsmith.refuses = 401
        environment = {"LANGSMITH_API_KEY": "lsv2_pt_wrong", "LANGSMITH_ENDPOINT": langsmith.sink.url}
        done = command_here(tmp_path, *arguments, **environment)
    assert done.exit_code == 1
    assert "state     0.500  at least 1.000  BELOW" in done.output
    assert "LangSmith did not take the experiment" in done.output
    assert "awaits ['loan_term_months'], not ['otp']" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_away_from_a_clone_the_sets_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "_CLONE", tmp_path)
    done = command_here(tmp_path, "evaluate")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "--sets" in done.output


def test_sets_that_cannot_be_read_stop_it_in_a_line(tmp_path: Path) -> None:
    done = command_here(tmp_path, "evaluate", "--sets", str(tmp_path))
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert done.output.startswith("--sets: there is no evaluation.toml")


def test_a_model_that_cannot_be_stops_it_in_a_line(sets: Path, tmp_path: Path) -> None:
    environment = {"MODEL": "anthropic:claude", "MODEL_API_KEY": "KANARI"}
    done = command_here(tmp_path, "evaluate", "--sets", str(sets), **environment)
    assert (done.exit_code, done.output) == (2, "MODEL: anthropic needs the package langchain-anthropic\n")
