from collections.abc import Sequence

import pytest

from kb.search import KnowledgeBase
from tests.kb.recall import Labelled, labelled, measure, off_topic, ranked


@pytest.fixture(scope="module")
def questions() -> list[Labelled]:
    return labelled("queries.jsonl")


def test_labels_name_clauses_that_exist(loan_kb: KnowledgeBase) -> None:
    rows = labelled("queries.jsonl") + labelled("queries_held_out.jsonl")
    assert {clause_id for row in rows for clause_id in row.relevant} <= set(loan_kb.clauses)
    assert len({row.query for row in rows}) == len(rows)


def test_every_topic_is_asked_about(questions: Sequence[Labelled], loan_kb: KnowledgeBase) -> None:
    asked = {clause_id.split(".")[0] for question in questions for clause_id in question.relevant}
    assert {clause_id.split(".")[0] for clause_id in loan_kb.clauses} == asked


async def test_recall_of_the_labelled_questions(questions: Sequence[Labelled], loan_kb: KnowledgeBase) -> None:
    assert len(questions) >= 80
    measured = measure(questions, await ranked(loan_kb, questions))
    assert measured.recall_3 >= 0.95, measured.missed


async def test_hinglish_is_not_left_behind(questions: Sequence[Labelled], loan_kb: KnowledgeBase) -> None:
    chosen = [question for question in questions if question.language != "en"]
    assert len(chosen) >= 40
    assert measure(chosen, await ranked(loan_kb, chosen)).recall_3 >= 0.95


async def test_recall_of_questions_nothing_was_fitted_to(loan_kb: KnowledgeBase) -> None:
    held_out = labelled("queries_held_out.jsonl")
    measured = measure(held_out, await ranked(loan_kb, held_out))
    assert measured.recall_3 >= 0.8, measured.missed


async def test_both_searches_together_beat_either_alone(questions: Sequence[Labelled], loan_kb: KnowledgeBase) -> None:
    both = measure(questions, await ranked(loan_kb, questions))
    vectors = measure(questions, [list(await loan_kb.similarity(question.query)) for question in questions])
    assert both.mrr > vectors.mrr


async def test_off_topic_questions_are_told_apart(questions: Sequence[Labelled], loan_kb: KnowledgeBase) -> None:
    async def share(queries: Sequence[str]) -> float:
        found = [any(passage.relevant for passage in await loan_kb.search(query)) for query in queries]
        return sum(found) / len(found)

    assert await share([question.query for question in questions]) >= 0.95
    assert await share(off_topic()) <= 0.1
