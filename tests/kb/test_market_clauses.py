"""The hedge fund guy's notes: short, without tips, promises or prices of the day."""

import re
from collections import Counter
from itertools import chain

from kb.clauses import load_clauses
from kb.corpora import MARKETS

CLAUSES = load_clauses(MARKETS.clauses)
_END = re.compile(r"(?<=[.!?])\s+")
_TIPS = re.compile(
    r"\b(you should (?:buy|sell|hold)|i recommend|guarantee\w*|risk-free|can(?:no|')t lose"
    r"|will (?:double|surely|certainly)|price target"
    r"|buy now|sell now|strong buy|today's price|currently trades|right now)\b",
    re.IGNORECASE,
)


def test_there_are_enough_on_every_subject() -> None:
    assert len(CLAUSES) >= 100
    documents = Counter(clause.document for clause in CLAUSES)
    assert set(documents) == {"Behaviour", "Macro", "Momentum", "Options", "Rates", "Risk", "The street", "Value"}
    assert min(documents.values()) >= 9


def test_each_is_a_few_sentences_that_answer_several_questions() -> None:
    for clause in CLAUSES:
        assert 2 <= len(_END.split(clause.text)) <= 5, clause.id
        assert len(clause.text) <= 460, clause.id
        assert 3 <= len(clause.asked) <= 6, clause.id


def test_no_sentence_and_no_question_stands_twice() -> None:
    sentences = Counter(chain.from_iterable(_END.split(clause.text.casefold()) for clause in CLAUSES))
    questions = Counter(question.casefold() for clause in CLAUSES for question in clause.asked)
    titles = Counter(clause.title for clause in CLAUSES)
    assert [text for text, count in (sentences + questions + titles).items() if count > 1] == []


def test_none_is_a_tip_a_promise_or_a_quote() -> None:
    assert [clause.id for clause in CLAUSES if _TIPS.search(clause.text)] == []


def test_what_is_elsewhere_is_no_clause() -> None:
    assert MARKETS.elsewhere is not None
    elsewhere = load_clauses(MARKETS.elsewhere)
    assert not {clause.id for clause in elsewhere} & {clause.id for clause in CLAUSES}
    asked = {question.casefold() for clause in CLAUSES for question in clause.asked}
    assert not asked & {question.casefold() for clause in elsewhere for question in clause.asked}
