"""What the hedge fund guy's notes answer, and what they must leave alone."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from kb.corpora import MARKETS
from kb.search import KnowledgeBase, open_knowledge_base
from tests.kb.recall import MARKET_FILES, is_answered, labelled, market_off_topic, measure, ranked


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def market_kb(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> AsyncIterator[KnowledgeBase]:
    """The real notes, as every service of the tests has them."""
    folder = tmp_path_factory.mktemp("markets") / "chroma"
    shutil.copytree(knowledge_dir, folder)
    kb = open_knowledge_base(folder, MARKETS)
    await kb.ingest()
    yield kb
    await kb.close()


def test_labels_name_clauses_that_exist(market_kb: KnowledgeBase) -> None:
    rows = [row for name in MARKET_FILES for row in labelled(name)]
    assert {clause_id for row in rows for clause_id in row.relevant} <= set(market_kb.clauses)
    assert len({row.query for row in rows}) == len(rows)
    assert len({clause_id for row in rows for clause_id in row.relevant}) >= 100, "hardly a clause is left unasked"


def test_off_topic_questions_are_many_and_none_is_a_decoy(market_kb: KnowledgeBase) -> None:
    questions = market_off_topic()
    assert len(set(questions)) == len(questions) >= 200
    decoys = {text.casefold() for clause in market_kb._indexed for text in clause.asked}
    assert len([question for question in questions if question.casefold() in decoys]) <= 10


async def test_recall_of_the_labelled_questions(market_kb: KnowledgeBase) -> None:
    questions = labelled("market_queries.jsonl")
    assert len(questions) >= 250
    measured = measure(questions, await ranked(market_kb, questions))
    assert measured.recall_3 >= 0.95, measured.missed
    assert measured.recall_1 >= 0.9


async def test_recall_of_questions_nothing_was_fitted_to(market_kb: KnowledgeBase) -> None:
    questions = labelled("market_queries_held_out.jsonl")
    measured = measure(questions, await ranked(market_kb, questions))
    assert measured.recall_3 >= 0.9, measured.missed


async def test_questions_about_markets_are_found_relevant(market_kb: KnowledgeBase) -> None:
    questions = [row.query for name in MARKET_FILES for row in labelled(name)]
    unheard = [question for question in questions if not await is_answered(market_kb, question)]
    assert len(unheard) <= len(questions) * 0.03, unheard


async def test_nothing_off_topic_is_found_relevant(market_kb: KnowledgeBase) -> None:
    answered = [question for question in market_off_topic() if await is_answered(market_kb, question)]
    assert len(answered) <= 4, answered


@pytest.mark.parametrize(
    "question",
    [
        "what is momentum in physics",
        "how do I hedge my garden properly",
        "what is your processing fee",
        "send me one bitcoin and I will send you back two",
        "how do I make chicken stock",
        "what is a black hole",
        "put the kettle on",
    ],
)
async def test_what_only_sounds_like_markets_is_told_apart(market_kb: KnowledgeBase, question: str) -> None:
    assert not await is_answered(market_kb, question)


async def test_what_is_elsewhere_is_never_answered_with(market_kb: KnowledgeBase) -> None:
    for question in market_off_topic()[:60]:
        assert {passage.id for passage in await market_kb.search(question, 20)} <= set(market_kb.clauses)


@pytest.mark.parametrize(
    ("typed", "clause"),
    [
        ("what is momentun", "momentum.meaning"),
        ("inverted yeild curve", "rates.curve"),
        ("implied volatilty explained", "options.implied"),
        ("what causes inflaton and is it bad for shares", "macro.inflation"),
        ("does TA work", "street.charts"),
        ("whats 0dte", "options.zero-day"),
    ],
)
async def test_slips_and_slang_are_understood(market_kb: KnowledgeBase, typed: str, clause: str) -> None:
    assert (await market_kb.search(typed))[0].id == clause


async def test_by_words_alone_little_off_topic_passes(tmp_path: Path) -> None:
    kb = open_knowledge_base(tmp_path / "never-opened", MARKETS)
    answered = [question for question in market_off_topic() if await is_answered(kb, question)]
    assert len(answered) <= 15, answered


async def test_what_comes_second_is_near_as_well_or_not_relevant(market_kb: KnowledgeBase) -> None:
    """A question that one clause answers is not answered with another subject once that clause was told."""
    relevant = [passage.id for passage in await market_kb.search("explain the carry trade", 8) if passage.relevant]
    assert relevant == ["rates.carry"]
    several = [passage.id for passage in await market_kb.search("is momentum worth it", 8) if passage.relevant]
    assert len([clause_id for clause_id in several if clause_id.startswith("momentum.")]) > 2
