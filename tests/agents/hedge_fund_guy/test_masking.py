"""What is kept of a message beside the transcript holds nothing about the person."""

import time
from typing import Any

import pytest

from agents.hedge_fund_guy.masking import masked
from tests.agents.hedge_fund_guy.talk import INCOME, read_as


@pytest.mark.parametrize(
    ("text", "facts", "kept"),
    [
        ("What is momentum?", {}, "What is momentum?"),
        ("mail ana@example.com: what is momentum?", {}, "mail [email] what is momentum?"),
        ("It's ana at example dot com. Rates?", {"email": "ana@example.com"}, "It's [email]. Rates?"),
        ("call +91 98765 43210 about rates", {}, "call [number] about rates"),
        ("ANA here: do rates matter to ana?", {"name": "Ana"}, "[name] here: do rates matter to [name]?"),
        ("Analysts say rates fall", {"name": "Ana"}, "Analysts say rates fall"),
        ("I make $120,000, do rates matter?", {"income": INCOME}, "I make [income], do rates matter?"),
        ("I make ninety thousand, do rates matter?", {"income": INCOME}, "I make [income], do rates matter?"),
        ("is 5,000 high for the index?", {}, "is 5,000 high for the index?"),
    ],
)
def test_hides_the_person_and_leaves_the_question(text: str, facts: dict[str, Any], kept: str) -> None:
    assert masked(text, read_as("market", **facts), "Ana" if "name" in facts else None) == kept


def test_facts_alone_are_kept_as_their_names() -> None:
    reading = read_as("provide", name="Ana", income=INCOME)
    assert masked("Ana, and ninety of the big ones", reading, "Ana") == "[name] [income]"


@pytest.mark.parametrize("unit", ["a", "@", "a@", "1 ", "at ", "a at b dot ", "twenty ", "1.", "a ", "+1("])
def test_takes_time_by_length_alone(unit: str) -> None:
    reading = read_as("market", email="ana@example.com", income=INCOME)

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()
        for _ in range(5):
            masked(text, reading, "Ana B")
        return time.process_time() - started

    assert seconds(4000) < 0.25 + 40 * seconds(400)
