import re
import tomllib

import pytest

from kb.terms import SEARCH_TERMS, SearchTerms


@pytest.fixture(scope="module")
def terms() -> SearchTerms:
    return SearchTerms()


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Processing fee kitni hai?", "processing fee how much ?"),
        ("Loan jaldi band kar sakta hoon kya", "loan early close"),
        ("kam se kam kitna loan", "minimum how much loan"),
        ("pan card nahi hai", "pan card not"),
        ("ब्याज दर कितनी है", "interest rate how much"),
        ("EMI की किस्त", "emi instalment emi"),
    ],
)
def test_hindi_words_become_english(terms: SearchTerms, question: str, english: str) -> None:
    assert terms.in_english(question) == english


@pytest.mark.parametrize(
    "question",
    ["what is the main band of rates?", "can you do it for me", "late fee in the aay category", "₹3,00,000?"],
)
def test_english_sentences_keep_every_word(terms: SearchTerms, question: str) -> None:
    assert terms.in_english(question) == question


def test_nukta_letters_match_however_they_are_typed(terms: SearchTerms) -> None:
    assert (
        terms.in_english("\u0915\u093e\u0917\u095b")
        == terms.in_english("\u0915\u093e\u0917\u091c\u093c")
        == "documents"
    )


def test_a_sentence_of_grammar_alone_is_left_as_it_is(terms: SearchTerms) -> None:
    assert terms.in_english("aur kya hai") == "aur kya hai"
    assert terms.in_english("") == ""


def test_customers_expressions_become_ours(terms: SearchTerms) -> None:
    assert terms.in_our_words("my cibil score and cibil report") == "my credit score and credit report"
    assert terms.in_our_words("cibilish payslips") == "cibilish payslips"


def test_no_word_or_phrase_is_listed_twice() -> None:
    table = tomllib.loads(SEARCH_TERMS.read_text(encoding="utf-8"))
    for part, separator in (("words", r"\s+"), ("phrases", ", "), ("synonyms", ", ")):
        listed = [item for row in table[part].values() for item in re.split(separator, row)]
        assert sorted({item for item in listed if listed.count(item) > 1}) == []


def test_markers_are_not_english_words() -> None:
    markers = tomllib.loads(SEARCH_TERMS.read_text(encoding="utf-8"))["markers"].split()
    english = "a am and band be can do for get in is it main mat me no not of on or par pay per so the to us we you"
    assert set(markers) & set(english.split()) == set()
