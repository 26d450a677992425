"""The figure check: what a reply states must be stated by the sentences it was made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.model.draft import CONVERSATIONAL
from agents.model.figures import Unfit, asks_for, check_complete, check_stated, shown, stated
from agents.speaking import LANGUAGES, Line, phrasebook

LOAN = "Great! I can help you with a ₹3,00,000 loan. Over how many months would you like to repay (12 to 60)?"


@pytest.mark.parametrize(
    "reply",
    [
        "A loan of ₹3,00,000, lovely. Between 12 and 60 months, what suits you?",
        "3 lakh it is! You can choose 12 to 60 months.",
        "Rs. 300000 over 1 to 5 years: how long would you like?",
        "Three lakh rupees, gladly. Is it 12 months or 60 months?",
        "Aapko 3 lakh ka loan chahiye. 12 se 60 mahine me kitne mahine?",
        "आपको ₹3,00,000 का लोन चाहिए। 12 से 60 महीने में कितने महीने?",
        "One moment, do tell me: ₹3,00,000, and how many of the 12 to 60 months?",
    ],
)
def test_the_same_figures_in_other_words_pass(reply: str) -> None:
    source = stated(LOAN)
    check_stated(reply, source)
    check_complete(reply, source)


@pytest.mark.parametrize(
    "lie",
    [
        "You can have ₹30,00,000.",
        "You can have ₹3,00,001.",
        "You can have 30 lakh.",
        "You can have five lakh rupees.",
        "Aapko paanch lakh milenge.",
        "आपको पाँच लाख मिलेंगे।",
        "आपको ₹५,००,००० मिलेंगे।",
        "You can have ₹５,００,０００.",
        "You can have ₹5\u200b,00,000.",
        "You can have 𝟓 lakh.",
        "It is half a million.",
        "It costs 12%.",
        "It costs 12 percent a year.",
        "The rate is 12.",
        "You pay ₹12 a month.",
        "At 60% only.",
        "Over 72 months.",
        "Over 6 years.",
        "By 5 December.",
        "The money comes tomorrow.",
        "It takes 2 days.",
        "You are approved.",
        "You are аpproved.",  # the first letter is Cyrillic
        "You are **app**roved.",
        "Your loan is sanctioned!",
        "Aapka loan manzoor ho gaya.",
        "आपका लोन स्वीकृत है।",
        "आपका लोन मंज़ूर हो गया।",
        "We had to decline.",
        "You are verified.",
        "You are eligible.",
        "It is guaranteed.",
        "There is no fee.",
        "It is interest-free.",
        "Zero interest.",
        "I double it.",
        "Your credit score is great.",
        "Tell me your Aadhaar number.",
        "Tell me the OTP.",
        "Pay by UPI.",
        "See https://example.com now.",
        "See example.com now.",
        "Write to a@example.com.",
        "Open /api/v1/letters/x now.",
        "Call 1800 000 0001.",
        "Hello [NAME_7].",
        "<b>Hello</b>",
        "![x](y)",
        "It is $5000.",
        "It is five thousand dollars.",
    ],
)
def test_anything_else_does_not(lie: str) -> None:
    with pytest.raises(Unfit):
        check_stated(shown(lie), stated(LOAN))


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hello! How much would you like to borrow?", "नमस्ते! आप कितनी राशि उधार लेना चाहेंगे?"),
        ("Hello! How much would you like to borrow?", "Namaste! Aapko kitne rupaye ka loan chahiye?"),
        ("Thank you, [NAME_1]. Over how many months (12 to 60)?", "Dhanyavaad, [NAME_1]. Kitne mahine (12 se 60)?"),
        ("36 months, noted. And what is the loan for?", "Theek hai, 36 mahine. Loan kis kaam ke liye chahiye?"),
        ("36 months, noted. And what is the loan for?", "Three years it is! What will you use the loan for?"),
        ("Purpose: Wedding.", "A wedding, how lovely!"),
        ("Sorry, I did not understand that.", "Maaf kijiye, main samajh nahi paayi."),
        ("Our team can help: [PHONE_1].", "I have no answer, but our team does: [PHONE_1]."),
        ("How much do you pay in EMIs on other loans each month?", "Aap har mahine kitni EMI bharte hain?"),
    ],
)
def test_what_a_friendly_model_would_say_passes(said: str, reply: str) -> None:
    check_stated(shown(reply), stated(said))
    check_complete(shown(reply), stated(said))


@pytest.mark.parametrize("reply", ["A loan, lovely! Over how many months, 12 to 60?", "₹3,00,000. For how long?", ""])
def test_a_figure_left_out_is_noticed(reply: str) -> None:
    with pytest.raises(Unfit):
        check_complete(reply, stated(LOAN))


@given(amount=st.integers(1, 10**8), other=st.integers(1, 10**8))
def test_only_the_very_amount_passes(amount: int, other: int) -> None:
    source = stated(f"I can help you with a ₹{amount} loan.")
    check_stated(f"So you would like ₹{amount}.", source)
    if other != amount:
        with pytest.raises(Unfit):
            check_stated(f"So you would like ₹{other}.", source)


@given(st.text(max_size=200))
def test_what_is_shown_is_what_is_checked(text: str) -> None:
    assert shown(shown(text)) == shown(text)
    stated(shown(text))


def test_emoji_and_emphasis_are_dropped() -> None:
    assert shown("**Hello** 🙂 `there` 👍") == "Hello  there "


def test_asking_is_recognised_by_its_subject() -> None:
    assert asks_for("Nice. And what may I call you, what is your name?", "applicant_name")
    assert asks_for("Aapka naam kya hai?", "applicant_name")
    assert asks_for("आपका नाम क्या है?", "applicant_name")
    assert not asks_for("How are you?", "applicant_name")
    assert asks_for("Kripya apna naam bataiye.", "applicant_name")
    assert not asks_for("What a lovely name.", "applicant_name")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_may_be_rephrased_counts_as_asking(language: str) -> None:
    book = phrasebook(language)
    asks = sorted(key for key in CONVERSATIONAL if key.startswith("ask."))
    limits = {"min_months": 12, "max_months": 60}
    assert not [key for key in asks if not asks_for(book.phrase(Line(key=key, facts=limits)), key.removeprefix("ask."))]
