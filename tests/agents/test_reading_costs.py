"""A long message costs in proportion to its length: all conversations wait while one is read."""

import time

import pytest

from agents.understanding.rules import RulesUnderstander

SHORT, LONG = 1000, 4000
# Four times the length: four times the work, give or take; every pair of words looked at would be 16, every three 64.
MOST_TIMES = 10

CASES = [
    ("1k emi ", None),
    ("pay 1k ", None),
    ("1k loan ", None),
    ("need 1k ", "desired_amount"),
    ("1k ", "purpose"),
    ("k ", "applicant_name"),
    ("? ", None),
    ("1. ", "offer_decision"),
    ("age 30 ", None),
]


@pytest.mark.parametrize(("unit", "asked"), CASES)
def test_a_message_four_times_as_long_is_not_ten_times_the_work(unit: str, asked: str | None) -> None:
    understander = RulesUnderstander()

    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            understander.read_by_rules(text, asked)
            best = min(best, time.process_time() - started)
        return best

    seconds(SHORT)
    assert seconds(LONG) < MOST_TIMES * seconds(SHORT)


def test_the_first_sums_of_a_pasted_statement_are_placed() -> None:
    reading, _ = RulesUnderstander().read_by_rules("I need 3 lakh. " + "rent 12000. " * 200, None)
    assert reading["facts"]["desired_amount"] == 300_000
