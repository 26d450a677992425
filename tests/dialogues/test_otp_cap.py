"""Loans on OTP e-KYC alone stay within the yearly cap, however many applications they are spread over."""

import uuid
from datetime import date, timedelta

from tests.conversation import AS_OF, Conversation, customer
from tools.velocity import MemoryHistory

LAKSHMI = customer("C16")  # verified by a one-time code alone
CAP = 60_000


async def offered(conversation: Conversation, amount: int) -> None:
    await conversation.say(f"I need {amount} for travel over 12 months, I am {LAKSHMI.name}")
    for _ in range(3):
        await conversation.say("yes")
    await conversation.say(f"{LAKSHMI.pan}, {LAKSHMI.dob.strftime('%d/%m/%Y')}, {LAKSHMI.phone}")
    await conversation.say("OTP")


async def sanctioned(conversation: Conversation) -> str:
    await conversation.say("yes")
    await conversation.say("I acknowledge")
    return str(conversation.application["status"])


def elsewhere(conversation: Conversation) -> None:
    """Go on in another session of the same service."""
    conversation.session_id = str(uuid.uuid4())


async def test_a_second_loan_above_the_cap_needs_a_better_check() -> None:
    conversation = Conversation(customers=[LAKSHMI])
    await offered(conversation, 50_000)
    assert await sanctioned(conversation) == "sanctioned"
    elsewhere(conversation)
    await offered(conversation, 50_000)
    assert conversation.awaiting == ["kyc_upgrade"]
    await conversation.say("yes")
    assert await sanctioned(conversation) == "sanctioned"


async def test_two_offers_at_once_do_not_pass_the_cap_together() -> None:
    conversation = Conversation(customers=[LAKSHMI])
    first = conversation.session_id
    await offered(conversation, 50_000)
    elsewhere(conversation)
    await offered(conversation, 50_000)
    assert await sanctioned(conversation) == "sanctioned"
    conversation.session_id = first
    assert await sanctioned(conversation) == "credit_check_pending"
    assert not conversation.application["sanction_letter_generated"]
    await conversation.say("what now?")
    assert conversation.awaiting == ["kyc_upgrade"]


async def test_after_a_year_the_cap_is_free_again() -> None:
    history = MemoryHistory()
    for number, (day, others) in enumerate([(AS_OF, 0), (AS_OF + timedelta(days=364), CAP), (date(2027, 12, 1), 0)]):
        counted = await history.record(f"EF-{number}", ["pan"], ["phone"], day)
        assert counted.granted_on_otp == others
        assert await history.grant_on_otp(f"EF-{number}", CAP, CAP, day) == (not others)
