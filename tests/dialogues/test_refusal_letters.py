"""A refusal in writing: one letter, in the customer's language, with reasons that may be told, kept and mailed."""

import re

import pytest

from agents.context import Context
from agents.deciding.refusing import content_of
from agents.loan_view import view
from tests.conversation import Conversation, customer
from tests.pdf import words

NEW_REFUSAL = ["what about 80000?", "80000", "why", "yes"]
OPENINGS = {
    "en": "I would like to borrow 1 lakh for travel over 24 months, I am {name}",
    "hinglish": "mujhe ghoomne ke liye 1 lakh chahiye 24 mahine ke liye, mera naam {name} hai",
    "hi": "मुझे घूमने के लिए 24 महीने के लिए 1 लाख चाहिए, मेरा नाम {name} है",
}


async def refused(customer_id: str, language: str = "en", **changes: object) -> Conversation:
    person = customer(customer_id, **changes)
    conversation = Conversation(customers=[person])
    await conversation.say(OPENINGS[language].format(name=person.name))
    while conversation.awaiting[:1] == ["consent"]:
        await conversation.say({"en": "yes", "hinglish": "haan", "hi": "हाँ"}[language])
    await conversation.say(f"{person.pan}, {person.dob.strftime('%d/%m/%Y')}, {person.phone}")
    await conversation.say("OTP")
    assert conversation.application["status"] == "rejected"
    return conversation


async def letter_text(conversation: Conversation) -> str:
    url = view(conversation.state)["loan_application"]["refusal_letter_url"]
    assert url in conversation.reply
    pdf = await conversation.papers.letter(url.rpartition("/")[2])
    assert pdf
    return words(pdf)


async def test_the_letter_says_why_what_would_change_it_and_where_the_report_is_seen() -> None:
    conversation = await refused("C05")
    text = " ".join((await letter_text(conversation)).split())
    lender = conversation.services.lender
    assert "Your credit score is below the level" in text
    assert lender.bureau.name in text
    assert lender.grievance_officer.phone in text
    assert "Rohan Das" in text
    assert "ZZZPD1105E" not in text


@pytest.mark.parametrize("language", OPENINGS)
async def test_the_letter_is_mailed_once_whatever_is_said_later(language: str) -> None:
    conversation = await refused("C14", language)
    for text in NEW_REFUSAL:
        await conversation.say(text)
    mails = [message for message in conversation.carrier.sent if message.channel == "email"]
    assert len(mails) == 1
    assert [attachment.media_type for attachment in mails[0].attachments] == ["application/pdf"]
    assert re.search(r"[\u0900-\u097f]", mails[0].subject) if language == "hi" else mails[0].subject.isascii()


@pytest.mark.parametrize(("language", "of_letter"), [("en", "en"), ("hinglish", "en"), ("hi", "hi")])
async def test_reasons_are_at_most_four_and_in_the_letters_language(language: str, of_letter: str) -> None:
    conversation = await refused("C14", language)
    content = content_of(conversation.state["application"], context(conversation))
    assert content.language == of_letter
    assert 1 <= len(content.reasons) <= 4
    assert bool(re.search(r"[\u0900-\u097f]", content.reasons[0].text)) == (of_letter == "hi")


async def test_a_refusal_before_the_bureau_names_no_report() -> None:
    conversation = await refused("C12")
    assert conversation.providers.pulls == []
    assert conversation.services.lender.bureau.name not in conversation.reply
    assert not content_of(conversation.state["application"], context(conversation)).report_used


async def test_no_signal_is_told_in_a_refusal_by_a_person() -> None:
    """An officer's refusal after a neutral hold says that a person decided, and nothing of why they looked."""
    conversation = await refused("C05")
    held = conversation.state["application"] | {"reason_codes": ["R-LIST-HIT"], "appeals": 1}
    content = content_of(held, context(conversation))
    assert len(content.reasons) == 1
    assert "team" in content.reasons[0].text


def context(conversation: Conversation) -> Context:
    return Context.of(conversation.services, session_id=conversation.session_id, channel="test")


@pytest.mark.parametrize(
    ("language", "promise", "truth"),
    [
        ("en", "A smaller amount", "not even our smallest loan fits"),
        ("hinglish", "Chhota amount", "sabse chhota loan bhi"),
        ("hi", "छोटी राशि", "सबसे छोटा लोन भी"),
    ],
)
async def test_no_smaller_loan_is_promised_where_none_fits(language: str, promise: str, truth: str) -> None:
    conversation = await refused("C15", language)
    content = content_of(
        conversation.state["application"], Context.of(conversation.services, session_id="s", channel="test")
    )
    assert promise not in conversation.reply
    assert truth in conversation.reply
    assert promise not in str(content.reasons[0].remedy)


async def test_a_person_is_reached_at_hours_told_in_hindi() -> None:
    conversation = await refused("C09", "hi")
    assert "सोमवार" in conversation.reply
    assert "Monday" not in conversation.reply
    await conversation.say("इंसान से बात करनी है")
    assert "Monday" not in conversation.reply


async def test_the_most_that_is_possible_is_never_more_than_the_largest_loan() -> None:
    person = customer("C01")
    conversation = Conversation(customers=[person])
    await conversation.say(f"I would like to borrow 10 lakh for travel over 24 months, I am {person.name}")
    for _ in range(3):
        await conversation.say("yes")
    await conversation.say(f"{person.pan}, {person.dob.strftime('%d/%m/%Y')}, {person.phone}")
    await conversation.say("OTP")
    assert "more than 2 times your pre-approved limit" in conversation.reply
    assert "the most here is ₹5,00,000" in conversation.reply
    assert "₹8,00,000" not in conversation.reply
