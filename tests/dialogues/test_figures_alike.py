"""The same figures in three languages, for every packaged customer: replies, decision, offer, reasons and what-ifs."""

import re
from typing import Any, NamedTuple

import pytest

from agents.speaking import LANGUAGES
from tests.conversation import Conversation, customer
from tests.driver import REQUESTS
from tools.providers.simulated import packaged_customers


class Script(NamedTuple):
    opening: str
    yes: str
    identity: str
    then: list[str]


SAID = {
    "en": Script(
        opening="I would like to borrow {amount} rupees for travel over {months} months, my name is {name}",
        yes="yes",
        identity="my PAN is {pan}, born {born}, mobile {phone}",
        then=[
            "why",
            "what would change the result?",
            "give me a better rate",
            "what if my score were 810?",
            "lower EMI",
        ],
    ),
    "hinglish": Script(
        opening="mujhe {amount} rupaye chahiye {months} mahine ke liye, ghoomne ke liye, mera naam {name} hai",
        yes="haan",
        identity="mera PAN {pan} hai, janm {born}, mobile {phone}",
        then=[
            "kyun",
            "kya karne se result badlega?",
            "rate kam karo",
            "agar mera score 810 hota to?",
            "EMI kam karo",
        ],
    ),
    "hi": Script(
        opening="मुझे {amount} रुपये चाहिए {months} महीने के लिए, घूमने के लिए, मेरा नाम {name} है",
        yes="हाँ",
        identity="मेरा PAN {pan} है, जन्म {born}, मोबाइल {phone}",
        then=["क्यों", "क्या करने से परिणाम बदलेगा?", "ब्याज कम करो", "अगर मेरा स्कोर 810 होता तो?", "कम EMI"],
    ),
}
PEOPLE = [person.customer_id for person in packaged_customers()]
# Hours and addresses are the lender's own, in one language each; links and document names differ by session.
NO_FIGURES = re.compile(r"\([^()]*\d+:\d+[^()]*\)|/api/\S+|https?://\S+")


async def told(customer_id: str, language: str) -> tuple[list[list[str]], dict[str, Any]]:
    """The figures of every reply, and the end."""
    person, said = customer(customer_id), SAID[language]
    amount, months = REQUESTS[customer_id]
    conversation, figures = Conversation(), list[list[str]]()

    async def say(text: str) -> None:
        reply = NO_FIGURES.sub(" ", await conversation.say(text))
        figures.append(sorted(re.findall(r"\d(?:[\d,.]*\d)?", reply)))

    await say(said.opening.format(amount=amount, months=months, name=person.name))
    while conversation.awaiting[:1] == ["consent"]:
        await say(said.yes)
    await say(said.identity.format(pan=person.pan, born=person.dob.strftime("%d/%m/%Y"), phone=person.phone))
    await say("OTP")
    for text in said.then:
        await say(text)
    assert conversation.application["language"] == language
    return figures, conversation.application


@pytest.mark.parametrize("customer_id", PEOPLE)
async def test_figures_do_not_depend_on_the_language(customer_id: str) -> None:
    heard = {language: await told(customer_id, language) for language in LANGUAGES}
    english, ended = heard["en"]
    assert any(english)
    for language in LANGUAGES[1:]:
        figures, application = heard[language]
        assert figures == english, language
        for field in ("status", "credit_eligibility", "offered_amount", "offered_interest_rate", "reason_codes"):
            assert application[field] == ended[field], (language, field)
