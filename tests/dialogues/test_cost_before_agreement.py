"""Before anybody is asked to agree, the cost has been shown: rate, EMI, whole interest and APR."""

import re
from decimal import Decimal

import pytest

from agents.speaking import LANGUAGES
from tests.conversation import Conversation
from tools.conduct import breaches
from tools.rupees import rupees

OPENING = {
    "C01": ["I need 3 lakh for travel over 36 months, my name is Aarav Mehta", "ZZZPM1101A, 18/04/1992, 9000000001"],
    "C04": ["I need 3.5 lakh for travel over 36 months, my name is Meera Iyer", "ZZZPI1104D, 30/11/1988, 9000000004"],
}
IN = {"en": "please tell me everything in English", "hinglish": "haan aap mujhe sab batao", "hi": "मुझे सब बताइए"}
ASKS = re.compile(r"accept this offer|Which option|Do you mean|manzoor hai|kaun sa option|keh rahe hain|स्वीकार|विकल्प")


async def offered(customer_id: str) -> Conversation:
    conversation = Conversation()
    opening, identity = OPENING[customer_id]
    await conversation.say(opening)
    while conversation.awaiting[:1] == ["consent"]:
        await conversation.say("yes")
    await conversation.say(identity)
    await conversation.say("OTP")
    assert conversation.awaiting[0] == "offer_decision"
    return conversation


@pytest.mark.parametrize("customer_id", OPENING)
async def test_the_first_ask_stands_below_the_whole_cost(customer_id: str) -> None:
    conversation = await offered(customer_id)
    application = conversation.application
    options = [application["offer"]] if application["offer"] else application["alternatives"]
    asked_at = ASKS.search(conversation.reply)
    assert asked_at
    above = conversation.reply[: asked_at.start()]
    for option in options:
        for figure in (option["emi"], option["total_interest"]):
            assert rupees(Decimal(figure)) in above
        assert f"{option['apr_pct'].rstrip('0').rstrip('.')}%" in above
    assert {"apr_pct", "total_interest", "emi", "rate_pct"} <= options[0].keys()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_reply_of_a_whole_conversation_breaks_the_rules_of_conduct(language: str) -> None:
    conversation = await offered("C04")
    said = [conversation.reply]
    steps = [
        IN[language],
        "no",
        "why",
        "what would change the result?",
        "lower EMI",
        "yes",
        "1 lakh",
        "yes",
        "yes",
    ]
    said += [await conversation.say(text) for text in steps]
    assert conversation.application["status"] == "sanctioned"
    assert [breaches(reply) for reply in said] == [[] for _ in said]
