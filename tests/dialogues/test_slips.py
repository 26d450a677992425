"""Salary slips that come at odd moments or cannot be used."""

from datetime import date

from tests.conversation import talked

NEEDS_A_SLIP = (
    "1 lakh for travel over 24 months, I am Vikram Reddy",
    "yes",
    "yes",
    "yes",
    "ZZZPR1107G, born 21 Dec 1995, 9000000007",
    "OTP",
)
WITHIN_THE_LIMIT = (
    "1 lakh for travel over 24 months, I am Diya Nair",
    "yes",
    "yes",
    "yes",
    "ZZZPN1102B, born 2 Sep 1997, 9000000002",
    "OTP",
)


async def test_an_old_slip_is_asked_for_anew() -> None:
    conversation = await talked(*NEEDS_A_SLIP)
    assert conversation.awaiting == ["salary_slip"]
    await conversation.upload(name="Vikram Reddy", net_pay=38_000, month=date(2026, 6, 1))
    assert "not from the last 62 days" in await conversation.say("yes")
    assert conversation.awaiting == ["salary_slip"]
    await conversation.upload(name="Vikram Reddy", net_pay=38_000)
    await conversation.say("yes")
    assert conversation.application["status"] == "offer_made"
    assert len(conversation.providers.pulls) == 1


async def test_a_slip_refused_is_answered() -> None:
    conversation = await talked(*NEEDS_A_SLIP)
    assert "Without the slip" in await conversation.say("no")
    assert conversation.awaiting == ["salary_slip"]


async def test_a_slip_that_comes_with_the_key_facts_is_kept_for_later() -> None:
    conversation = await talked(*WITHIN_THE_LIMIT, "yes")
    assert "I have your salary slip" in await conversation.upload(name="Diya Nair", net_pay=62_000)
    assert conversation.awaiting == ["kfs_acknowledgement"]
    await conversation.say("yes")
    assert conversation.application["status"] == "sanctioned"


async def test_a_slip_changes_nothing_once_the_application_is_closed() -> None:
    conversation = await talked(*WITHIN_THE_LIMIT, "yes", "yes")
    closed = conversation.application
    await conversation.upload(name="Diya Nair", net_pay=62_000)
    assert conversation.application == closed


async def test_a_slip_for_a_person_promises_an_answer_once() -> None:
    conversation = await talked(*NEEDS_A_SLIP)
    reply = await conversation.upload(name="Vikram Reddy", net_pay=38_000, gross=90_000, deductions=10_000)
    assert conversation.application["status"] == "under_review"
    assert reply.count("You will have an answer by") == 1
