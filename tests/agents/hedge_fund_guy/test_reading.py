"""Reading people by rules: the lists of ways, and what must hold for any text."""

import time
from collections import Counter
from decimal import Decimal
from typing import cast

import pytest
from email_validator import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.hedge_fund_guy.reading.reading import FACTS, Fact, income_in_words
from agents.hedge_fund_guy.reading.rules import RulesReader
from tests.agents.hedge_fund_guy.ways import LISTS, rows, wrong

ASKED = (None, *FACTS)
READ_RIGHT = 0.97
SHORT, LONG = 1000, 4000
# Four times the length: four times the work, give or take; every pair of words looked at would be 16.
MOST_TIMES = 10


@pytest.fixture(scope="module")
def reader() -> RulesReader:
    return RulesReader()


@pytest.mark.parametrize("name", LISTS)
def test_ways_are_read_right(reader: RulesReader, name: str) -> None:
    failed = list(wrong(reader, name))
    missed = Counter(row["kind"] for row, _ in failed)
    for kind, count in Counter(row["kind"] for row in rows(name)).items():
        assert (count - missed[kind]) / count >= READ_RIGHT, [row for row in failed if row[0]["kind"] == kind]


def test_there_are_enough_ways() -> None:
    for name in LISTS:
        kinds = Counter(row["kind"] for row in rows(name))
        assert min(kinds[fact] for fact in FACTS) >= 60
        assert kinds["refuse"] + kinds["trap"] >= 60
        assert kinds["intent"] >= 60


@pytest.mark.parametrize(
    ("text", "asked", "income"),
    [
        ("80-100k", "income", "80,000 to 100,000"),
        ("4.500,50 €", "income", "EUR 4,500.50"),
        ("I make $120k a year", None, "USD 120,000 a year"),
        ("25 quid an hour", "income", "GBP 25 an hour"),
        ("zero", "income", "0"),
    ],
)
def test_income_in_words(reader: RulesReader, text: str, asked: Fact | None, income: str) -> None:
    assert income_in_words(reader.read_now(text, asked)["facts"]["income"]) == income


@pytest.mark.parametrize(
    "text", ["120000", "85k", "about 100", "$5,000", "half a million", "Marcus", "marcus lee", "no", "pass", "zero"]
)
def test_what_answers_a_question_says_nothing_without_it(reader: RulesReader, text: str) -> None:
    reading = reader.read_now(text, None)
    assert (reading["facts"], reading["declined"], reading["broken"]) == ({}, [], [])


def test_all_three_at_once(reader: RulesReader) -> None:
    reading = reader.read_now("Hi! I'm Ana Lima, ana@lima.pt, and I make around 3.200 euros a month.", None)
    assert reading["facts"] == {
        "name": "Ana Lima",
        "email": "ana@lima.pt",
        "income": {"low": "3200", "high": None, "currency": "EUR", "period": "month"},
    }
    assert reading["intent"] == "provide"


def test_a_list_of_three(reader: RulesReader) -> None:
    reading = reader.read_now("Ana Lima / ana@lima.pt / 38k", "name")
    assert set(reading["facts"]) == set(FACTS)


def test_a_refusal_beside_a_fact_declines_only_what_it_names(reader: RulesReader) -> None:
    reading = reader.read_now("I'm Ana, but my salary is none of your business", "name")
    assert (reading["facts"], reading["declined"]) == ({"name": "Ana"}, ["income"])


@pytest.mark.parametrize("asked", ASKED)
@given(text=st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_and_what_is_read_is_valid(reader: RulesReader, asked: str | None, text: str) -> None:
    check(reader, text, cast(Fact | None, asked))


PIECES = (
    "I'm My name is Bob bob@gmail.com at gmail dot com . , ? ! - $ € 5 120k 80-100k a year per month make salary not no"
    " none of your business actually between and half million S&P lost 5,000 why source should buy O'Neill jr. ( ) \n"
)


@pytest.mark.parametrize("asked", ASKED)
@given(words=st.lists(st.sampled_from(PIECES.split(" ")), max_size=25))
@settings(max_examples=120, deadline=None)
def test_any_jumble_of_cues_is_read_and_what_is_read_is_valid(
    reader: RulesReader, asked: str | None, words: list[str]
) -> None:
    check(reader, " ".join(words), cast(Fact | None, asked))


def check(reader: RulesReader, text: str, asked: Fact | None) -> None:
    reading = reader.read_now(text, asked)
    facts = reading["facts"]
    assert reading == reader.read_now(text, asked)
    assert not set(reading["declined"]) & set(facts)
    if "name" in facts:
        assert facts["name"].strip()
        assert len(facts["name"]) <= 80
        assert any(character.isalpha() for character in facts["name"])
    if "email" in facts:
        assert validate_email(facts["email"], check_deliverability=False).normalized == facts["email"]
    if "income" in facts:
        income = facts["income"]
        assert 0 <= Decimal(income["low"]) < Decimal(income["high"] or "Infinity")
        assert income_in_words(income)


@pytest.mark.parametrize(
    ("unit", "asked"),
    [
        *[
            (unit, None)
            for unit in ("a", "@", "a@", "a.b@c.de ", "my name is Bob ", "not Bob, ", "1-", "9", "at-", "é")
        ],
        *[
            (unit, "income")
            for unit in ("1 000 ", "one ", "twenty ", "a hundred ", "I make 5k and ", "5 per ", "1 to ")
        ],
        *[(unit, "name") for unit in ("Bob, ", "J. ", "A.B.", '"a ', "私は田", "ชื่อ", "'", "Is ", "\u0301")],
        *[
            (unit, "email")
            for unit in ("dot at ", "a at b dot c ", "(at) (dot) ", "x's email ", "at-a-", "don't give ")
        ],
        *[(unit, "email") for unit in ("no ", "why ", "fuck you ", "stupid ", "?", "\n", "f*", "source ", "s&")],
    ],
)
def test_a_hostile_message_costs_in_proportion_to_its_length(
    reader: RulesReader, unit: str, asked: Fact | None
) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            reader.read_now(text, asked)
            best = min(best, time.process_time() - started)
        return best

    seconds(SHORT)
    assert seconds(LONG) < MOST_TIMES * seconds(SHORT)
