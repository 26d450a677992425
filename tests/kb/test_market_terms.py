"""How people type what they ask of markets."""

import pytest

from kb.corpora import MARKETS
from kb.terms import SearchTerms, one_letter_off


@pytest.fixture(scope="module")
def terms() -> SearchTerms:
    return SearchTerms(MARKETS.terms)


@pytest.mark.parametrize(
    ("word", "right", "off"),
    [
        ("momentun", "momentum", True),
        ("momntum", "momentum", True),
        ("momenttum", "momentum", True),
        ("moemntum", "momentum", True),
        ("momentumm", "momentum", True),
        ("omentum", "momentum", True),
        ("momentum", "momentum", True),
        ("moment", "momentum", False),
        ("monumnet", "momentum", False),
        ("mmoentmu", "momentum", False),
        ("", "a", True),
        ("ab", "ba", True),
        ("abc", "cba", False),
    ],
)
def test_one_letter_off(word: str, right: str, off: bool) -> None:
    assert one_letter_off(word, right) is off
    assert one_letter_off(right, word) is off


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("volatilty is high", "volatility is high"),
        ("what is infaltion", "what is inflation"),
        ("my protfolio", "my portfolio"),
        ("0dte", "zero-day 0DTE options"),
        ("does ta work", "does technical analysis work"),
        ("HFT", "high-frequency trading"),
        ("is btc dead", "is bitcoin dead"),
    ],
)
def test_slips_and_slang(terms: SearchTerms, typed: str, ours: str) -> None:
    assert terms.in_our_words(terms.in_english(typed)) == ours


@pytest.mark.parametrize(
    "sentence",
    [
        "the analysts divided the merged company and invested in learning",
        "the beverage industry in the field of secession",
        "conversions of complex employment diversity",
        "an evaluation of emergency warnings",
        "who is interested",
        "",
    ],
)
def test_other_words_stay_as_they_are(terms: SearchTerms, sentence: str) -> None:
    assert terms.in_our_words(terms.in_english(sentence)) == sentence


@pytest.mark.parametrize("text", ["सोने का भाव क्या है", "क्या", "mera paisa", "é" * 50, "x" * 5000, "ab" * 2000])
def test_any_text_passes(terms: SearchTerms, text: str) -> None:
    assert terms.in_our_words(terms.in_english(text))
