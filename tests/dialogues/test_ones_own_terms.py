"""What the customer asks of their own loan is answered from it, and a way on is named where one exists."""

import pytest

from tests.conversation import Conversation, customer


async def offered(customer_id: str, amount: str, months: int) -> Conversation:
    person = customer(customer_id)
    conversation = Conversation(customers=[person])
    await conversation.say(f"I need {amount} for travel over {months} months, I am {person.name}")
    for _ in range(3):
        await conversation.say("yes")
    await conversation.say(f"{person.pan}, {person.dob.strftime('%d/%m/%Y')}, {person.phone}")
    await conversation.say("OTP")
    return conversation


@pytest.mark.parametrize(
    "question", ["what is my EMI?", "meri EMI kitni hai?", "what is my interest rate?", "kitna byaj lagega?"]
)
async def test_my_emi_is_that_of_the_offer(question: str) -> None:
    conversation = await offered("C01", "3 lakh", 36)
    assert "₹9,680" in await conversation.say(question)
    assert conversation.awaiting == ["offer_decision"]
    await conversation.say("yes")
    assert "₹9,680" in await conversation.say(question)
    assert conversation.awaiting == ["kfs_acknowledgement"]
    await conversation.say("I acknowledge")
    assert "₹9,680" in await conversation.say(question)


async def test_the_letter_is_found_again() -> None:
    conversation = await offered("C01", "3 lakh", 36)
    await conversation.say("yes")
    await conversation.say("I acknowledge")
    url = conversation.application["sanction_letter_url"]
    assert url in await conversation.say("send the letter again")


async def test_who_has_no_slip_is_told_what_needs_none() -> None:
    conversation = await offered("C02", "3.5 lakh", 48)
    assert conversation.awaiting == ["salary_slip"]
    reply = await conversation.say("I don't have a slip")
    assert "up to ₹2,00,000 over 48 months" in reply
    assert "approved for ₹2,00,000" in await conversation.say("2 lakh then")


async def test_why_it_was_approved() -> None:
    conversation = await offered("C01", "3 lakh", 36)
    assert "within your pre-approved limit" in await conversation.say("why was I approved?")
    await conversation.say("yes")
    reply = await conversation.say("why?")
    assert "within your pre-approved limit" in reply
    assert reply.endswith("these key facts?")
    assert conversation.awaiting == ["kfs_acknowledgement"]


@pytest.mark.parametrize("words", ["appeal", "please reconsider", "अपील"])
async def test_an_appeal_goes_to_a_person(words: str) -> None:
    conversation = await offered("C05", "1 lakh", 24)
    assert conversation.application["status"] == "rejected"
    await conversation.say(words)
    assert conversation.application["status"] == "under_review"


async def test_a_bare_cancel_ends_what_waits_for_a_person() -> None:
    conversation = await offered("C06", "1 lakh", 24)
    assert conversation.application["status"] == "under_review"
    await conversation.say("cancel")
    assert conversation.application["status"] == "withdrawn"


async def test_an_option_named_to_be_changed_is_not_taken() -> None:
    person = customer("C03")
    conversation = await offered("C03", "4.5 lakh", 24)
    await conversation.upload(name=person.name, net_pay=42_000)
    await conversation.say("yes")
    assert len(conversation.application["alternatives"]) == 2
    await conversation.say("option 1 ka EMI kam karo")
    assert conversation.application["status"] == "offer_made"
