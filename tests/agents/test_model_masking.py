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


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my phone is nine eight seven six five four three two one zero", "my phone is [CODE_1]"),
        ("call me on double nine 8 7 6 triple five 2 1", "call me on [CODE_1]"),
        ("mera number nau aath saat chhe paanch chaar teen do ek hai", "mera number [CODE_1] hai"),
        ("मेरा नंबर नौ आठ सात छह पाँच चार तीन दो एक है", "मेरा नंबर [CODE_1] है"),
        ("is A B C P M 1 2 3 4 F a good PAN?", "is [CODE_1] good PAN?"),
        ("I am r.a.h.u.l s-h-a-r-m-a, what is the rate?", "I am [CODE_1], what is the rate?"),
        ("রাহুল and ராகுல் and ರಾಹುಲ್ ask for the rate", "[WORD_1] and [WORD_2] and [WORD_3] ask for the rate"),
        ("my pin is 560001 and aadhaar ends in 4821", "my pin is [ADDRESS_1] and aadhaar ends in [NUMBER_1]"),
        ("account no. 12345678, passport M1234567", "account no. [NUMBER_1], passport [NUMBER_2]"),
        ("born third of march nineteen eighty five; too old?", "born[DATE_1]; too old?"),
        ("it is to repay Suresh Gupta", "it is to repay [NAME_1] [NAME_2]"),
    ],
)
def test_what_is_spelled_out_or_goes_by_its_name_stays_here(masking: Masking, text: str, left: str) -> None:
    assert masking.masked(text, None) == left


@pytest.mark.parametrize(
    "text",
    [
        "is it 12, 24, 36 or 48 months?",
        "what do I do if I am late?",
        "how do I do a 2 year loan?",
        "ek do saal ya teen chaar saal?",
        "do I need an account for 300000?",
        "why do you ask for my date of birth?",
    ],
)
def test_what_only_looks_spelled_out_leaves_as_it_is(masking: Masking, text: str) -> None:
    assert masking.masked(text, None) == text
