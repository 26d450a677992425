"""One message leaves in one form, or not at all."""

import pytest

from agents.model.masking import Masking
from tests.agents.model_parts import shared_rules


@pytest.fixture(scope="module")
def masking() -> Masking:
    return Masking(shared_rules())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("yes", "consent"),
        ("haan, manzoor hai", "offer_decision"),
        ("ZZZPM1101A", "pan"),
        ("568535", "otp"),
        ("9000000001 18/04/1992", "phone"),
        ("that would be near the old banyan tree", "address"),
        ("riverside something", "employer"),
        ("...", None),
        ("", None),
    ],
)
def test_what_may_be_a_personal_answer_does_not_leave(masking: Masking, text: str, asked: str | None) -> None:
    assert masking.masked(text, asked) is None


@pytest.mark.parametrize("asked", [None, "desired_amount", "purpose", "consent"])
def test_a_question_leaves_without_who_asks_it(masking: Masking, asked: str | None) -> None:
    text = "I am Aarav Mehta, ZZZPM1101A. What does a loan of 3 lakh cost, and may aarav repay early?"
    left = masking.masked(text, asked)
    assert left == "I am [NAME_1], [PAN_1]. What does a loan of 3 lakh cost, and may [NAME_2] repay early?"


def test_a_long_message_is_shortened(masking: Masking) -> None:
    assert len(masking.masked("what is the rate? " * 1000, None) or "") == 2000


def test_what_a_salary_could_buy_is_asked_without_the_salary(masking: Masking) -> None:
    assert masking.masked("Can I get 5 lakh on a salary of 62,350?", None) == (
        "Can I get 5 lakh on a salary of [SUM_1]?"
    )
