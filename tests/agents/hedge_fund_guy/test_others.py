"""What is said of somebody else, or of a market, is no fact about the person who says it."""

import pytest

from agents.hedge_fund_guy.reading.reading import Fact
from agents.hedge_fund_guy.reading.rules import RulesReader

READER = RulesReader()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("name", "Elon Musk is a fraud"),
        ("name", "Steve is my broker"),
        ("name", "Jerome Powell was wrong"),
        ("name", "Not Bob"),
        ("name", "S&P at 6000"),
        ("name", "AT&T?"),
        ("name", "P/E of 40"),
        ("name", "<b>"),
        ("email", "I looked at amazon.com"),
        ("email", "we were looking at finance.yahoo.com"),
        ("income", "Apple's income is 90 billion"),
        (None, "Apple's income is 90 billion"),
        (None, "Nvidia's net income was 30 billion a quarter"),
        (None, "income stocks paying 5000 a year"),
        (None, "fixed income paying 5000 a year"),
    ],
)
def test_of_others(asked: Fact | None, text: str) -> None:
    assert READER.read_now(text, asked)["facts"] == {}


@pytest.mark.parametrize(
    ("asked", "text", "fact"),
    [
        ("name", "Marcus is fine", "name"),
        ("name", "Marcus is my name", "name"),
        ("name", "not Bob, Rob", "name"),
        ("name", "J", "name"),
        ("email", "bob at gmail.com", "email"),
        ("email", "I use bob at gmail.com", "email"),
        ("email", "you can reach bob dot smith at firm.com", "email"),
        ("income", "here's income: 90k", "income"),
        (None, "my income is 90k, mostly from fixed income", "income"),
    ],
)
def test_of_oneself(asked: Fact | None, text: str, fact: Fact) -> None:
    assert set(READER.read_now(text, asked)["facts"]) == {fact}
