"""Cases run with the rules and templates alone, by words alone: what is right scores, what is wrong does not."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from agents.embedded import embedded_services
from kb.search import open_knowledge_base
from server.evaluation.report import about_run, figures, holds, markdown, table
from server.evaluation.running import Evaluation, no_calls
from server.evaluation.sets import Case, Sets, read_sets

AS_OF = date(2026, 12, 1)
SETS = read_sets(Path(__file__).parents[2])


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    knowledge = open_knowledge_base(tmp_path / "never-opened")
    services = dataclasses.replace(embedded_services(), knowledge=knowledge)
    return Evaluation(services, knowledge, no_calls, AS_OF)


def case_named(part: str) -> Case:
    (found,) = (case for case in SETS.cases if part in case.name)
    return found


@pytest.mark.parametrize(
    "part",
    [
        "a question about an option chooses none",  # other records
        "the language changes midway",  # led up to
        "what is the processing fee",
    ],
)
async def test_a_case_that_holds(part: str, evaluation: Evaluation) -> None:
    cases = [case for case in SETS.cases if part in case.name]
    for case in cases:
        result = await evaluation.run(case)
        assert result.objections == []
        assert set(result.scores.values()) == {1.0}
        assert len(result.turns) == len(result.replies) >= 1


async def test_slips_and_days(evaluation: Evaluation) -> None:
    for case in SETS.cases:
        if case.set == "dialogues" and any("slip" in step or "days" in step for step in case.inputs["steps"]):
            result = await evaluation.run(case)
            assert result.scores["state"] == 1.0, result.objections


async def test_a_case_begins_with_nothing(evaluation: Evaluation) -> None:
    """Run twice: neither tries at a PAN nor applications of the first run count in the second."""
    case = case_named("details that do not match are asked again")
    first, second = await evaluation.run(case), await evaluation.run(case)
    assert first.objections == second.objections == []


async def test_a_wrong_reply_or_state_is_an_objection(evaluation: Evaluation) -> None:
    asked = {"you": "I need 3 lakh"}
    wrong = {"says": "no such words", "awaiting": "otp", "facts": {"desired_amount": 300_000}}
    result = await evaluation.run(Case("dialogues", "wrong", {"steps": [asked]}, {"steps": [wrong]}))
    assert (result.scores["state"], result.scores["replies"], result.scores["figures"]) == (0.0, 0.0, 1.0)
    assert result.objections == [
        "state, step 1: awaits ['applicant_name'], not ['otp']",
        "replies, step 1: does not say 'no such words'",
    ]


async def test_a_question_is_answered_by_its_clause_and_another_not_at_all(evaluation: Evaluation) -> None:
    question = {"question": "what is the processing fee?"}
    right = await evaluation.run(Case("knowledge", "right", question, {"clauses": ["fees.processing"]}))
    assert (right.scores["answered"], right.scores["recall_3"]) == (1.0, 1.0)
    wrong = await evaluation.run(Case("knowledge", "wrong", question, {"clauses": ["kyc.otp"]}))
    assert (wrong.scores["answered"], wrong.scores["recall_3"]) == (0.0, 0.0)
    told = await evaluation.run(Case("knowledge", "not ours", question, {"clauses": []}))
    assert told.scores["silent"] == 0.0
    asked = {"question": "who is the prime minister of India?"}
    silent = await evaluation.run(Case("knowledge", "silent", asked, {"clauses": []}))
    assert silent.scores["silent"] == 1.0


async def test_the_report_says_what_is_below_what_must_hold(evaluation: Evaluation) -> None:
    asked = {"steps": [{"you": "I need 3 lakh"}]}
    cases = tuple(Case("dialogues", name, asked, {"steps": [{"says": name}]}) for name in ("3,00,000", "never said"))
    least = {"embedded": {"dialogues": {"replies": 0.6, "figures": 1.0}}}
    results = [await evaluation.run(case) for case in cases]
    about = about_run("1", evaluation.language, AS_OF)
    found = figures(results, Sets(AS_OF, cases, least), about)  # type: ignore[arg-type]
    assert found["sets"]["dialogues"]["scores"] == {"figures": 1.0, "language": 1.0, "replies": 0.5, "state": 1.0}
    assert found["sets"]["dialogues"]["below"] == ["replies"]
    assert not holds(found)
    assert "BELOW" in table(found)
    assert "'never said'" in markdown(found)
    least["embedded"]["dialogues"]["replies"] = 0.5
    assert holds(figures(results, Sets(AS_OF, cases, least), about))  # type: ignore[arg-type]
