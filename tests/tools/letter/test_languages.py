"""The letter says in Hindi what it says in English, and both say what the key facts say."""

import io
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.pdf import words
from tests.samples import letter_content, refusal_content
from tools.kfs import KeyFacts
from tools.letter.render import render, render_letter
from tools.letter.schedule_part import short_day
from tools.rupees import rupees, to_the_paisa
from tools.wording import LANGUAGES


def check_figures(facts: KeyFacts, text: str) -> None:
    """Every figure of the statement's data stands in the printed text, every row of the schedule as a whole."""
    data: Any = facts.as_dict()
    for name in ("instalment", "last_instalment", "total_interest", "total_to_be_paid"):
        assert rupees(Decimal(data[name])) in text, name
    for name in ("processing_fee", "gst_on_fee", "net_disbursed"):
        assert f"₹{to_the_paisa(Decimal(data[name]))}" in text, name
    for name in ("apr_pct_incl_gst", "apr_pct_excl_gst"):
        assert f"{data[name]}%" in text, name
    assert f"{data['part_1']['interest']['rate_pct']}%" in text
    for row in data["repayment_schedule"]:
        money = (to_the_paisa(Decimal(row[name])) for name in ("outstanding", "principal", "interest", "instalment"))
        due = short_day(date.fromisoformat(row["due"]), facts.language)
        assert f"{row['number']} {due} {' '.join(money)}" in text, row["number"]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=5, deadline=None)
@given(
    amount=st.integers(50, 500).map(lambda thousands: thousands * 1000),
    rate=st.integers(1000, 1500).map(lambda hundredths: Decimal(hundredths) / 100),
    months=st.integers(12, 60),
)
def test_paise_in_are_paise_out(language: str, amount: int, rate: Decimal, months: int) -> None:
    content = letter_content(language=language, amount=amount, rate=rate, months=months)
    check_figures(content.key_facts, words(render_letter(content)))


def test_the_hindi_letter_is_hindi() -> None:
    text = words(render_letter(letter_content(language="hi")))
    assert not re.search(r"\b(?:the|instalment|amount|days|year)\b", text)
    assert "5 जनवरी 2027" in text
    # Signs of their own for joined letters are copied out as the letters; only their order is that of the paper.
    assert not re.search("[\ue000-\uf8ff]", text)
    for word in ("शुल्क", "महाराष्ट्र", "उद्देश्य", "नहीं", "प्रस्ताव", "ब्याज"):
        assert word in text, word
    assert "Esoteric Finance Limited" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("months", [12, 36, 48, 60])
def test_four_pages_in_either_language(language: str, months: int) -> None:
    pages = PdfReader(io.BytesIO(render_letter(letter_content(language=language, months=months)))).pages
    assert len(pages) == 4


def test_no_sign_is_missing_from_the_fonts() -> None:
    """A word in a font that lacks its signs would print as empty boxes."""
    for content in (letter_content(language="hi", name="Śrī&मि.<Aarav> आरव@x"), refusal_content(language="hi")):
        for page in PdfReader(io.BytesIO(render(content))).pages:
            spans: list[tuple[str, str]] = []

            def visit(text: str, _cm: object, _tm: object, font: Any, _size: float) -> None:
                spans.append((text, str(font["/BaseFont"]) if font else ""))  # noqa: B023  called within the loop

            page.extract_text(visitor_text=visit)
            assert not [text for text, font in spans if "Devanagari" in font and re.search("[A-Za-z&@$]", text)]
            assert not [text for text, font in spans if "Devanagari" not in font and re.search("[\u0904-\u0939]", text)]


def test_the_same_letter_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Joined signs have numbers of their own, which must not depend on what a process printed before."""
    program = tmp_path / "print_one.py"
    program.write_text(
        "import sys\n"
        "from tests.samples import letter_content, refusal_content\n"
        "from tools.letter.render import render\n"
        "sys.stdout.buffer.write(render(letter_content(language=sys.argv[1])))\n"
        "sys.stdout.buffer.write(render(refusal_content(language=sys.argv[1])))\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[3]
    render(letter_content(language="hi", name="श्री क्षत्रिय ज्ञानेन्द्र द्विवेदी"))
    for language in LANGUAGES:
        here = render(letter_content(language=language)) + render(refusal_content(language=language))
        other = subprocess.run(
            [sys.executable, program, language],
            stdout=subprocess.PIPE,
            check=True,
            timeout=60,
            env={"PYTHONPATH": str(root)},
        )
        assert other.stdout == here
