from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.clauses import load_clauses
from kb.lexical import LexicalIndex, stem, words_of


@pytest.fixture
def index(clauses_dir: Path) -> LexicalIndex:
    return LexicalIndex(load_clauses(clauses_dir))


@pytest.mark.parametrize(
    ("one", "other"),
    [("charges", "charge"), ("fees", "fee"), ("closing", "close"), ("rejected", "reject"), ("penalties", "penalty"),
     ("planned", "plan"), ("instalments", "instalment"), ("processing", "process")],
)  # fmt: skip
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_amounts_are_one_word_however_grouped() -> None:
    assert words_of("₹5,00,000") == words_of("500,000") == words_of("500000") == ["500000"]


def test_words_without_meaning_are_left_out() -> None:
    assert words_of("What is the fee, and how do I pay it?") == ["fee", "pay"]


@given(st.text())
def test_any_text_has_words_or_none(text: str) -> None:
    assert all(word == word.lower() and word for word in words_of(text))


def test_the_clause_with_the_word_comes_first(index: LexicalIndex) -> None:
    assert index.search(words_of("processing fees"), 3)[0] == "fees.processing"
    assert index.search(words_of("file charges"), 3)[0] == "fees.processing"


@pytest.mark.parametrize("question", ["", "the", "cricket", "!!!"])
def test_nothing_shared_finds_nothing(index: LexicalIndex, question: str) -> None:
    assert index.search(words_of(question), 3) == []


def test_coverage_is_the_known_share_of_the_question(index: LexicalIndex) -> None:
    assert index.coverage(["process", "fee"], "fees.processing") == pytest.approx(1)
    assert 0 < index.coverage(["fee", "cricket"], "fees.processing") < 0.5
    assert index.coverage(["cricket"], "fees.processing") == 0
    assert index.coverage([], "fees.processing") == 0
