"""Understanding by rules: the shared vectors, our own cases, and what must hold for any text."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.understanding.reading import Reading
from agents.understanding.rules import RulesUnderstander

TESTS = Path(__file__).parent.parent
ASKED = [
    None,
    *[
        "desired_amount",
        "applicant_name",
        "loan_term_months",
        "purpose",
        "consent",
        "pan",
        "date_of_birth",
        "phone",
        "otp",
        "email",
        "address",
    ],
    *[
        "employment",
        "employer",
        "monthly_income",
        "household_annual_income",
        "existing_emi",
        "salary_slip",
        "slip_confirmation",
    ],
    *["kyc_upgrade", "offer_decision", "kfs_acknowledgement", "age", "confirm"],
]


def rows(path: Path) -> list[Any]:
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.fixture(scope="module")
def understander() -> RulesUnderstander:
    return RulesUnderstander()


def read(understander: RulesUnderstander, text: str, asked: str | None = None) -> Reading:
    return understander.read_by_rules(text, asked)[0]


def check(case: dict[str, Any], reading: Reading) -> None:
    facts: dict[str, Any] = dict(reading["facts"])
    assert {slot: facts.get(slot) for slot in case["expect"]} == case["expect"]
    assert not [slot for slot in case["absent"] if slot in facts]
    for slot in facts:
        span = reading["spans"][slot]
        assert span and span in case["text"]


@pytest.mark.parametrize("case", rows(TESTS / "vectors" / "utterances.jsonl"))
def test_vectors(understander: RulesUnderstander, case: dict[str, Any]) -> None:
    check(case, read(understander, case["text"], case["asking"]))


@pytest.mark.parametrize("case", rows(TESTS / "agents" / "understanding_cases.jsonl"))
def test_own_cases(understander: RulesUnderstander, case: dict[str, Any]) -> None:
    reading = read(understander, case["text"], case["asking"])
    check(case, reading)
    assert reading["intent"] == case.get("intent", reading["intent"])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("not 3 lakh, 4 lakh", ["desired_amount"]),
        ("24 months nahi 36 months", ["loan_term_months"]),
        ("2 lakh ki jagah 3 lakh", ["desired_amount"]),
        ("sorry, salary is 52000", ["monthly_income"]),
        ("दो साल नहीं तीन साल", ["loan_term_months"]),
        ("my name is Priya, not Riya", ["applicant_name"]),
        ("I need 3 lakh", []),
        ("pehle se 2 lakh ka loan hai", []),
    ],
)
def test_corrections_are_told(understander: RulesUnderstander, text: str, slots: list[str]) -> None:
    assert read(understander, text)["corrects"] == slots


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I need three lakh for two years", "en"),
        ("do you have an office in Delhi", "en"),
        ("3 lakh", "en"),
        ("mujhe teen lakh chahiye", "hinglish"),
        ("salary 60,000 hai", "hinglish"),
        ("mujhe लोन chahiye abhi", "hinglish"),
        ("मुझे तीन लाख चाहिए", "hi"),
        ("मेरा PAN ZZZPK1001A है", "hi"),
    ],
)
def test_language(understander: RulesUnderstander, text: str, language: str) -> None:
    assert read(understander, text)["language"] == language


def test_bare_values_belong_to_the_slot_asked(understander: RulesUnderstander) -> None:
    for asked, text, value in [
        ("loan_term_months", "24", 24),
        ("monthly_income", "45000", 45000),
        ("desired_amount", "200000", 200000),
        ("age", "32", 32),
        ("otp", "482913", "482913"),
    ]:
        assert dict(read(understander, text, asked)["facts"]) == {asked: value}
        assert not read(understander, text)["facts"]


def test_a_binding_yes_is_not_guessed(understander: RulesUnderstander) -> None:
    for text in (
        "ok, but what is the fee?",
        "yes but 3 lakh",
        "haan lekin rate kam karo",
        "not sure",
        "hello",
        "thanks",
    ):
        assert "confirm" not in read(understander, text, "offer_decision")["facts"], text
    assert "confirm" not in read(understander, "yes", "monthly_income")["facts"]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=4000), asked=st.sampled_from(ASKED))
def test_any_text_can_be_read(understander: RulesUnderstander, text: str, asked: str | None) -> None:
    reading = read(understander, text, asked)
    assert set(reading["spans"]) == set(reading["facts"])
    assert all(span in text for span in reading["spans"].values())


WORDS = st.sampled_from(
    [
        "3",
        "24",
        "45000",
        "2019",
        "lakh",
        "hazaar",
        "saal",
        "months",
        "EMI",
        "salary",
        "chahiye",
        "nahi",
        "not",
        ",",
        ".",
        "?",
        "-",
        "to",
        "se",
        "and",
        "aur",
        "ke",
        "liye",
        "₹",
        "Rs",
        "%",
        "loan",
        "friend",
        "dhai",
        "sadhe",
        "paune",
        "half",
        "a",
        "OTP",
        "PAN",
        "9999",
        "0018",
        "90000",
        "00001",
        "ZZZPK1001A",
        "yes",
        "haan",
        "agar",
        "kitni",
        "hai",
        "my",
        "name",
        "is",
        "तीन",
        "लाख",
        "साल",
    ]
)


@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORDS, max_size=60), asked=st.sampled_from(ASKED))
def test_any_mixture_of_our_words_can_be_read(
    understander: RulesUnderstander, words: list[str], asked: str | None
) -> None:
    facts = dict(read(understander, " ".join(words), asked)["facts"])
    for slot in ("desired_amount", "monthly_income", "annual_income", "max_emi", "loan_term_months"):
        assert slot not in facts or (type(facts[slot]) is int and facts[slot] > 0)  # type: ignore[operator]


def test_reading_is_fast(understander: RulesUnderstander) -> None:
    """Far above what is measured: a guard against quadratic work, not a benchmark."""
    short = "salary 60,000 hai, 2.5 lakh loan 24 mahine"
    started = time.perf_counter()
    for _ in range(50):
        read(understander, short)
    assert (time.perf_counter() - started) / 50 < 0.01
    long = ("salary 60,000 hai, 2.5 lakh loan 24 mahine aur EMI 8000 " * 80)[:4000]
    started = time.perf_counter()
    read(understander, long)
    assert time.perf_counter() - started < 1.0


async def test_meaning_is_asked_only_when_rules_are_unsure() -> None:
    asked_of_model: list[list[str]] = []

    def embed(texts: list[str]) -> list[list[float]]:
        asked_of_model.append(texts)
        return [[1.0, 0.0] if "match" in text or "innings" in text else [0.0, 1.0] for text in texts]

    understander = RulesUnderstander(embed)
    assert (await understander.read("I need 3 lakh", None))["intent"] == "provide"
    assert not asked_of_model
    assert (await understander.read("which innings did you like best?", None))["intent"] == "question"
    assert not asked_of_model, "a question stays one: the knowledge base knows whether it has an answer"
    assert (await understander.read("such lovely innings yesterday", None))["intent"] == "off_topic"
    assert len(asked_of_model) == 2
    await understander.read("more of those innings", None)
    assert len(asked_of_model) == 3, "the examples are embedded once"


async def test_reads_without_a_model() -> None:
    assert (await RulesUnderstander().read("is it so?", None))["intent"] == "question"
