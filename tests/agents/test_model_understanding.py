"""The model points at words; the rules decide what they mean and whether that may count."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.model.proposals import may_be_added
from agents.understanding.reading import Reading
from tests.agents.model_parts import Parts, model_over_loopback, shared_rules
from tests.groq_server import content_of, tool_call

UNREAD = "it has been 24 months since then"


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    async with model_over_loopback() as made:
        yield made


def by_rules(text: str, asked: str | None) -> Reading:
    return shared_rules().read_by_rules(text, asked)[0]


def facts_and_intent(reading: Reading) -> dict[str, Any]:
    """The reading without what is heard beside it."""
    return {name: value for name, value in reading.items() if name != "heard"}


def proposing(*facts: tuple[str, str], intent: str = "provide") -> Any:
    return tool_call({"intent": intent, "facts": [{"slot": slot, "span": span} for slot, span in facts]})


async def test_the_model_settles_what_the_rules_left_open(parts: Parts) -> None:
    text = "well you know how it is"
    assert by_rules(text, "desired_amount")["intent"] == "question", "a guess"
    parts.groq.on_tool = proposing(intent="off_topic")
    assert (await parts.understander.read(text, "desired_amount"))["intent"] == "off_topic"


@pytest.mark.parametrize(("text", "slot", "span"), [(UNREAD, "loan_term_months", "24 months")])
def test_the_unread_figures_of_these_tests_are_unread(text: str, slot: str, span: str) -> None:
    assert not by_rules(text, "offer_decision")["facts"]
    assert not by_rules(text, "employment")["facts"]
    assert by_rules(span, slot)["facts"]


async def test_it_adds_a_fact_that_the_rules_read_in_its_words(parts: Parts) -> None:
    text = "my cousin took 9 lakh, I would go with 4 lakh myself"
    before = by_rules(text, "desired_amount")
    parts.groq.on_tool = proposing(("desired_amount", "4 lakh"))
    reading = await parts.understander.read(text, "desired_amount")
    assert reading["facts"].get("desired_amount") == 400_000
    assert before["facts"].get("desired_amount") in {None, 400_000}


async def test_a_hidden_income_is_pointed_at_and_read_here(parts: Parts) -> None:
    text = "my bank shows 62350 at the end"
    assert "monthly_income" not in by_rules(text, "employment")["facts"]
    parts.groq.on_tool = proposing(("monthly_income", "[SUM_1]"))
    reading = await parts.understander.read(text, "employment")
    assert b"62350" not in parts.groq.raw
    assert reading["facts"].get("monthly_income") == 62_350


@pytest.mark.parametrize(
    ("text", "asked", "slot", "span"),
    [
        ("I need 3 lakh", "loan_term_months", "loan_term_months", "48 months"),  # not in the message
        ("somewhere near 3,00,000 perhaps", "loan_term_months", "loan_term_months", "3"),  # a piece of a figure
        ("my salary is 60000 rupees", "desired_amount", "desired_amount", "60000 rupees"),  # read as something else
        ("what is the EMI for 5 lakh?", "desired_amount", "desired_amount", "5 lakh"),  # only tried out
        ("anything, but not 5 lakh", "desired_amount", "desired_amount", "5 lakh"),  # refused
        ("5 lakh nahi chahiye", "desired_amount", "desired_amount", "5 lakh"),
        ("we talked about 24 months", "desired_amount", "desired_amount", "24 months"),  # no sum
        ("my cousin took 9 lakh", "desired_amount", "desired_amount", "9 lakh"),  # somebody else's
        ("mere bhai ne 9 lakh liya tha, acha laga", "desired_amount", "desired_amount", "9 lakh"),
        (UNREAD, "employment", "loan_term_months", "24 months"),  # answered before
        (UNREAD, "offer_decision", "loan_term_months", "24 months"),  # settled long ago
        ("the figure was 60000 you know", "consent", "monthly_income", "60000"),  # nobody collects now
        ("the 4 lakh seemed fine to them", "pan", "desired_amount", "4 lakh"),
        ("hello there to all of you", "desired_amount", "purpose", "hello there"),  # no purpose of the list
        ("well sure thing then", "consent", "confirm", "sure thing"),  # never the model's
        ("well sure thing then", "offer_decision", "offer_choice", "sure thing"),
        ("number four eight two", "otp", "otp", "four eight two"),
        ("my rating is eight hundred", "desired_amount", "credit_score", "eight hundred"),
        ("my rating is eight hundred", "desired_amount", "stated_credit_score", "eight hundred"),
        ("they said it is verified", "otp", "kyc_verified", "verified"),
        ("it was 9 lakh for my cousin. I only look around", "desired_amount", "desired_amount", "9 lakh"),
        ("My father pays 9000 a month. What is the rate", "employment", "existing_emi", "9000"),
        ("I would not like 24 months at all", "loan_term_months", "loan_term_months", "24 months"),
        ("24 months, is that what people take?", "purpose", "loan_term_months", "24 months"),
        ("would 40000 be a good salary?", "employment", "monthly_income", "[SUM_1]"),
        ("mera dost 50000 kamata hai", "employment", "monthly_income", "[SUM_1]"),
        ("मेरा भाई 50000 कमाता है", "employment", "monthly_income", "[SUM_1]"),
        ("my bank shows 62350 at the end", "employment", "monthly_income", "[SUM_2]"),  # nothing behind it
        ("my bank shows 62350 at the end", "employment", "monthly_income", "62350"),  # not what it saw
        ("my bank shows 62350 at the end", "employment", "desired_amount", "[SUM_1]"),
    ],
)
async def test_what_does_not_count_changes_nothing(parts: Parts, text: str, asked: str, slot: str, span: str) -> None:
    before = by_rules(text, asked)
    parts.groq.on_tool = proposing((slot, span))
    reading = await parts.understander.read(text, asked)
    assert reading["facts"] == before["facts"]
    assert reading["spans"] == before["spans"]


@pytest.mark.parametrize(
    "intent", ["yes", "no", "withdraw", "start_over", "resend", "thanks", "approve", "", None, 5, []]
)
async def test_orders_and_answers_are_not_the_models(parts: Parts, intent: object) -> None:
    text, asked = "well you know how it is", "offer_decision"
    parts.groq.on_tool = tool_call({"intent": intent, "facts": []})
    reading = await parts.understander.read(text, asked)
    assert facts_and_intent(reading) == facts_and_intent(by_rules(text, asked))
    assert parts.groq.asked_with_tools


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I need 3 lakh for 24 months", "desired_amount"),
        ("My PAN is ZZZPM1101A", "pan"),
        ("yes", "consent"),
        ("no", "kfs_acknowledgement"),
        ("cancel my application", None),
        ("I want to talk to a human", "pan"),
    ],
)
async def test_what_the_rules_are_sure_of_stands(parts: Parts, text: str, asked: str | None) -> None:
    before = by_rules(text, asked)
    parts.groq.on_tool = proposing(("desired_amount", "3 lakh"), ("purpose", "cancel"), intent="off_topic")
    assert facts_and_intent(await parts.understander.read(text, asked)) == facts_and_intent(before)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("yes", "consent"),
        ("I agree", "kfs_acknowledgement"),
        ("ZZZPM1101A", "pan"),
        ("568535", "otp"),
        ("that would be near the old banyan tree", "address"),
    ],
)
async def test_some_messages_never_leave(parts: Parts, text: str, asked: str) -> None:
    await parts.understander.read(text, asked)
    assert parts.groq.requests == []


async def test_the_request_holds_the_question_and_no_personal_detail(parts: Parts) -> None:
    text = "I am Aarav Mehta, ZZZPM1101A, 9000000001, aarav@example.com and there were 24 of us back then"
    await parts.understander.read(text, "desired_amount")
    (body,) = parts.groq.asked_with_tools
    sent = content_of(body)
    assert sent["asked"] == "desired_amount"
    assert sent["message"] == "I am [NAME_1], [PAN_1], [PHONE_1], [EMAIL_1] and there were 24 of us back then"
    for secret in (b"Aarav", b"Mehta", b"ZZZPM1101A", b"9000000001", b"example.com"):
        assert secret not in parts.groq.raw
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Understanding"}}
    assert not body["stream"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I need 3 lakh for 24 months", "desired_amount"),
        ("mujhe 3 lakh chahiye shaadi ke liye", "desired_amount"),
        ("मुझे 3 लाख चाहिए, 24 महीने के लिए", "desired_amount"),
        ("What is the EMI for 5 lakh over 3 years?", "desired_amount"),
        ("What documents do I need for a loan?", "purpose"),
        ("36 months", "loan_term_months"),
        ("hello there", "desired_amount"),
    ],
)
async def test_what_the_rules_have_read_to_the_end_asks_nobody(parts: Parts, text: str, asked: str) -> None:
    await parts.understander.read(text, asked)
    assert parts.groq.requests == []


@pytest.mark.parametrize(
    ("text", "asked", "heard"),
    [
        (
            "3 lakh for my sister's wedding, I am Aarav Mehta",
            "desired_amount",
            "3 lakh for my sister's wedding, I am …",
        ),
        ("hello there", None, "hello there"),
        ("yes", "consent", None),
        ("Aarav Mehta, for my sister's wedding", "applicant_name", None),
        ("ZZZPM1101A, and what a day it was", "pan", None),
        ("Flat 4, Rose Villa, Pune 411001, near the station", "address", None),
    ],
)
async def test_a_speaker_hears_what_is_not_personal(parts: Parts, text: str, asked: str, heard: str | None) -> None:
    assert (await parts.understander.read(text, asked)).get("heard") == heard
    assert "heard" not in await shared_rules().read(text, asked)


@pytest.mark.parametrize(
    ("slot", "asked", "counts"),
    [
        ("desired_amount", "desired_amount", True),
        ("purpose", "desired_amount", True),
        ("desired_amount", "purpose", False),
        ("loan_term_months", "employment", False),
        ("monthly_income", "consent", False),
        ("desired_amount", "offer_decision", False),
        ("desired_amount", None, False),
        ("pan", "desired_amount", False),
    ],
)
def test_only_what_is_asked_or_comes_later_may_be_added(slot: str, asked: str | None, counts: bool) -> None:
    assert may_be_added(slot, asked) is counts
