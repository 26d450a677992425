"""The statement in words: every field of the form, in both languages, with the same figures."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import letter_content
from tools.kfs import KeyFacts, language_of_papers
from tools.kfs.reading import reading
from tools.rupees import grouped
from tools.wording import LANGUAGES, wording

DEVANAGARI = re.compile("[\u0900-\u097f]")
FIGURE = re.compile(r"\d(?:[\d,.]*\d)?")


def facts(language: str = "en", **changes: Any) -> KeyFacts:
    return letter_content(language=language, **changes).key_facts


def lines(language: str) -> dict[str, tuple[str, str]]:
    shown: Any = facts(language).as_dict()["text"]
    return {
        f"{part['key']}.{line['item']}": (line["label"], line["value"])
        for part in shown["sections"]
        for line in part["lines"]
    }


def test_every_field_of_the_form_is_there() -> None:
    shown: Any = facts().as_dict()["text"]
    terms, _, sheet = shown["sections"]
    assert [line["number"] for line in terms["lines"] if line["number"]] == [str(number) for number in range(1, 11)]
    assert [line["number"] for line in sheet["lines"]] == [str(number) for number in range(1, 12)]
    said = lines("en")
    for item, words in {
        "part_1.proposal": "EF-2026-000001",
        "part_1.disbursal": "at once",
        "part_1.instalments": "36 monthly instalments of ₹9,680",
        "part_1.floating_rate": "no benchmark",
        "part_1.processing_fee": "₹6,000.00 (2%) + GST 18% ₹1,080.00 = ₹7,080.00",
        "part_1.insurance": "none",
        "part_1.penal_charge": "24% a year on the overdue instalment",
        "part_1.bounce_charge": "₹500",
        "part_1.foreclosure_fee": "2% of the principal",
        "part_1.rate_switch": "Not offered",
        "part_2.recovery_agents": "None",
        "part_2.grievances": "grievance@esoteric.example.com",
        "part_2.nodal_officer": "nodal@esoteric.example.com",
        "part_2.transfer": "may be transferred",
        "part_2.co_lending": "None",
        "part_2.cooling_off": "3 days from disbursal",
        "part_2.lsp_recovery_agent": "None",
        "computation_sheet.net_disbursed": "₹2,92,920.00",
    }.items():
        assert words in said[item][1], item


def test_both_languages_have_the_same_lines_and_figures() -> None:
    english, hindi = lines("en"), lines("hi")
    assert english.keys() == hindi.keys()
    for item, (label, value) in english.items():
        theirs = hindi[item]
        assert DEVANAGARI.search(theirs[0]), item
        assert not DEVANAGARI.search(label + value), item
        assert sorted(FIGURE.findall(f"{label} {value}")) == sorted(FIGURE.findall(" ".join(theirs))), item


def test_the_data_differ_by_language_in_words_alone() -> None:
    def numbers(value: object) -> object:
        if isinstance(value, dict):
            return {key: numbers(inner) for key, inner in value.items() if key not in {"text", "language"}}
        if isinstance(value, list):
            return [numbers(inner) for inner in value]
        return "words" if isinstance(value, str) and re.search("[a-z]{3} |[\u0900-\u097f]", value) else value

    english, hindi = facts("en"), facts("hi")
    assert numbers(english.as_dict()) == numbers(hindi.as_dict())
    assert english.digest != hindi.digest
    assert english.digest == facts("en").digest


@pytest.mark.parametrize(("customer", "papers"), [("en", "en"), ("hi", "hi"), ("hinglish", "en"), ("fr", "en")])
def test_the_language_of_papers(customer: str, papers: str) -> None:
    assert language_of_papers(customer) == papers
    assert facts(customer).language == papers


@pytest.mark.parametrize("package", ["tools.kfs", "tools.letter"])
def test_every_text_is_in_both_languages_with_the_same_facts(package: str) -> None:
    english, hindi = (wording(package, language) for language in LANGUAGES)
    assert english.keys == hindi.keys
    for key in english.keys:
        ours, theirs = english._texts[key], hindi._texts[key]  # the templates themselves
        fields = [sorted(set(re.findall(r"\{([a-z_.]+)", text))) for text in (ours, theirs)]
        assert fields[0] == fields[1], key
        assert ours.count("**") % 2 == theirs.count("**") % 2 == 0, key


@settings(max_examples=30, deadline=None)
@given(
    amount=st.integers(50, 500).map(lambda thousands: thousands * 1000),
    rate=st.integers(1000, 1500).map(lambda hundredths: Decimal(hundredths) / 100),
    months=st.integers(12, 60),
    language=st.sampled_from(LANGUAGES),
)
def test_the_words_state_the_figures_of_the_data(amount: int, rate: Decimal, months: int, language: str) -> None:
    statement = facts(language, amount=amount, rate=rate, months=months)
    data: Any = statement.as_dict()
    said = {line.item: line.value for line in reading(statement).sections[2].lines}
    sheet = {line["item"]: line["value"] for line in data["computation_sheet"]}
    for item in ("total_interest", "net_disbursed", "total_to_be_paid"):
        assert said[item] == f"₹{_paise(sheet[item])}"
    assert said["fees"] == f"₹{_paise(sheet['fees']['total'])}"
    assert said["apr"] == f"**{data['apr_pct_incl_gst']}%**"
    assert said["rate"] == f"{rate:.2f}%"
    assert sum(Decimal(row["instalment"]) for row in data["repayment_schedule"]) == Decimal(sheet["total_to_be_paid"])


def _paise(money: str) -> str:
    text = grouped(Decimal(money))
    return text if "." in text else f"{text}.00"


def test_a_year_begins_in_the_language() -> None:
    assert wording("tools.kfs", "hi").day(date(2027, 1, 5)) == "5 जनवरी 2027"
    assert wording("tools.kfs", "en").day(date(2027, 1, 5)) == "5 January 2027"
