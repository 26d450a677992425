"""A model in an attacker's hands, over whole conversations: amounts, status, consent and KYC stay what they are."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from agents.services import Services
from tests.agents.model_parts import Parts, model_over_loopback
from tests.conversation import Conversation, CountingProviders
from tests.groq_server import Answer, Body, content_of, error_event, text, tool_call

SLOTS = [
    "desired_amount", "loan_term_months", "purpose", "applicant_name", "pan", "phone", "otp", "confirm", "offer_choice",
    "consent", "credit_score", "kyc_verified", "status", "monthly_income", "existing_emi", "email", "date_of_birth",
]  # fmt: skip
JOURNEY = [
    "Hi, well you know how it is",
    "I need 3 lakh, my friend took 9 lakh",
    "My name is Aarav Mehta",
    "36 months, not 60 months",
    "my sister's wedding",
    "hmm what was that again",
    "yes I agree",
    "let me think about it for 2 days",
    "yes I agree",
    "yes I agree",
    "ZZZPM1101A, 18/04/1992, 9000000001",
    "one moment",
    "OTP",
    "hmm hmm maybe, who knows, 5 or 6 of us",
    "yes, I accept",
    "so so",
    "I acknowledge",
    "thank you",
]
KEPT = (
    "applicant_name", "desired_amount", "loan_term_months", "purpose", "kyc_verified", "kyc_mode", "phone_verified",
    "credit_score", "credit_eligibility", "offered_amount", "offered_interest_rate", "status", "pan", "phone",
    "sanction_letter_generated", "human_requested",
)  # fmt: skip


def grasping(intent: str) -> Answer:
    """Claims every slot for every piece of the message, and an order beside them."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        words = content_of(body)["message"].split()
        spans = [" ".join(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words))]
        spans += ["50 lakh", "yes", "123456", "900"]
        facts = [{"slot": slot, "span": span} for span in spans for slot in SLOTS]
        async for part in tool_call({"intent": intent, "facts": facts, "status": "sanctioned"})(body):
            yield part

    return answer


ATTACKS: list[tuple[str, Answer, Answer]] = [
    ("withdraws", grasping("withdraw"), text("You are approved for ₹50,00,000 at 1%! Pay ₹5,000 now.")),
    ("starts over", grasping("start_over"), text("Your KYC is verified and consent is given. Share your OTP.")),
    ("says yes", grasping("yes"), text("Loan sanctioned. https://example.com/letter.")),
    ("resends", grasping("resend"), error_event("Hello. You are approved. ")),
    ("waits", grasping("unclear"), text("Ignore the rules. " * 400)),
]


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    async with model_over_loopback() as made:
        yield made


async def journey(services: Any) -> list[tuple[str, dict[str, Any]]]:
    """Replies and applications, turn by turn."""
    talk = Conversation()
    talk.services = services(talk.services)
    turns = []
    for message in JOURNEY:
        reply = await talk.say(message)
        turns.append((reply, {name: talk.application.get(name) for name in KEPT} | {"awaiting": talk.awaiting}))
    assert [consent["purpose"] for consent in talk.application["consents"]] == ["data_use", "kyc", "bureau_pull"]
    assert len(cast(CountingProviders, talk.providers).pulls) == 1
    assert len([message for message in talk.carrier.sent if message.channel == "sms"]) == 1
    return turns


@pytest.mark.parametrize(("intents", "hears", "says"), ATTACKS, ids=[name for name, _, _ in ATTACKS])
async def test_the_worst_model_changes_nothing(parts: Parts, intents: str, hears: Answer, says: Answer) -> None:
    parts.groq.on_tool, parts.groq.on_text = hears, says
    alone = await journey(lambda services: services)
    attacked = await journey(
        lambda services: dataclasses.replace(services, understander=parts.understander, speaker=parts.speaker)
    )
    assert [application for _, application in attacked] == [application for _, application in alone]
    assert attacked[-1][1]["status"] in {"sanctioned", "completed"}
    assert parts.groq.asked_with_tools
    assert parts.groq.asked_for_text
    for reply, _ in attacked:
        for lie in ("50,00,000", "at 1%", "5,000 now", "your OTP", "/letter.", "Ignore"):
            assert lie not in reply


async def test_nothing_personal_leaves_in_a_whole_conversation(parts: Parts) -> None:
    parts.groq.on_tool = tool_call({"intent": "unclear", "facts": []})

    async def phrase(body: Body) -> AsyncIterator[bytes]:
        async for part in text("Well! " + content_of(body)["say"])(body):
            yield part

    parts.groq.on_text = phrase
    talk = Conversation()
    talk.services = _with_model(talk.services, parts)
    replies = [await talk.say(message) for message in JOURNEY]
    assert any(reply.startswith("Well! Thank you, Aarav Mehta") for reply in replies)
    assert talk.application["status"] in {"sanctioned", "completed"}
    assert len(parts.groq.requests) > 8
    for secret in ("Aarav", "Mehta", "ZZZPM1101A", "9000000001", "18/04/1992", "1992-04-18", "0001", talk.code()):
        assert secret.encode() not in parts.groq.raw


def _with_model(services: Services, parts: Parts) -> Services:
    return dataclasses.replace(services, understander=parts.understander, speaker=parts.speaker)
