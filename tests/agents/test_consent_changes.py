"""Which messages change a consent, and which only speak of one."""

import pytest

from agents.understanding.consents import read_consent_change

WITHDRAWN = [
    ("I withdraw my consent for the bureau", "bureau_pull"),
    ("please revoke the CIBIL consent", "bureau_pull"),
    ("bureau ki consent wapas leta hoon", "bureau_pull"),
    ("मैं ब्यूरो की सहमति वापस लेता हूँ", "bureau_pull"),
    ("I revoke my KYC consent", "kyc"),
    ("केवाईसी की सहमति वापस लेनी है", "kyc"),
    ("stop using my data", "data_use"),
    ("Please don't use my data anymore", "data_use"),
    ("withdraw my consent", "data_use"),
    ("I no longer agree to the use of my data", "data_use"),
    ("mera data use mat karo", "data_use"),
    ("sahmati wapas leni hai", "data_use"),
    ("मेरा डेटा इस्तेमाल मत करो", "data_use"),
    ("मेरी जानकारी का उपयोग बंद करो", "data_use"),
    ("don't send me offers", "marketing"),
    ("Stop sending me offers", "marketing"),
    ("unsubscribe me from marketing", "marketing"),
    ("Take me off your marketing list", "marketing"),
    ("offers mat bhejo", "marketing"),
    ("ऑफ़र मत भेजो", "marketing"),
    ("stop using AI on my data", "model_processing"),
    ("AI ka use band karo mere data par", "model_processing"),
    ("don't use a language model on this chat", "model_processing"),
]
GIVEN = [
    ("you may send me offers", "marketing"),
    ("I agree to marketing", "marketing"),
    ("you can use AI on my data", "model_processing"),
]
NEITHER = [
    "How do I withdraw my consent?",
    "what if I withdraw my consent?",
    "can I revoke consent later?",
    "agar main consent wapas lun to kya hoga",
    "क्या मैं सहमति वापस ले सकता हूँ?",
    "I don't want to withdraw my consent",
    "consent wapas nahi lena",
    "yes I agree",
    "I do not consent",
    "I consent to everything",
    "mujhe sahmati hai",
    "yes you can check my credit report",
    "yes, use my data",
    "I do not want to share my data",
    "no",
    "stop",
    "stop, I want 3 lakh",
    "cancel my application",
    "I don't want this offer",
    "offers nahi chahiye",
    "I agree to the offer",
    "send me the offer",
    "don't send the letter yet",
    "do you use AI?",
    "does AI use my data?",
    "I use my salary for data plans, 3 lakh",
    "use my money for the wedding, I need offers",
    "x" * 400 + " withdraw my consent",
]


@pytest.mark.parametrize(("text", "purpose"), WITHDRAWN)
def test_withdrawn(text: str, purpose: str) -> None:
    assert read_consent_change(text) == (purpose, False)


@pytest.mark.parametrize(("text", "purpose"), GIVEN)
def test_given(text: str, purpose: str) -> None:
    assert read_consent_change(text) == (purpose, True)


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert read_consent_change(text) is None
