"""Sales conduct: what may not be said is found in three languages, and nothing of ours says it."""

import pytest

from agents.loan_view import opening
from agents.speaking import LANGUAGES
from kb.policy import load_policy, profiles
from tests.agents.test_texts import sentences
from tests.conversation import AS_OF
from tools.conduct import breaches

BREACHES = [
    ("false_urgency", "Hurry, only a few slots are left!"),
    ("false_urgency", "This offer ends in 2 hours."),
    ("false_urgency", "Don’t miss it"),
    ("false_urgency", "Yeh aakhri mauka hai"),
    ("false_urgency", "Jaldi kijiye, sirf aaj"),
    ("false_urgency", "जल्दी कीजिए, मौका न चूकें"),
    ("bundling", "You must also take our credit protection insurance."),
    ("bundling", "I have added a small insurance cover for you."),
    ("bundling", "Loan ke saath bima lena hoga"),
    ("bundling", "लोन के साथ बीमा लेना होगा"),
    ("shaming", "Don't let your family down."),
    ("shaming", "A responsible parent would say yes."),
    ("shaming", "You will regret this."),
    ("shaming", "Aap pachtayenge"),
    ("shaming", "आप पछताएँगे"),
    ("superlatives", "We have the lowest rates in India."),
    ("superlatives", "An unbeatable deal"),
    ("superlatives", "Sabse sasta loan hamara hai"),
    ("superlatives", "सबसे सस्ता लोन"),
    ("certainty", "Guaranteed approval, no questions asked"),
    ("certainty", "Loan pakka milega"),
    ("certainty", "मंज़ूरी की गारंटी"),
    ("nagging", "Are you sure you want to decline?"),
    ("nagging", "Phir se soch lijiye"),
    ("nagging", "एक बार और सोच लें"),
    ("disguise", "I'm a human, not a bot."),
    ("disguise", "Main ek insaan hoon"),
    ("disguise", "मैं इंसान हूँ"),
    ("hidden_cost", "There are no hidden charges."),
    ("hidden_cost", "Bina byaj ka loan"),
    ("hidden_cost", "बिना ब्याज का लोन"),
]
FAIR = [
    "Your offer is valid until 5 December 2026.",
    "You do not have to buy insurance with this loan.",
    "The cheaper option costs ₹12,000 less interest.",
    "I am an automated assistant; you can ask for a person at any time.",
    "The offer has expired.",
    "There is no hurry: tell me when you are ready.",
    "You're welcome, and all the best!",
    "Main ek automated service hoon.",
    "आराम से सोच लें।",
    "Of those shown, this one has the smallest EMI.",
]


@pytest.mark.parametrize(("kind", "text"), BREACHES)
def test_a_breach_is_found_and_named(kind: str, text: str) -> None:
    assert kind in {breach.kind for breach in breaches(text)}
    assert kind in {breach.kind for breach in breaches(text.upper())}


@pytest.mark.parametrize("text", FAIR)
def test_plain_words_are_no_breach(text: str) -> None:
    assert breaches(text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_ours_is_a_breach(language: str) -> None:
    found = {key: breaches(text) for key, text in sentences(language).items()}
    assert not {key: breach for key, breach in found.items() if breach}


def test_no_reason_of_the_policy_is_a_breach() -> None:
    for profile in profiles():
        for code, texts in load_policy(profile, on=AS_OF).reasons.items():
            for text in (texts.en, texts.hi, texts.hinglish, texts.helps_en, texts.helps_hi, texts.helps_hinglish):
                assert breaches(text or "") == [], code


@pytest.mark.parametrize(
    ("language", "automated", "person"),
    [("en", "automated", "a person"), ("hinglish", "automated", "kisi person"), ("hi", "स्वचालित", "किसी व्यक्ति")],
)
def test_the_greeting_says_that_it_is_automated_and_that_a_person_can_be_had(
    language: str, automated: str, person: str
) -> None:
    greeting = sentences(language)["greeting"]
    assert automated in greeting
    assert person in greeting
    assert language != "en" or greeting == opening("s-1")
