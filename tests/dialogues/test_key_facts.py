"""Key facts in the conversation: in the language asked for, acknowledged as shown, and then the letter."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agents.understanding.papers_language import papers_language
from tests.conversation import Conversation, customer
from tests.pdf import words
from tools.audit import MemoryTrail
from tools.kfs import canonical_digest

ANSWERS = {
    "desired_amount": "I need 3 lakh for 36 months for home renovation, my name is Aarav Mehta",
    "consent": "yes",
    "pan": "My PAN is ZZZPM1101A, born 14/03/1992, mobile 9000000001",
    "otp": "OTP",
    "offer_decision": "yes, I accept",
}


async def at_key_facts(answers: dict[str, str] | None = None, until: str = "kfs_acknowledgement") -> Conversation:
    """C01 with the key facts on the table."""
    conversation = Conversation()
    born = customer("C01").dob
    said = {**ANSWERS, "pan": f"My PAN is ZZZPM1101A, born {born:%d/%m/%Y}, mobile 9000000001", **(answers or {})}
    await conversation.say(said["desired_amount"])
    for _ in range(12):
        if conversation.awaiting[0] == until:
            return conversation
        await conversation.say(said[conversation.awaiting[0]])
    raise AssertionError(conversation.awaiting)


def shown(conversation: Conversation) -> dict[str, Any]:
    return dict(conversation.application["key_facts"])


async def statement(conversation: Conversation) -> dict[str, Any]:
    kept = await conversation.papers.key_facts(shown(conversation)["kfs_id"])
    assert kept is not None
    return kept


async def letter(conversation: Conversation) -> str:
    pdf = await conversation.papers.letter(conversation.application["sanction_letter_url"].rpartition("/")[2])
    return words(pdf or b"")


async def test_what_is_acknowledged_is_what_was_shown() -> None:
    conversation = await at_key_facts()
    before, document = shown(conversation), await statement(conversation)
    assert canonical_digest(document) == before["digest"]
    assert (document["language"], document["text"]["title"]) == ("en", "Key Facts Statement")
    await conversation.say("I acknowledge")
    after = shown(conversation)
    assert after["digest"] == before["digest"]
    assert (after["language"], after["channel"]) == ("en", "test")
    assert after["acknowledged_at"]
    assert before["digest"] in await letter(conversation)
    trail = conversation.services.audit
    assert isinstance(trail, MemoryTrail)
    ours = [(kind, facts) for kind, session, facts in trail.acts if session == conversation.session_id]
    acts = [(kind, facts) for kind, facts in ours if kind.startswith("key_facts")]
    same = {"kfs_id": after["kfs_id"], "sha256": after["digest"], "language": "en", "channel": "test"}
    assert acts == [("key_facts.shown", same), ("key_facts.acknowledged", same)]


async def test_shown_again_in_hindi_and_back() -> None:
    conversation = await at_key_facts()
    english = await statement(conversation)
    reply = await conversation.say("Yes, but please show me in Hindi")
    assert conversation.awaiting == ["kfs_acknowledgement"]
    assert "आपके लोन के मुख्य तथ्य" in reply
    hindi = await statement(conversation)
    assert hindi["language"] == "hi"
    assert hindi["proposal_number"] == english["proposal_number"]
    assert hindi["repayment_schedule"] == english["repayment_schedule"]
    assert canonical_digest(hindi) == shown(conversation)["digest"] != canonical_digest(english)
    await conversation.say("अंग्रेज़ी में दिखाइए")
    assert await statement(conversation) == english


async def test_the_letter_is_in_the_language_acknowledged() -> None:
    conversation = await at_key_facts()
    await conversation.say("I want it in Hindi")
    digest = shown(conversation)["digest"]
    await conversation.say("हाँ, मैं पुष्टि करता हूँ")
    assert conversation.application["status"] == "sanctioned"
    text = await letter(conversation)
    assert digest in text
    assert "घर की मरम्मत" in text  # the purpose
    assert "₹3,00,000" in text


async def test_hindi_speakers_get_hindi_and_hinglish_speakers_english_with_the_choice() -> None:
    hindi = await at_key_facts({"offer_decision": "हाँ, मुझे यह ऑफ़र स्वीकार है"})
    assert shown(hindi)["language"] == "hi"
    assert "अंग्रेज़ी में" in hindi.reply
    hinglish = await at_key_facts({"offer_decision": "haan ji, mujhe yeh offer manzoor hai"})
    assert shown(hinglish)["language"] == "en"
    assert "Hindi mein" in hinglish.reply


async def test_no_letter_on_key_facts_that_would_no_longer_say_the_same() -> None:
    conversation = await at_key_facts()
    lender = replace(conversation.services.lender, recovery_agent="Sample Recoveries")
    conversation.services = replace(conversation.services, lender=lender)
    before = shown(conversation)["digest"]
    await conversation.say("I acknowledge")
    assert conversation.application["status"] == "offer_accepted"
    assert not conversation.application["sanction_letter_generated"]
    assert conversation.awaiting == ["kfs_acknowledgement"]
    assert shown(conversation)["digest"] != before
    assert shown(conversation)["acknowledged_at"] is None


async def test_the_lender_is_bound_as_long_as_the_statement_says() -> None:
    """Shown two days after the offer was made, it holds two working days longer than the offer did."""
    conversation = await at_key_facts(until="offer_decision")
    assert conversation.application["offer"]["valid_until"] == "2026-12-04"
    conversation.on(date(2026, 12, 3))
    await conversation.say("yes, I accept")
    assert shown(conversation)["valid_until"] == (await statement(conversation))["valid_until"] == "2026-12-08"
    conversation.on(date(2026, 12, 8))
    await conversation.say("in Hindi please")
    assert shown(conversation)["valid_until"] == "2026-12-08"
    await conversation.say("I acknowledge")
    assert conversation.application["status"] == "sanctioned"


async def test_key_facts_lapse_after_their_last_day() -> None:
    conversation = await at_key_facts()
    conversation.on(date(2026, 12, 5))
    await conversation.say("I acknowledge")
    assert conversation.application["status"] == "expired"
    assert not conversation.application["sanction_letter_generated"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("show me in Hindi", "hi"),
        ("hindi mein dikhao", "hi"),
        ("हिंदी में दिखाइए", "hi"),
        ("हिन्दी में", "hi"),
        ("in English please", "en"),
        ("अंग्रेज़ी में चाहिए", "en"),
        ("angrezi mein", "en"),
        ("I don't understand English", "hi"),
        ("mujhe english nahi aati", "hi"),
        ("हिंदी नहीं आती", "en"),
        ("English or Hindi?", None),
        ("I acknowledge", None),
        ("no", None),
    ],
)
def test_the_language_asked_for(text: str, language: str | None) -> None:
    assert papers_language(text) == language
