"""KYC levels: the cap of the one-time-code route, and the ways above it: taken, failed, missed, declined, renewed."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.agents.verifying.people import until
from tests.conversation import AS_OF, Conversation, customer

LAKSHMI = customer("C16")
OFFERED = "kyc_upgrade"


def lakshmi(**kyc: Any) -> Conversation:
    return Conversation(
        customers=[LAKSHMI.model_copy(update={"kyc": LAKSHMI.kyc.model_copy(update=kyc)}), customer("C01")]
    )


async def offered(conversation: Conversation) -> Conversation:
    return await until(conversation, LAKSHMI, OFFERED)


def step(conversation: Conversation) -> tuple[str, str]:
    return conversation.application["kyc_step"]["route"], conversation.application["kyc_step"]["state"]


async def test_the_cap_stands_until_a_call_is_passed() -> None:
    conversation = await offered(lakshmi())
    assert conversation.application["kyc_mode"] == "otp_ekyc" and "60,000" in conversation.reply
    assert conversation.application["reason_codes"] == ["R-KYC-LEVEL"] and conversation.providers.pulls
    await conversation.say("yes")
    assert (conversation.application["kyc_mode"], step(conversation)) == ("vcip", ("vcip", "passed"))
    assert conversation.awaiting[0] != OFFERED and len(conversation.providers.pulls) == 1


@pytest.mark.parametrize("text", ["let us do the video kyc", "please start the v-cip", "can I do the video KYC now?"])
async def test_declined_then_taken_up_again(text: str) -> None:
    conversation = await offered(lakshmi())
    await conversation.say("no")
    assert step(conversation) == ("vcip", "declined") and conversation.awaiting == [OFFERED]
    await conversation.say(text)
    assert conversation.application["kyc_mode"] == "vcip"


async def test_declined_for_a_smaller_amount() -> None:
    conversation = await offered(lakshmi())
    await conversation.say("no")
    await conversation.say("make it 60000")
    assert conversation.application["kyc_mode"] == "otp_ekyc"
    assert conversation.application["offered_amount"] == 60000


@pytest.mark.parametrize("text", ["what is video KYC?", "no video kyc please", "I cannot do a video kyc"])
async def test_a_question_or_a_no_starts_no_call(text: str) -> None:
    conversation = await offered(lakshmi())
    await conversation.say(text)
    assert conversation.application["kyc_mode"] == "otp_ekyc"
    assert conversation.awaiting == [OFFERED]


async def test_no_official_is_free() -> None:
    conversation = await offered(lakshmi(video=["busy", "passed"]))
    await conversation.say("yes")
    assert step(conversation) == ("vcip", "scheduled") and conversation.awaiting == [OFFERED]
    await conversation.say("I am ready for the video call kyc")
    assert conversation.application["kyc_mode"] == "vcip"


async def test_a_missed_call_can_be_made_up_for() -> None:
    conversation = await offered(lakshmi(video=["no_show", "no_show", "no_show", "passed"]))
    for _ in range(3):
        await conversation.say("yes")
        assert step(conversation) == ("vcip", "no_show") and conversation.awaiting == [OFFERED]
    await conversation.say("yes")
    assert conversation.application["kyc_mode"] == "vcip"


async def test_two_failed_calls_end_with_a_person() -> None:
    conversation = await offered(lakshmi(video=["failed"]))
    await conversation.say("yes")
    assert step(conversation) == ("vcip", "failed") and conversation.awaiting == [OFFERED]
    await conversation.say("yes")
    assert conversation.application["status"] == "under_review"
    assert conversation.application["review_reasons"] == ["VIDEO-KYC-FAILED"]
    assert conversation.application["kyc_mode"] == "otp_ekyc" and conversation.application["offer"] is None


async def test_a_recent_central_record_is_enough() -> None:
    conversation = await offered(lakshmi(ckyc_number="50012345678901", ckyc_verified_on=AS_OF - timedelta(days=730)))
    reply = await conversation.say("please use my CKYC record")
    assert (conversation.application["kyc_mode"], step(conversation)) == ("ckyc", ("ckyc", "passed"))
    assert "8901" in reply and "50012345678901" not in str(conversation.state)
    assert conversation.awaiting[0] != OFFERED


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({"ckyc_number": "50012345678901", "ckyc_verified_on": AS_OF - timedelta(days=731)}, "stale"),
        ({"ckyc_number": "50012345678901", "ckyc_verified_on": date(2015, 1, 1)}, "stale"),
        ({}, "not_found"),
    ],
)
async def test_no_central_record_to_rely_on(record: dict[str, Any], state: str) -> None:
    conversation = await offered(lakshmi(**record))
    await conversation.say("mera central kyc use kar lo")
    assert step(conversation) == ("ckyc", state)
    assert conversation.application["kyc_mode"] == "otp_ekyc" and conversation.awaiting == [OFFERED]
    await conversation.say("yes")
    assert conversation.application["kyc_mode"] == "vcip"


async def test_asked_for_before_it_is_needed() -> None:
    conversation = lakshmi()
    await until(conversation, LAKSHMI, "otp", desired_amount="60000")
    await conversation.say("I want to do the video kyc")
    assert conversation.awaiting == ["otp"], "first the code"
    await until(
        conversation, LAKSHMI, "offer_decision" if "salary_slip" not in conversation.awaiting else "salary_slip"
    )
    await conversation.say("I want to do the video kyc")
    assert conversation.application["kyc_mode"] == "vcip"


async def test_nothing_more_is_needed() -> None:
    conversation = lakshmi()
    await until(conversation, customer("C01"), "offer_decision")
    offer = conversation.application["offer"]
    reply = await conversation.say("I want to do the video kyc")
    assert "sufficient" in reply
    assert conversation.application["offer"] == offer and conversation.application["kyc_step"] is None
