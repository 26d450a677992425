"""The same conversations in English, Hinglish and Hindi: replies in the customer's language, the same outcome."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from agents.speaking import LANGUAGES, line, phrasebook
from tests.conversation import Conversation

DEVANAGARI = re.compile(r"[\u0900-\u097f]")
HINGLISH = re.compile(r"\b(?:aap|aapka|aapke|aapki|hai|hain|ke|ka|mein|kripya|dhanyavaad)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(?:you|your|the|please)\b", re.IGNORECASE)
# What knowledge base, policy and lender hold in English alone is quoted inside a Hinglish or Hindi reply.
QUOTED = re.compile(r"^.*\n\((?:Source|स्रोत): .*$|\((?:Monday to|सोमवार से) [^)]*\)", re.MULTILINE)

LETTER = {
    "en": [
        "I need 1 lakh for travel",
        "My name is Diya Nair",
        "24 months",
        "yes",
        "yes",
        "yes",
        "my PAN is ZZZPN1102B, born 2 Sep 1997, mobile 9000000002",
        "OTP",
        "what is the charge when I pay late?",
        "make it 1.5 lakh",
        "yes, I accept",
        "yes, I acknowledge",
        "thank you, bye",
    ],
    "hinglish": [
        "mujhe 1 lakh chahiye ghoomne ke liye",
        "mera naam Diya Nair hai",
        "24 mahine",
        "haan",
        "haan",
        "haan ji",
        "mera PAN ZZZPN1102B hai, janm 2 Sep 1997, mobile 9000000002",
        "OTP",
        "late payment par kya charge hai?",
        "1.5 lakh kar do",
        "haan manzoor hai",
        "haan, padh liya",
        "dhanyavaad",
    ],
    "hi": [
        "मुझे घूमने के लिए 1 लाख चाहिए",
        "मेरा नाम Diya Nair है",
        "24 महीने",
        "हाँ",
        "हाँ",
        "हाँ जी",
        "मेरा PAN ZZZPN1102B है, जन्म 02/09/1997, मोबाइल 9000000002",
        "OTP",
        "देर से भुगतान पर क्या शुल्क है?",
        "1.5 लाख कर दो",
        "हाँ, स्वीकार है",
        "हाँ, पढ़ लिया",
        "धन्यवाद",
    ],
}
DECLINE = {
    "en": [
        "1 lakh for travel over 24 months, I am Rohan Das",
        "no",
        "yes",
        "yes",
        "yes",
        "my PAN is ZZZPD1105E, born 11 June 1994, mobile 9000000005",
        "000000",
        "OTP",
        "why was I rejected?",
    ],
    "hinglish": [
        "ghoomne ke liye 1 lakh chahiye 24 mahine ke liye, mera naam Rohan Das hai",
        "nahi",
        "haan",
        "haan",
        "haan",
        "mera PAN ZZZPD1105E hai, janm 11 June 1994, mobile 9000000005",
        "000000",
        "OTP",
        "kyun reject hua?",
    ],
    "hi": [
        "मुझे घूमने के लिए 24 महीने के लिए 1 लाख चाहिए, मेरा नाम Rohan Das है",
        "नहीं",
        "हाँ",
        "हाँ",
        "हाँ",
        "मेरा PAN ZZZPD1105E है, जन्म 11/06/1994, मोबाइल 9000000005",
        "000000",
        "OTP",
        "क्यों रिजेक्ट हुआ?",
    ],
}
# Differ from one conversation to the next, in whatever language.
OWN = {
    "application_id",
    "language",
    "sanction_letter_url",
    "refusal_letter_url",
    "decision_id",
    "offer_id",
    "kfs_id",
    "digest",
    "otp",
}
OWN |= {"at", "shown_at", "acknowledged_at", "expires_at"}


class Told(NamedTuple):
    replies: list[str]
    states: list[Any]
    sms: str
    mail: str | None


async def told(steps: Sequence[str]) -> Told:
    conversation = Conversation()
    replies, states = [], []
    for step in steps:
        replies.append(await conversation.say(step))
        states.append((common(conversation.application), conversation.awaiting))
    texts = {message.channel: message for message in conversation.carrier.sent}
    mail = texts.get("email")
    return Told(replies, states, texts["sms"].body, f"{mail.subject}\n{mail.body}" if mail else None)


def common(value: Any) -> Any:
    """What must not depend on the language."""
    if isinstance(value, dict):
        return {name: common(inner) for name, inner in value.items() if name not in OWN}
    return [common(inner) for inner in value] if isinstance(value, list) else value


def is_in(language: str, reply: str) -> bool:
    own = reply if language == "en" else QUOTED.sub("", reply)
    if language == "hi":
        return bool(DEVANAGARI.search(own)) and not ENGLISH.search(own) and not HINGLISH.search(own)
    if DEVANAGARI.search(own):
        return False
    return bool(HINGLISH.search(own)) == (language == "hinglish") and bool(ENGLISH.search(own)) == (language == "en")


def figures(reply: str) -> list[str]:
    return sorted(re.findall(r"\d(?:[\d,.]*\d)?", QUOTED.sub("", re.sub(r"/api/\S+", "", reply))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dialogue", [LETTER, DECLINE], ids=["letter", "decline"])
async def test_every_reply_is_in_the_customers_language(dialogue: dict[str, list[str]], language: str) -> None:
    conversation = Conversation()
    for step in dialogue[language]:
        reply = await conversation.say(step)
        assert conversation.application["language"] == language, step
        assert is_in(language, reply), f"{step!r} got: {reply}"


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("dialogue", [LETTER, DECLINE], ids=["letter", "decline"])
async def test_the_outcome_is_that_of_english(dialogue: dict[str, list[str]], language: str) -> None:
    english, theirs = await told(dialogue["en"]), await told(dialogue[language])
    for number, (step, expected, state) in enumerate(
        zip(dialogue[language], english.states, theirs.states, strict=True)
    ):
        assert state == expected, f"step {number}: {step}"
        assert figures(theirs.replies[number]) == figures(english.replies[number]), step
    assert is_in(language, theirs.sms)
    assert (theirs.mail is None) == (english.mail is None)
    assert theirs.mail is None or is_in(language, theirs.mail)


async def test_the_letter_is_reached_and_the_decline_is_a_decline() -> None:
    letter, decline = await told(LETTER["en"]), await told(DECLINE["en"])
    assert letter.states[-1][0]["status"] == "completed"
    assert letter.states[-1][0]["sanction_letter_generated"] is True
    assert decline.states[-1][0]["status"] == "rejected"


async def test_the_language_follows_the_customer_and_facts_alone_change_nothing() -> None:
    conversation = Conversation()
    for step, language in [
        ("I need a loan of 3 lakh please", "en"),
        ("mujhe ghar ki renovation karni hai", "hinglish"),
        ("Diya Nair", "hinglish"),
        ("24 months", "hinglish"),
        ("ok", "hinglish"),
        ("हाँ जी", "hi"),
        ("ZZZPN1102B, born 2 Sep 1997, 9000000002", "hi"),
        ("can you please tell me more in English", "en"),
    ]:
        await conversation.say(step)
        assert conversation.application["language"] == language, step


async def test_a_new_application_stays_in_the_language() -> None:
    conversation = Conversation()
    await conversation.say("मुझे 2 लाख चाहिए")
    reply = await conversation.say("फिर से शुरू")
    assert conversation.application["desired_amount"] is None
    assert phrasebook("hi").phrase(line("sales.start_over")) in reply


@pytest.mark.parametrize(
    ("question", "lead_in"),
    [
        ("processing fee kitni hai?", "Hamari policy ke anusaar (English mein): The processing fee is 2%"),
        ("प्रोसेसिंग फीस कितनी है?", "हमारी नीति के अनुसार (अंग्रेज़ी में): The processing fee is 2%"),
        ("what is the processing fee?", "The processing fee is 2%"),
    ],
)
async def test_an_english_clause_is_led_into(question: str, lead_in: str) -> None:
    assert (await Conversation().say(question)).startswith(lead_in)


async def test_a_name_in_devanagari_is_asked_for_as_the_card_has_it() -> None:
    conversation = Conversation()
    for step in ["मुझे घूमने के लिए 24 महीने के लिए 1 लाख चाहिए, मेरा नाम दिया नायर है", "हाँ", "हाँ", "हाँ"]:
        await conversation.say(step)
    reply = await conversation.say("ZZZPN1102B, 02/09/1997, 9000000002")
    assert conversation.awaiting == ["otp"] or "अंग्रेज़ी अक्षरों में" in reply
    await conversation.say("Diya Nair")
    assert conversation.awaiting == ["otp"]
