"""The public check of a letter, by file and by code: what it says, what it never says, how often it may be asked."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.test_problems import check_problem
from tests.samples import text_pdf
from tests.server.letters.parts import issued, start
from tests.service import Service, fresh_data_dir, service_in_thread
from tools.signing.finding import MAX_BYTES

Json = dict[str, Any]
CURRENT = {"issued_on": "2026-12-01", "valid_until": "2026-12-16"}


@pytest.fixture(scope="module")
def letter(service: Service) -> tuple[bytes, str]:
    return issued(service, start(service))


def check(service: Service, file: bytes, name: str = "letter.pdf") -> Json:
    answer = service.client().post("/api/v1/letters/verify", files={"file": (name, file, "application/pdf")})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def check_code(service: Service, code: str) -> Json:
    answer = service.client().post("/api/v1/letters/verify/code", json={"code": code})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_a_letter_by_its_file(service: Service, letter: tuple[bytes, str]) -> None:
    found = check(service, letter[0])
    number = found.pop("letter_number")
    assert number.startswith("SL-T-")
    assert found == CURRENT | {
        "genuine": True,
        "unaltered": True,
        "current": True,
        "standing": "current",
        "problem": None,
    }


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "bare"])
def test_a_letter_by_its_code(service: Service, letter: tuple[bytes, str], typed: str) -> None:
    code = letter[1]
    asked = {"lower": code.lower(), "bare": code.replace("-", "")}.get(typed) or typed.format(code)
    found = check_code(service, asked)
    assert (found["genuine"], found["unaltered"], found["current"], found["standing"]) == (True, None, True, "current")


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA-AAAA", "x", "' OR 1=1 --", "\u0966" * 16, "é" * 64])
def test_an_unknown_code_is_answered_alike(service: Service, letter: tuple[bytes, str], code: str) -> None:
    found = check_code(service, code)
    assert found.keys() == check_code(service, letter[1]).keys()
    assert found == dict.fromkeys(found) | {"genuine": False, "current": False, "standing": "unknown"}


def test_neither_answer_tells_of_the_borrower(service: Service, letter: tuple[bytes, str]) -> None:
    for found in (check(service, letter[0], "Aarav Mehta.pdf"), check_code(service, letter[1])):
        said = json.dumps(found)
        assert not any(word in said for word in ("Aarav", "Mehta", "XXXX", "300000", "3,00,000", letter[1]))


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (b"hello", "not_a_pdf"),
        (b"%PDF-1.7\nand no more", "unsigned"),
        (b"%PDF-1.7\n/ByteRange and no more", "unreadable"),
        (text_pdf(["Sanction letter"]), "unsigned"),
    ],
)
def test_files_that_are_no_letters(service: Service, file: bytes, problem: str) -> None:
    found = check(service, file)
    assert (found["genuine"], found["unaltered"], found["current"], found["problem"]) == (False, False, False, problem)
    assert found["letter_number"] is None


def test_a_changed_letter(service: Service, letter: tuple[bytes, str]) -> None:
    changed = letter[0].replace(b"reportlab", b"Reportlab", 1).replace(b"ReportLab", b"Reportlab", 1)
    assert changed != letter[0]
    found = check(service, changed)
    assert (found["genuine"], found["unaltered"], found["problem"]) == (False, False, "altered")
    added = check(service, letter[0] + b"\n")
    assert (added["genuine"], added["unaltered"], added["problem"]) == (True, False, "added_to")


def test_an_empty_file_and_a_large_one(service: Service) -> None:
    assert check(service, b"")["problem"] == "not_a_pdf"
    post = service.client().post
    check_problem(post("/api/v1/letters/verify", files={"file": b"%PDF-" + bytes(MAX_BYTES)}), 413)
    check_problem(post("/api/v1/letters/verify", content=b"%PDF-"), 415)
    check_problem(post("/api/v1/letters/verify", data={"file": "text"}), 415)
    check_problem(post("/api/v1/letters/verify/code", json={"code": "A" * 65}), 422)
    check_problem(post("/api/v1/letters/verify/code", json={}), 422)


def test_an_erased_letter(service: Service) -> None:
    session_id = start(service)
    file, code = issued(service, session_id)
    assert service.client().delete(f"/api/v1/sessions/{session_id}").status_code in {200, 204}
    for found in (check(service, file), check_code(service, code)):
        assert (found["genuine"], found["current"], found["standing"]) == (True, False, "erased")
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        assert database.execute("SELECT count(*) FROM letters WHERE session_id = ?", (session_id,)).fetchone() == (0,)
        columns = [row[1] for row in database.execute("PRAGMA table_info(letter_records)")]
    database.close()
    assert not {"pdf", "name", "amount", "code"} & set(columns)


def test_a_lapsed_letter(own_service: Service, knowledge_dir: Path, tmp_path: Path) -> None:
    file, code = issued(own_service, start(own_service))
    later = fresh_data_dir(tmp_path / "later", knowledge_dir)
    with sqlite3.connect(own_service.data_dir / "esoteric.db", timeout=10) as database:
        database.execute("VACUUM INTO ?", (str(later / "esoteric.db"),))
    database.close()
    shutil.copy(own_service.data_dir / "secret.key", later)
    with service_in_thread(later, policy_as_of="2026-12-17") as running:
        for found in (check(running, file), check_code(running, code)):
            assert (found["genuine"], found["current"], found["standing"]) == (True, False, "expired")


def test_what_was_kept_first_is_the_letter(service: Service) -> None:
    """A crash between the signature and its record has the letter signed again, to other bytes."""
    house = service.house
    assert house is not None
    session_id = start(service)
    first, code = issued(service, session_id)
    with sqlite3.connect(service.data_dir / "esoteric.db", timeout=10) as database:
        (letter_id,) = database.execute("SELECT letter_id FROM letters WHERE session_id = ?", (session_id,)).fetchone()
    database.close()
    again = asyncio.run(house.papers.keep_letter(session_id, letter_id, b"%PDF-another"))
    assert again == first == asyncio.run(house.papers.letter(letter_id))
    assert check_code(service, code)["genuine"]


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    data_dir = fresh_data_dir(tmp_path_factory.mktemp("limited") / "var", knowledge_dir)
    with service_in_thread(data_dir, rate_limit_enabled=True, auth_required=True, secret_key="k" * 40) as running:
        yield running


def test_codes_cannot_be_tried_for_long(limited: Service) -> None:
    http = limited.client()
    answers = [http.post("/api/v1/letters/verify/code", json={"code": f"A{n}"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    check_problem(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) <= 60
    # A file is counted before it is read.
    check_problem(http.post("/api/v1/letters/verify", files={"file": b"hello"}), 429)


def test_the_page_is_served_to_anybody_under_the_strict_policy(limited: Service) -> None:
    page = limited.client().get("/verify")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for source in ("/web/css/verify.css", "/web/js/verify.js", "/web/js/verify_words.js"):
        assert httpx.get(limited.base_url + source, trust_env=False).status_code == 200
