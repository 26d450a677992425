"""Speaking: figures, lines side by side, chunks that give back the text."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.speaking import FALLBACK, LANGUAGES, Line, Phrasebook, TemplateSpeaker, in_chunks, line, phrasebook

ENGLISH_MONTHS = [f"{date(2026, month, 1):%B}" for month in range(1, 13)]


def book(**sentences: str) -> Phrasebook:
    return Phrasebook(sentences, ENGLISH_MONTHS, {"Travel": "Yatra"})


@pytest.mark.parametrize(
    ("sentence", "value", "said"),
    [
        ("{value:rupees}", 300000, "₹3,00,000"),
        ("{value:rupees}", 12345678, "₹1,23,45,678"),
        ("{value:rupees}", "9964.50", "₹9,964.50"),
        ("{value:rupees}", Decimal("78.62"), "₹78.62"),
        ("{value:rupees}", 999, "₹999"),
        ("{value:pct}", "11.00", "11%"),
        ("{value:pct}", "10.50", "10.5%"),
        ("{value:pct}", Decimal("100"), "100%"),
        ("{value:pct}", 24, "24%"),
        ("{value:pct}", "12.57", "12.57%"),
        ("{value:date}", "2026-12-05", "5 December 2026"),
        ("{value:date}", "2028-02-29", "29 February 2028"),
        ("{value:purpose}", "Travel", "Yatra"),
        ("{value:purpose}", "A dream", "A dream"),
        ("{value} {value:try|tries}", 1, "1 try"),
        ("{value} {value:try|tries}", 2, "2 tries"),
        ("{value}", "Asha", "Asha"),
        ("{value:>4}", 7, "   7"),
    ],
)
def test_figures(sentence: str, value: Any, said: str) -> None:
    assert book(key=sentence).phrase(line("key", value=value)) == said


def test_a_date_in_each_language() -> None:
    issued = {language: phrasebook(language) for language in LANGUAGES}
    facts = {"name": "N", "net_pay": 50000, "paid_on": "2026-11-30"}
    said = {language: words.phrase(line("ask.slip_confirmation", **facts)) for language, words in issued.items()}
    assert "30 November 2026" in said["en"]
    assert "30 नवंबर 2026" in said["hi"]
    assert "30 November 2026" in said["hinglish"]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_dates_keep_day_and_year(day: date) -> None:
    for language in LANGUAGES:
        facts = {"name": "N", "net_pay": 1, "paid_on": day.isoformat()}
        said = phrasebook(language).phrase(line("ask.slip_confirmation", **facts))
        assert f" {day.day} " in said
        assert f" {day.year}" in said


def test_every_month_is_another_in_hindi() -> None:
    first = date(2026, 1, 1)
    days = {(first + timedelta(days=31 * month)).replace(day=1).isoformat() for month in range(12)}
    facts = {"name": "N", "net_pay": 1}
    said = {phrasebook("hi").phrase(line("ask.slip_confirmation", paid_on=day, **facts)) for day in days}
    assert len(said) == 12


def test_facts_are_never_read_as_a_sentence() -> None:
    said = book(key="Thank you, {name}.").phrase(line("key", name="{amount:rupees} {0.__class__}"))
    assert said == "Thank you, {amount:rupees} {0.__class__}."


def test_missing_facts_and_keys_are_errors() -> None:
    with pytest.raises(KeyError, match="name"):
        book(key="{name}").phrase(line("key"))
    for language in LANGUAGES:
        with pytest.raises(KeyError, match="no\\.such_key"):
            phrasebook(language).phrase(line("no.such_key"))


def test_english_stands_in_for_a_missing_sentence_with_its_own_months() -> None:
    english = book(due="Due on {day:date}.", other="Other.")
    partial = Phrasebook({"other": "Anya."}, ["m"] * 12, {}, english)
    assert partial.phrase(line("other")) == "Anya."
    assert partial.phrase(line("due", day="2026-12-05")) == "Due on 5 December 2026."


def test_an_unknown_language_gets_english() -> None:
    assert phrasebook("ta").phrase(line("greeting")) == phrasebook(FALLBACK).phrase(line("greeting"))


def test_lines_stand_side_by_side_unless_they_bring_a_break() -> None:
    words = book(one="One.", two="Two.", item="\n- item", block="\nBlock:\n", empty="")
    assert words.compose([line("one"), line("two")]) == "One. Two."
    assert words.compose([line("one"), line("item"), line("item")]) == "One.\n- item\n- item"
    assert words.compose([line("block"), line("one")]) == "Block:\nOne."
    assert words.compose([]) == ""


def test_the_guides_sample_reply() -> None:
    said = phrasebook("en").compose([line("noted.desired_amount", value=300000), line("ask.applicant_name")])
    assert said.startswith("Great! I can help you with a ₹3,00,000 loan. May I know your name")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "lines",
    [
        [line("reply.nothing_else")],
        [line("sales.greet")],
        [line("sales.thanks"), line("ask.desired_amount")],
        [line("noted.desired_amount", value=300000), line("ask.applicant_name")],
        [line("kyc.introduction"), line("consent.data_use")],
        [line("underwriting.declined"), line("underwriting.reason", text="A reason."), line("refuse.pan")],
    ],
)
async def test_what_is_streamed_is_what_is_kept(language: str, lines: list[Line]) -> None:
    chunks = [chunk async for chunk in TemplateSpeaker().speak(lines, language)]
    assert "".join(chunk or "" for chunk in chunks) == phrasebook(language).compose(lines)
    assert len(chunks) >= 2
    assert all(chunks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_chunks(language: str) -> None:
    text = phrasebook(language).compose(
        [line("noted.loan_term_months", value=24), line("ask.pan"), line("sales.greet")]
    )
    assert len(list(in_chunks(text))) >= 3


@given(st.text(alphabet="ab ₹5.?!।\nनि", min_size=2).map(str.strip).filter(lambda text: len(text) > 1))
def test_chunks_joined_are_the_text(text: str) -> None:
    chunks = list(in_chunks(text))
    assert "".join(chunks) == text
    assert len(chunks) >= 2
    assert all(chunks)


def test_a_figure_is_never_cut_in_two() -> None:
    chunks = list(in_chunks("The EMI is ₹9,964.50 at 10.5% a year."))
    assert "".join(chunks) == "The EMI is ₹9,964.50 at 10.5% a year."
    assert any("₹9,964.50" in chunk for chunk in chunks)
    assert any("10.5%" in chunk for chunk in chunks)
