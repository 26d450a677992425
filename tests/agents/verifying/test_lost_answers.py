"""Providers that did what they were asked and whose answer was lost: found by an inquiry, or by a person, never by a
second attempt. What the provider did is counted at the provider."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage

from tests.agents.verifying.people import sharing, until
from tests.conversation import Conversation, customer
from tools.providers.protocols import BureauReport, NoOutcome, ProviderUnavailable, VideoOutcome
from tools.providers.simulated import SimulatedProviders

AARAV, LAKSHMI = customer("C01"), customer("C16")


@dataclass
class Losing:
    """Bureau and video KYC in one, which lose their next answer: before they did anything, or after."""

    real: SimulatedProviders
    loses: Literal["nothing", "before", "after"] = "nothing"
    knows: bool = True
    did: list[str] = field(default_factory=list)

    async def pull(self, pan: str, *, inquiry: str) -> BureauReport:
        await self._lose("before")
        self.did.append(inquiry)
        report = await self.real.pull(pan, inquiry=inquiry)
        await self._lose("after")
        return report

    async def inquire(self, pan: str, *, inquiry: str) -> BureauReport | NoOutcome:
        return await self.real.inquire(pan, inquiry=inquiry) if self.knows else "not_known"

    async def call(self, person_id: str, *, attempt: int) -> VideoOutcome:
        await self._lose("before")
        self.did.append(f"call {attempt}")
        outcome = await self.real.call(person_id, attempt=attempt)
        await self._lose("after")
        return outcome

    async def outcome_of(self, person_id: str, *, attempt: int) -> VideoOutcome | NoOutcome:
        return await self.real.outcome_of(person_id, attempt=attempt) if self.knows else "not_known"

    async def _lose(self, when: str) -> None:
        if self.loses == when:
            self.loses = "nothing"
            raise ProviderUnavailable("bureau")


def losing_bureau() -> tuple[Conversation, Losing]:
    conversation = Conversation(customers=[AARAV])
    bureau = Losing(conversation.providers)
    return sharing(conversation, providers=conversation.services.providers._replace(bureau=bureau)), bureau


def losing_calls() -> tuple[Conversation, Losing]:
    conversation = Conversation(customers=[LAKSHMI])
    calls = Losing(conversation.providers)
    return sharing(conversation, providers=conversation.services.providers._replace(video_kyc=calls)), calls


async def settle(conversation: Conversation, outcome: str) -> None:
    told: dict[str, Any] = {"kind": "case", "act": "approve", "act_id": str(uuid.uuid4()), "case_id": "c"}
    told |= {"application_id": conversation.application["application_id"], "outcome": outcome}
    await conversation._turn(HumanMessage("", id=str(uuid.uuid4()), additional_kwargs={"act": told}))


@pytest.mark.parametrize("loses", ["before", "after"])
async def test_one_pull(loses: Literal["before", "after"]) -> None:
    conversation, bureau = losing_bureau()
    await until(conversation, AARAV, "otp")
    bureau.loses = loses
    await conversation.say("OTP")
    assert conversation.application["status"] == "credit_check_pending"
    await conversation.say("and now?")
    assert conversation.application["status"] == "offer_made" and len(bureau.did) == 1


@pytest.mark.parametrize("loses", ["before", "after"])
async def test_one_call(loses: Literal["before", "after"]) -> None:
    conversation, calls = losing_calls()
    await until(conversation, LAKSHMI, "kyc_upgrade")
    calls.loses = loses
    await conversation.say("yes")
    assert conversation.application["kyc_mode"] == "otp_ekyc"
    await conversation.say("yes")
    assert conversation.application["kyc_mode"] == "vcip" and calls.did == ["call 1"]


@pytest.mark.parametrize("outcome", ["done", "not_done"])
async def test_a_call_that_nobody_can_tell_of(outcome: str) -> None:
    conversation, calls = losing_calls()
    await until(conversation, LAKSHMI, "kyc_upgrade")
    calls.loses, calls.knows = ("after" if outcome == "done" else "before"), False
    await conversation.say("yes")
    await conversation.say("yes")
    application = conversation.application
    assert application["status"] == "under_review" and "on a guess" in conversation.reply
    assert (application["review"]["kind"], application["review"]["reasons"]) == (
        "provider",
        ["PROVIDER-OUTCOME-UNKNOWN"],
    )
    done = len(calls.did)
    calls.knows = True
    await settle(conversation, outcome)
    assert conversation.application["outcome_unknown"] is None and conversation.awaiting == ["kyc_upgrade"]
    assert len(calls.did) == done, "the customer is asked before there is another call"
    await conversation.say("yes")
    assert conversation.application["kyc_mode"] == "vcip" and calls.did == ["call 1"]


@pytest.mark.parametrize(
    ("language", "words"), [("hi", "दोबारा नहीं भेजा जाएगा"), ("hinglish", "dobara nahi bheja jayega")]
)
async def test_it_is_said_in_the_customers_language(language: str, words: str) -> None:
    conversation, bureau = losing_bureau()
    await until(conversation, AARAV, "otp")
    bureau.loses, bureau.knows = "after", False
    conversation.state["application"]["language"] = language
    await conversation.say("OTP")
    await conversation.say("haan" if language == "hinglish" else "हाँ")
    assert conversation.application["status"] == "under_review" and words in conversation.reply
