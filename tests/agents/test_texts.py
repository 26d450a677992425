"""The phrasebooks: complete and alike in every language, and understood when customers type what they suggest."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest

from agents.noting import as_phrase
from agents.speaking import FALLBACK, LANGUAGES, TABLES, line, phrasebook
from agents.understanding.papers_language import papers_language
from agents.understanding.rules import RulesUnderstander
from kb.policy import load_policy
from tools.consents import REQUIRED

TRANSLATIONS = [language for language in LANGUAGES if language != FALLBACK]
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
BARE = "underwriting.reason"  # a list sign and a text of the policy's own
# What a fact is called decides what a sample of it looks like.
SAMPLES = {"rupees": 125000, "pct": "11.00", "date": "2026-12-05", "purpose": "Wedding", "": "sample"}


@cache
def document(language: str) -> dict[str, Any]:
    return tomllib.loads((files("agents.text") / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def sentences(language: str) -> dict[str, str]:
    found = {}
    for name, value in document(language).items():
        if name in TABLES:
            continue
        found.update(
            {f"{name}.{key}": text for key, text in value.items()} if isinstance(value, dict) else {name: value}
        )
    return found


ENGLISH = sentences(FALLBACK)


def figures(sentence: str) -> set[tuple[str, str]]:
    """Placeholder and format of each; a word for one or many is a matter of the language."""
    found = {(name, spec or "") for _, name, spec, _ in Formatter().parse(sentence) if name is not None}
    return {(name, spec) for name, spec in found if "|" not in spec}


def structure(sentence: str) -> tuple[bool, bool, list[str]]:
    return sentence.startswith("\n"), sentence.endswith("\n"), re.findall(r"\n(?:- )?", sentence)


def without_figures(sentence: str) -> str:
    return re.sub(r"\{[^}]*\}", "", sentence)


def numbers(sentence: str) -> list[str]:
    return sorted(re.findall(r"\d(?:[\d,]*\d)?", without_figures(sentence)))


def facts_for(sentence: str) -> dict[str, Any]:
    fields = [(name, spec or "") for _, name, spec, _ in Formatter().parse(sentence) if name]
    return {
        name: 2 if "|" in spec else SAMPLES[spec] for name, spec in sorted(fields, key=lambda field: field[1] != "")
    }


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_same_keys(language: str) -> None:
    assert sentences(language).keys() == ENGLISH.keys()
    assert phrasebook(language).keys == ENGLISH.keys()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_same_figures_lines_and_numbers(language: str) -> None:
    """Placeholders with their formats, line breaks and list signs, and the digits that stand in a sentence itself."""
    for key, theirs in sentences(language).items():
        english = ENGLISH[key]
        assert figures(theirs) == figures(english), key
        assert structure(theirs) == structure(english), key
        assert numbers(theirs) == numbers(english), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_reservations_are_kept(language: str) -> None:
    """What English hedges, limits or grants is hedged, limited and granted in every language."""
    reservations = {
        "estimate, not an offer": ("अनुमान है, ऑफ़र नहीं", "estimate hai, offer nahi"),
        "at the latest": ("अधिक से अधिक", "zyada se zyada"),
        "(yes/no)": ("(हाँ/नहीं)", "(haan/nahi)"),
        "simulated": ("अनुकरण", "simulated"),
        "demonstration": ("प्रदर्शन", "demonstration"),
        "free": ("शुल्क", "free", "bina charge"),
        "withdraw it at any time": ("किसी भी समय वापस", "kisi bhi samay wapas"),
        "nothing else": ("किसी दूसरे काम के लिए नहीं", "kisi doosre kaam ke liye nahi", "किसी और बात", "kisi aur baat"),
        "once for this application": ("एक बार", "ek baar"),
        "on the overdue instalment only": ("केवल बक़ाया किस्त पर", "sirf overdue EMI par"),
        "fixed": ("स्थिर", "fixed"),
        "start over": ("फिर से शुरू", "phir se shuru"),
    }
    for key, theirs in sentences(language).items():
        for english, translated in reservations.items():
            if english in ENGLISH[key]:
                assert any(words in theirs for words in translated), (key, english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_renders(language: str) -> None:
    for key, sentence in sentences(language).items():
        said = phrasebook(language).phrase(line(key, **facts_for(sentence)))
        assert said.strip(), key
        assert not re.search(r"[{}]|None|  | [.,;!?।]", said), key


def test_scripts() -> None:
    """Hindi is in Devanagari with Latin digits; Hinglish and English have no Devanagari."""
    for key in ENGLISH:
        assert DEVANAGARI.search(sentences("hi")[key]) or key == BARE, key
        assert not re.search(r"[०-९]", sentences("hi")[key]), key
        assert not DEVANAGARI.search(sentences("hinglish")[key] + ENGLISH[key]), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    for key, theirs in sentences(language).items():
        words = set(re.findall(r"[a-z]+", without_figures(theirs).lower()))
        assert not words & {"the", "your", "you", "our", "please", "with", "will", "this", "that", "was", "are"}, key
        assert theirs != ENGLISH[key] or key == BARE


def test_months() -> None:
    assert [len(document(language)["months"]) for language in (FALLBACK, "hi")] == [12, 12]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_purpose_has_its_words(language: str) -> None:
    words = files("agents.understanding") / "words" / "purposes.toml"
    codes = tomllib.loads(words.read_text(encoding="utf-8"))["purposes"]
    assert document(language)["purposes"].keys() == {as_phrase(code) for code in codes}
    for purpose, translated in document(language)["purposes"].items():
        assert translated in phrasebook(language).phrase(line("noted.purpose", value=purpose))


def test_the_greeting_names_the_limits_in_force() -> None:
    product = load_policy("default").product
    for language in LANGUAGES:
        greeting = phrasebook(language).phrase(line("greeting"))
        limits = phrasebook(language).phrase(
            line("sales.amount_below_min", min_amount=product.min_amount, max_amount=product.max_amount)
        )
        assert set(re.findall(r"₹[\d,]+\d", greeting)) == set(re.findall(r"₹[\d,]+\d", limits))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_customers_are_told_to_type_is_understood(language: str) -> None:
    understander = RulesUnderstander()
    quoted = {
        key: re.findall(r'"([^"{}]+)"', sentence) for key, sentence in sentences(language).items() if '"' in sentence
    }
    assert len(quoted) >= 8
    for key, commands in quoted.items():
        for command in commands:
            if key == "refuse.purpose":
                assert "purpose" in understander.read_by_rules(command, "purpose")[0]["facts"], command
            elif key == "ask.existing_emi":
                assert understander.read_by_rules(command, "existing_emi")[0]["facts"].get("existing_emi") == 0, command
            elif key == "offer.what_else":
                facts = understander.read_by_rules(command, "offer_decision")[0]["facts"]
                assert facts.get("confirm") == "no", command
            elif key == "sanction.other_language":
                assert papers_language(command) == ("en" if language == "hi" else "hi"), command
            else:
                wanted = "renew" if key == "status.expired" else "start_over"
                assert understander.read_by_rules(command, None)[0]["intent"] == wanted, (key, command)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_suggested_for_consents_are_understood(language: str) -> None:
    for purpose in REQUIRED:
        yes, no = re.findall(r"\(([^()]*)/([^()]*)\)$", sentences(language)[f"consent.{purpose}"])[0]
        for answer, read in ((yes, "yes"), (no, "no")):
            assert RulesUnderstander().read_by_rules(answer, "consent")[0]["facts"].get("confirm") == read
