"""The letter as a reader of the PDF finds it."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics

from kb.lender import load_lender
from tests.pdf import words
from tests.qr import code_on
from tests.samples import CHARGES, letter_content
from tools.kfs import KeyFacts
from tools.letter import Acceptance, LetterContent
from tools.letter.render import render_letter
from tools.letter.typeface import BOLD, REGULAR, register_fonts
from tools.rupees import rupees, to_the_paisa
from tools.wording import LANGUAGES


def test_the_figures_are_those_of_the_key_facts() -> None:
    content = letter_content()
    facts: KeyFacts = content.key_facts
    figures = facts.figures
    text = words(render_letter(content))
    for amount in (
        facts.amount,
        figures.schedule.instalment,
        figures.schedule.last_instalment,
        figures.schedule.total_interest,
        figures.schedule.total_paid,
        figures.net_disbursed,
    ):
        assert rupees(amount) in text
    for rate in (figures.apr_pct_incl_gst, figures.apr_pct_excl_gst, facts.annual_rate_pct):
        assert f"{rate}%" in text
    for row in figures.schedule.rows:
        assert f"{row.number} " in text
        money = (row.opening, row.principal, row.interest, row.payment)
        assert " ".join(map(to_the_paisa, money)) in text


def test_what_the_law_wants_said_is_said() -> None:
    content = letter_content()
    lender = load_lender()
    text = words(render_letter(content))
    for phrase in (
        lender.name,
        lender.registration_line,
        content.letter_number,
        "1 December 2026",
        "16 December 2026",
        "Rupees Three Lakh only",
        "a year, fixed",
        "monthly rest",
        "5 January 2027",
        "5 December 2029",
        "Penal charge of 24% a year",
        "never added to the principal",
        "Foreclosure",
        "Cooling-off",
        "Within 3 days of disbursal",
        lender.grievance_officer.name,
        lender.grievance_officer.phone,
        lender.ombudsman.portal,
        "Acceptance",
        content.verification_code,
        content.digest,
        content.key_facts.digest,
        content.policy_version,
        "not an offer of credit",
        "Key Facts Statement",
        "Repayment schedule",
        "binds the lender if accepted by 4 December 2026",
    ):
        assert phrase in text, phrase


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_camera_finds_the_address(language: str, number: int) -> None:
    address = f"https://loans.example.com/verify#AB{number}D-EFGH-IJKL-MN{number}P"
    checked = replace(letter_content(language=language), verification_code=address[-19:], verify_url=address)
    assert code_on(render_letter(checked), page=1).text == address


def test_penal_terms_are_bold() -> None:
    spans: list[tuple[str, str]] = []

    def visit(text: str, _cm: object, _tm: object, font: Any, _size: float) -> None:
        spans.append((text, str(font["/BaseFont"]) if font else ""))

    PdfReader(io.BytesIO(render_letter(letter_content()))).pages[0].extract_text(visitor_text=visit)
    penal = [font for text, font in spans if "penal charge of" in text]
    assert penal
    assert all("Bold" in font for font in penal)


@pytest.mark.parametrize("months", [1, 12, 36, 60])
def test_two_to_four_pages(months: int) -> None:
    pages = PdfReader(io.BytesIO(render_letter(letter_content(months=months)))).pages
    assert 2 <= len(pages) <= 4
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page.extract_text()


def test_same_content_same_bytes_also_in_threads() -> None:
    contents = [letter_content(amount=amount) for amount in (100_000, 200_000, 300_000, 400_000)]
    alone = [render_letter(content) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render_letter, contents * 2)) == alone * 2
    assert len(set(alone)) == 4


@pytest.mark.parametrize(
    "name",
    [
        "<para>",
        "</b><font size=90>& Sons &amp;",
        "A" * 200,
        "आरव मेहता",
        "श्री आरव (मेहता), Śrī&मि.<Aarav>",
        "O'Brien-D'Souza \u202eatheM\u2066",
        "عمران خان",
        "Nguyễn Thị 張偉",
        "line\nbreak\x00and\x07bell",
        "😀 Aarav",
        "{{ 7*7 }} %s {0}",
    ],
)
def test_no_name_breaks_the_letter(name: str) -> None:
    content = letter_content(name=name)
    pages = PdfReader(io.BytesIO(render_letter(replace(content, purpose=name)))).pages
    assert len(pages) <= 5
    text = pages[0].extract_text()
    assert content.letter_number in text
    assert "\u202e" not in text


def test_markup_in_a_name_is_printed_not_obeyed() -> None:
    assert "<b>Aarav</b> & Co" in words(render_letter(letter_content(name="<b>Aarav</b> & Co")))


def test_devanagari_names_are_set_in_their_own_font() -> None:
    page = PdfReader(io.BytesIO(render_letter(letter_content(name="आरव मेहता")))).pages[0]
    fonts: Any = page["/Resources"]
    names = " ".join(str(font.get_object()["/BaseFont"]) for font in fonts["/Font"].values())
    assert "NotoSansDevanagari-Bold" in names


@pytest.mark.parametrize(
    "change",
    [
        {"masked_pan": "ZZZPM1101A"},
        {"masked_pan": "zzzpm 1101 a"},
        {"masked_mobile": "+919000000001"},
    ],
)
def test_a_whole_identifier_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="not masked"):
        replace(letter_content().borrower, **change)


def test_a_letter_and_its_key_facts_name_one_person() -> None:
    with pytest.raises(ValueError, match="another name"):
        replace(letter_content(), key_facts=letter_content(name="Diya Nair").key_facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_numbers_have_room(language: str) -> None:
    number = "SL-7b0f3a52-9d1e-4c55-8a5e-0f6f4b0a1c2d"
    content = letter_content(language=language, months=60)
    facts = replace(content.key_facts, proposal_number=f"KFS-{number}")
    content = replace(content, letter_number=number, key_facts=facts)
    pages = PdfReader(io.BytesIO(render_letter(content))).pages
    assert len(pages) == 4
    assert all(number in page.extract_text().replace("\n", "") for page in pages)


def test_the_fonts_have_the_rupee_in_both_weights_and_their_licence() -> None:
    register_fonts()
    for name in (REGULAR, BOLD):
        glyphs = pdfmetrics.getFont(name).face.charToGlyph
        assert all(ord(sign) in glyphs for sign in "₹–·éŚ'")
    folder = Path(str(resources.files("tools.letter"))) / "fonts"
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in folder.glob("*.ttf")) < 1_000_000


def test_the_digest_follows_the_content() -> None:
    content = letter_content()
    accepted = Acceptance(datetime(2026, 12, 1, 8, 35, tzinfo=UTC), "chat")
    variants = [
        content,
        replace(content, purpose="Wedding"),
        replace(content, letter_number="SL-2"),
        replace(content, issued_on=date(2026, 12, 2)),
        letter_content(name="Diya Nair"),
        replace(content, borrower=replace(content.borrower, city="Thane")),
        replace(content, policy_version="PL 2"),
        replace(content, acceptance=accepted),
        letter_content(language="hi"),
        letter_content(amount=299_000),
    ]
    assert len({variant.digest for variant in variants}) == len(variants)
    checked = replace(content, verification_code="ABCD-EFGH", verify_url="https://example.com/verify#ABCD-EFGH")
    assert checked.digest == letter_content().digest


def test_an_electronic_acceptance_replaces_the_signature_line() -> None:
    accepted = Acceptance(datetime(2026, 12, 1, 8, 35, tzinfo=UTC), "chat")
    signed: LetterContent = replace(letter_content(), acceptance=accepted)
    text = words(render_letter(signed))
    assert "Accepted electronically by Aarav Mehta" in text
    assert "1 December 2026, 08:35 UTC, by chat" in text
    assert "Place and date" not in text
    assert "Place and date" in words(render_letter(letter_content()))


def test_terms_come_from_the_charges() -> None:
    charges = replace(CHARGES, penal_charge_pct_pa=Decimal("17.5"), cooling_off_days=5, sanction_validity_days=20)
    text = words(render_letter(letter_content(charges=charges)))
    assert "penal charge of 17.5% a year" in text
    assert "Within 5 days" in text
    assert "21 December 2026" in text
