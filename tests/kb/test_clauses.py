from pathlib import Path

import pytest

from kb.clauses import ClauseError, clause_of, load_clauses
from kb.corpora import LOAN


def document(folder: Path, text: str) -> Path:
    (folder / "a.md").write_text(text, encoding="utf-8")
    return folder


def test_a_clause_has_id_title_text_document_and_questions(clauses_dir: Path) -> None:
    fee, late, papers = load_clauses(clauses_dir)
    assert (fee.id, fee.title, fee.document) == ("fees.processing", "Processing fee", "Fees")
    assert fee.text == "The processing fee is 2% of the amount."
    assert fee.asked == ("How much is the file charge?",)
    assert fee.source == "Fees · fees.processing"
    assert (late.id, late.asked, papers.document) == ("fees.late", (), "Papers")


def test_entries_are_the_clause_and_its_questions(clauses_dir: Path) -> None:
    fee = load_clauses(clauses_dir)[0]
    assert fee.entries == {
        "fees.processing": "Fees: Processing fee. The processing fee is 2% of the amount.",
        "fees.processing#1": "How much is the file charge?",
    }
    assert {clause_of(entry_id) for entry_id in fee.entries} == {fee.id}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("## Fee {#fees.a}\n\nText.\n", "a.md:1: a document starts"),
        ("# Fees\n\nA stray line.\n\n## Fee {#fees.a}\n\nText.\n", "a.md:3: text outside"),
        ("# Fees\n\n## Fee\n\nText.\n", "a.md:3: a clause starts"),
        ("# Fees\n\n## Fee {#fees}\n\nText.\n", "a.md:3: a clause starts"),
        ("# Fees\n\n## Fee {#fees.a}\n\n- A question?\n", "a.md:3: clause fees.a has no text"),
        ("# Fees\n\n## Fee {#fees.a}\n\nText.\n\n## Fee {#fees.a}\n\nText.\n", "a.md:7: clause fees.a is there"),
        ("", "a.md:1: a document starts"),
    ],
)
def test_a_malformed_document_is_refused_by_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ClauseError, match=complaint):
        load_clauses(document(tmp_path, text))


def test_a_directory_without_clauses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClauseError, match="no clauses"):
        load_clauses(tmp_path)


def test_every_loan_clause_is_short_and_answers_questions() -> None:
    clauses = load_clauses(LOAN.clauses)
    assert len(clauses) >= 60
    assert [clause.id for clause in clauses if len(clause.text) > 420 or not clause.asked] == []


def test_no_question_is_listed_under_two_clauses() -> None:
    asked = [question for clause in load_clauses(LOAN.clauses) for question in clause.asked]
    assert sorted(question for question in set(asked) if asked.count(question) > 1) == []


@pytest.mark.parametrize(
    ("clause_id", "figures"),
    [
        ("personal.overview", ["₹5,00,000", "10%", "15%", "12 to 60 months", "salaried", "650"]),
        ("personal.amount", ["₹50,000", "₹5,00,000", "₹1,000"]),
        ("other.home", ["₹50,00,000", "7%", "9%", "60 to 360 months", "property owners", "stable"]),
        ("other.education", ["₹20,00,000", "8%", "12%", "12 to 120 months", "recognised"]),
        ("other.car", ["₹15,00,000", "9%", "14%", "12 to 84 months", "self-employed", "new", "used"]),
        ("eligibility.overview", ["Indian citizen", "21 to 60", "₹25,000"]),
        ("kyc.documents", ["Aadhaar", "passport", "driving licence", "utility bill", "bank statement", "PAN"]),
        ("score.needed", ["650", "700", "600"]),
        ("sanction.letter", ["digital sanction letter"]),
        ("sanction.physical", ["final disbursement"]),
        ("sanction.validity", ["15 days"]),
        ("sanction.kfs-validity", ["3 working days"]),
        ("fees.processing", ["2%", "18% GST"]),
        ("penal.charge", ["24% a year"]),
        ("prepayment.foreclosure", ["2%", "18% GST"]),
        ("cooling-off.period", ["three days"]),
        ("kyc.salary-slip", ["62 days"]),
        ("kyc.otp-limit", ["₹60,000"]),
    ],
)
def test_product_facts_keep_their_figures(clause_id: str, figures: list[str]) -> None:
    text = next(clause.text for clause in load_clauses(LOAN.clauses) if clause.id == clause_id)
    assert [figure for figure in figures if figure not in text] == []
