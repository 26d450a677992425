"""A credit report grows old while an application waits."""

from datetime import date

from tests.conversation import Conversation

COUNTER_OFFER = (
    "3.5 lakh for travel over 36 months, I am Meera Iyer",
    "yes",
    "yes",
    "yes",
    "ZZZPI1104D, born 30 Nov 1988, 9000000004",
    "OTP",
)


async def test_another_pull_needs_another_consent() -> None:
    conversation = Conversation()
    for message in COUNTER_OFFER:
        await conversation.say(message)
    assert conversation.application["credit_eligibility"] == "counter_offer"

    conversation.on(date(2027, 2, 1))
    reply = await conversation.say("yes")
    assert "older than 30 days" in reply and "credit bureau" in reply
    assert conversation.awaiting == ["consent"]
    assert len(conversation.providers.pulls) == 1

    reply = await conversation.say("yes")
    assert "1,50,000" in reply
    assert conversation.application["status"] == "offer_made"
    assert len(set(conversation.providers.pulls)) == 2


async def test_a_fresh_report_is_used_again() -> None:
    conversation = Conversation()
    for message in COUNTER_OFFER:
        await conversation.say(message)
    conversation.on(date(2026, 12, 31))
    await conversation.say("yes")
    assert conversation.application["status"] == "offer_accepted"
    assert len(conversation.providers.pulls) == 1
