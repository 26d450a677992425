"""Tries are a person's: neither a new session nor a new application gives fresh ones."""

from collections.abc import Callable

import pytest
from langchain_core.messages import HumanMessage

from tests.agents.verifying.people import TomorrowsClock, sharing, until
from tests.conversation import AS_OF, Conversation, customer
from tools.attempts import MemoryAttempts

DIYA, AARAV = customer("C02"), customer("C01")
Session = Callable[[], Conversation]


@pytest.fixture
def attempts() -> MemoryAttempts:
    return MemoryAttempts()


@pytest.fixture
def session(attempts: MemoryAttempts) -> Session:
    return lambda: sharing(Conversation(), attempts=attempts)


async def wrong_codes(conversation: Conversation, number: int) -> str:
    for _ in range(number):
        right = conversation.code()
        await conversation.say(f"{(int(right) + 1) % 10**6:06d}")
    return conversation.reply


async def wrong_birth_dates(conversation: Conversation, number: int) -> None:
    for _ in range(number):
        await until(conversation, DIYA, "pan")
        await conversation.say(f"{DIYA.pan}, 03/09/1997, {DIYA.phone}")


def is_locked(conversation: Conversation) -> bool:
    locked: bool = conversation.application["status"] == "under_review"
    assert not locked or conversation.application["review_reasons"] == ["IDENTITY-LOCKED"]
    assert not locked or "could not verify your identity" in conversation.reply
    return locked


async def test_three_wrong_codes_lock(session: Session) -> None:
    conversation = await until(session(), DIYA, "otp")
    assert "2 more tries" in await wrong_codes(conversation, 1)
    assert "1 more try" in await wrong_codes(conversation, 1)
    await wrong_codes(conversation, 1)
    assert is_locked(conversation)


async def test_a_lock_holds_in_a_new_session_by_pan_and_by_phone(session: Session) -> None:
    await wrong_codes(await until(session(), DIYA, "otp"), 3)
    again = session()
    await until(again, DIYA, "under_review")
    assert is_locked(again) and not again.carrier.sent, "no code is sent"
    same_phone = session()
    await until(same_phone, AARAV, "under_review", phone=DIYA.phone)
    assert is_locked(same_phone)
    other = await until(session(), AARAV, "otp")
    await other.say("OTP")
    assert other.application["kyc_verified"], "nobody else is locked out"


async def test_a_lock_ends_after_a_day(session: Session) -> None:
    await wrong_codes(await until(session(), DIYA, "otp"), 3)
    tomorrow = sharing(session(), clock=TomorrowsClock(AS_OF))
    await until(tomorrow, DIYA, "otp")


async def test_wrong_codes_add_up_over_sessions(session: Session) -> None:
    await wrong_codes(await until(session(), DIYA, "otp"), 2)
    second = await until(session(), DIYA, "otp")
    await wrong_codes(second, 1)
    assert is_locked(second)


async def test_starting_over_gives_no_fresh_tries(session: Session) -> None:
    conversation = await until(session(), DIYA, "otp")
    await wrong_codes(conversation, 2)
    await conversation.say("start over")
    await until(conversation, DIYA, "otp")
    await wrong_codes(conversation, 1)
    assert is_locked(conversation)
    await conversation.say("start over")
    await until(conversation, AARAV, "under_review")
    assert is_locked(conversation), "nor for another person in the same session"


async def test_wrong_details_add_up_over_sessions(session: Session) -> None:
    first = session()
    await wrong_birth_dates(first, 2)
    assert not is_locked(first)
    second = session()
    await wrong_birth_dates(second, 1)
    assert is_locked(second)
    right = await until(session(), DIYA, "under_review")
    assert is_locked(right)


async def test_a_right_code_gives_the_next_session_all_tries(session: Session) -> None:
    first = await until(session(), DIYA, "otp")
    await wrong_codes(first, 2)
    await first.say("OTP")
    assert first.application["kyc_verified"]
    second = await until(session(), DIYA, "otp")
    assert "1 more try" in await wrong_codes(second, 2)


async def test_codes_to_one_phone_are_counted_over_sessions(session: Session) -> None:
    sent = 0
    for _ in range(6):
        conversation = await until(session(), DIYA, "otp")
        sent += len(conversation.carrier.sent)
    last = await until(session(), DIYA, "under_review")
    assert sent == 6 and not last.carrier.sent
    assert last.application["review_reasons"] == ["CODES-USED-UP"]
    await until(session(), AARAV, "otp")


async def test_three_codes_an_application(session: Session) -> None:
    conversation = await until(session(), DIYA, "otp")
    for _ in range(4):
        await conversation.say("please resend the code")
    assert len(conversation.carrier.sent) == 3
    await conversation.say("OTP")
    assert conversation.application["kyc_verified"], "the last one sent is good"


async def test_an_officer_gives_fresh_tries(session: Session) -> None:
    conversation = await until(session(), DIYA, "otp")
    await wrong_codes(conversation, 3)
    act = {
        "kind": "case",
        "act": "approve",
        "act_id": "a1",
        "application_id": conversation.application["application_id"],
    }
    await conversation._turn(HumanMessage("[act]", id="a1", additional_kwargs={"act": act}))
    await until(conversation, DIYA, "otp")
    await conversation.say("OTP")
    assert conversation.application["kyc_verified"]


async def test_what_was_proved_of_one_phone_proves_nothing_of_another(session: Session) -> None:
    conversation = await until(session(), DIYA, "otp")
    await conversation.say(f"sorry, my PAN is {AARAV.pan}, 18/04/1992, {AARAV.phone}")
    assert conversation.awaiting == ["applicant_name"] and conversation.application["otp"] is None
    await conversation.say("My name is Aarav Mehta")
    assert conversation.awaiting == ["otp"]
    assert [message.to for message in conversation.carrier.sent] == [DIYA.phone, AARAV.phone]
    earlier = conversation.carrier.sent[0].body
    await conversation.say(next(word for word in earlier.split() if word.isdecimal() and len(word) == 6))
    assert not conversation.application["kyc_verified"]


async def test_nothing_kept_of_an_attempt_is_personal(session: Session, attempts: MemoryAttempts) -> None:
    await wrong_codes(await until(session(), DIYA, "otp"), 3)
    kept = repr(attempts._noted)
    assert "lock" in kept
    assert not any(value in kept for value in (DIYA.pan, DIYA.phone, DIYA.phone[-10:], DIYA.name))


async def test_a_name_in_devanagari_costs_no_try(session: Session) -> None:
    conversation = await until(session(), DIYA, "consent", applicant_name="मेरा नाम दिया नायर है")
    await until(conversation, DIYA, "applicant_name")
    assert "English letters" in conversation.reply or "अंग्रेज़ी अक्षरों" in conversation.reply
    assert conversation.application["identity_mismatches"] == 0
    await until(conversation, DIYA, "otp")
