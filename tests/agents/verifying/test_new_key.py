"""After SECRET_KEY was changed, what was sealed under the one before it still counts."""

import dataclasses
from typing import Any

from tests.agents.test_review import act
from tests.conversation import Conversation, customer
from tools.sealing import Sealer, refs_of_person

BEFORE = Sealer(b"the key before" * 3)
NOW = Sealer(b"the key of today" * 3, (BEFORE.key,))
OPENING = ("1 lakh for travel over 24 months, I am Vikram Reddy", "yes", "yes", "yes")
RECORD = customer("C07")
WRONG, RIGHT = f"{RECORD.pan}, born 1 Jan 1980, {RECORD.phone}", f"{RECORD.pan}, born 21 Dec 1995, {RECORD.phone}"


def under(sealer: Sealer, earlier: Conversation | None = None) -> Conversation:
    """A conversation under this key; of the same service as an earlier one."""
    conversation = Conversation()
    shared: dict[str, Any] = (
        {} if earlier is None else {name: getattr(earlier.services, name) for name in ("attempts", "marks")}
    )
    conversation.services = dataclasses.replace(conversation.services, sealer=sealer, **shared)
    return conversation


async def say(conversation: Conversation, *messages: str) -> Conversation:
    for message in messages:
        await conversation.say(message)
    return conversation


async def test_no_new_tries() -> None:
    locked = await say(under(BEFORE), *OPENING, WRONG, WRONG, WRONG)
    assert locked.application["status"] == "under_review"
    again = await say(under(NOW, locked), *OPENING, RIGHT)
    assert again.application["status"] == "under_review"
    assert not again.application["kyc_verified"]


async def test_fresh_tries_end_a_lock_of_before() -> None:
    locked = await say(under(BEFORE), *OPENING, WRONG, WRONG, WRONG)
    locked.services = dataclasses.replace(locked.services, sealer=NOW)
    await act(locked, "approve")
    await say(locked, RIGHT, "OTP")
    assert locked.application["kyc_verified"]


async def test_a_slip_of_another_is_known_again_and_ones_own_too() -> None:
    first = await say(under(BEFORE), *OPENING, RIGHT, "OTP")
    await first.upload(name="Vikram Reddy", net_pay=38_000)
    await first.say("yes")
    own = await say(under(NOW, first), *OPENING, RIGHT, "OTP")
    await own.upload(name="Vikram Reddy", net_pay=38_000)
    await own.say("yes")
    assert own.application["slip_findings"] == first.application["slip_findings"] == []
    assert "SLIP-DOCUMENT-REUSED" not in own.application["review_reasons"]


def test_an_officer_noted_before_is_still_the_customer() -> None:
    noted = refs_of_person(BEFORE, RECORD.pan, None, None)
    assert set(noted) & set(refs_of_person(NOW, RECORD.pan, RECORD.phone, None))
