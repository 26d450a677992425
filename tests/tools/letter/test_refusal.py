"""The refusal letter as a reader of the PDF finds it."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from kb.lender import load_lender
from tests.pdf import words
from tests.samples import refusal_content
from tools.letter import RefusalReason
from tools.letter.press import print_in_thread
from tools.letter.render import render_refusal
from tools.wording import LANGUAGES

CODE = "K7QM-2XPA-9RTD-W4ZL"


def test_it_says_why_and_what_can_be_done() -> None:
    lender, text = load_lender(), words(render_refusal(refusal_content()))
    for phrase in (
        "RL-2026-000001",
        "1 December 2026",
        "₹3,00,000",
        "36 months",
        "Main reason: Your credit score is below the level at which we can lend.",
        "What would change it: Paying dues on time",
        "Reason 2: Your verified take-home pay is below ₹25,000 a month.",
        lender.bureau.name,
        lender.bureau.website,
        "free of charge once a year",
        "correct it",
        "Talk to a person",
        "automated service",
        lender.grievance_officer.name,
        lender.grievance_officer.phone,
        lender.ombudsman.portal,
        lender.registration_line,
    ):
        assert phrase in text, phrase


def test_no_bureau_where_no_report_was_read() -> None:
    text = words(render_refusal(replace(refusal_content(), report_used=False)))
    assert load_lender().bureau.name not in text
    assert "Talk to a person" in text


def test_a_single_reason_has_no_rank() -> None:
    text = words(render_refusal(refusal_content(reasons=(RefusalReason("This loan is for Indian citizens."),))))
    assert "This loan is for Indian citizens." in text
    assert "Main reason" not in text
    assert "What would change it" not in text


@pytest.mark.parametrize("count", [0, 5])
def test_one_to_four_reasons(count: int) -> None:
    with pytest.raises(ValueError, match="one to 4 reasons"):
        replace(refusal_content(), reasons=(RefusalReason("No."),) * count)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_page_with_four_reasons(language: str) -> None:
    four = refusal_content(language=language).reasons * 2
    content = refusal_content(language=language, reasons=four)
    assert len(PdfReader(io.BytesIO(render_refusal(content))).pages) == 1


def test_every_content_has_its_own_digest() -> None:
    content = refusal_content()
    others = [
        content,
        refusal_content(language="hi"),
        replace(content, amount=299_000),
        replace(content, months=35),
        replace(content, report_used=False),
        replace(content, reasons=content.reasons[:1]),
        replace(content, letter_number="RL-2"),
        refusal_content(name="Meera Iyer"),
    ]
    assert len({other.digest for other in others}) == len(others)


async def test_the_press_prints_it_as_well() -> None:
    assert await print_in_thread(refusal_content()) == render_refusal(refusal_content())
