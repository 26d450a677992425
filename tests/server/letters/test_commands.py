"""`esoteric letter verify` on letters that the running service signed, and on what others made of them."""

import io
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.driver import Conversation, converse
from tests.service import COMMAND, Service, clean_environment, fresh_data_dir, run_command, service_in_thread


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, knowledge_dir: Path) -> Iterator[Service]:
    with service_in_thread(fresh_data_dir(tmp_path_factory.mktemp("letters") / "var", knowledge_dir)) as running:
        yield running


@pytest.fixture(scope="module")
def sanctioned(home: Service) -> Conversation:
    conversation = Conversation(home)
    converse(conversation, "C01")
    return conversation


def letter_of(conversation: Conversation) -> bytes:
    url = conversation.session()["loan_application"]["sanction_letter_url"]
    return bytes(conversation.http.get(url).content)


def number_in(letter: bytes) -> str:
    """From the signature, as readers of PDF show it."""
    (field,) = (PdfReader(io.BytesIO(letter)).get_fields() or {}).values()
    return re.findall(r"SL-[0-9A-Za-z-]+", field["/V"]["/Reason"])[0]


def verify(tmp_path: Path, letter: bytes, *options: str | Path, **environment: str) -> tuple[int, str]:
    """Exit status and what is printed, on a machine that has nothing but what `environment` names."""
    file = tmp_path / "letter.pdf"
    file.write_bytes(letter)
    done = run_command([COMMAND, "letter", "verify", file, *options], clean_environment(tmp_path) | environment)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def beside(home: Service) -> dict[str, str]:
    return {"DATA_DIR": str(home.data_dir)}


def test_the_letter_of_a_running_service(sanctioned: Conversation, home: Service, tmp_path: Path) -> None:
    status, said = verify(tmp_path, letter_of(sanctioned), **beside(home))
    assert status == 0
    assert [line.split()[:2] for line in said.splitlines()] == [
        ["Genuine:", "yes,"],
        ["Unaltered:", "yes,"],
        ["Current:", "yes,"],
    ]
    assert "valid until 2026-12-16" in said


def test_nothing_personal_is_printed(sanctioned: Conversation, home: Service, tmp_path: Path) -> None:
    _, said = verify(tmp_path, letter_of(sanctioned), **beside(home))
    assert not {"Aarav", "Mehta", "ZZZ", "300"} & set(re.findall(r"[A-Za-z]+|\d{3}(?=,)", said))


def test_on_another_machine_by_the_certificate_alone(sanctioned: Conversation, home: Service, tmp_path: Path) -> None:
    certificate = tmp_path / "lender.pem"
    pem = (home.data_dir / "signing" / "development.pem").read_text()
    certificate.write_text(pem[pem.index("-----BEGIN CERTIFICATE") :])
    letter = letter_of(sanctioned)
    status, said = verify(tmp_path, letter, "--certificate", certificate)
    assert status == 0 and "no records were asked" in said
    assert not (tmp_path / "esoteric.db").exists()
    assert verify(tmp_path, letter)[0] == 1
    assert verify(tmp_path, letter, LETTER_TRUSTED_CERTIFICATES=str(certificate))[0] == 0


@pytest.mark.parametrize(("day", "status"), [("2026-12-16", 0), ("2026-12-17", 1)])
def test_a_letter_lapses(sanctioned: Conversation, home: Service, tmp_path: Path, day: str, status: int) -> None:
    done, said = verify(tmp_path, letter_of(sanctioned), POLICY_AS_OF=day, **beside(home))
    assert (done, "was valid until" in said) == (status, bool(status))


def rewritten(letter: bytes) -> bytes:
    """The pages copied into a new file, as an editor would save them."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(letter)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def prolonged(letter: bytes) -> bytes:
    """Valid for another month, by the note in the signature."""
    return letter.replace(rb"valid until 2026\05512", rb"valid until 2027\05512")


def updated(letter: bytes) -> bytes:
    """Something added behind the letter the way that PDF provides for it."""
    writer = PdfWriter(io.BytesIO(letter), incremental=True)
    writer.add_metadata({"/Note": "added"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


FORGED = {
    "no PDF": lambda _: b"hello",
    "nothing": lambda _: b"",
    "cut off": lambda letter: letter[: len(letter) // 2],
    "the unsigned part": lambda letter: letter[: letter.index(b"%%EOF") + 6],
    "saved anew": rewritten,
    "prolonged": prolonged,
    "a line end behind it": lambda letter: letter + b"\n",
    "an update behind it": updated,
    "another byte in the padding": lambda letter: letter.replace(b"0>", b"1>"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged(sanctioned: Conversation, home: Service, tmp_path: Path, kind: str) -> None:
    letter = letter_of(sanctioned)
    forged = FORGED[kind](letter)
    assert forged != letter
    status, said = verify(tmp_path, forged, **beside(home))
    assert status == 1
    assert len(said.splitlines()) == 3 and "Unaltered: yes" not in said


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = run_command([COMMAND, "letter", "verify", tmp_path / "none.pdf"], clean_environment(tmp_path))
    assert (done.returncode, done.stderr) == (1, "FILE: cannot be read\n")


def test_a_letter_is_withdrawn(home: Service, tmp_path: Path) -> None:
    conversation = Conversation(home)
    converse(conversation, "C07")
    letter = letter_of(conversation)
    command = [COMMAND, "letter", "withdraw", number_in(letter)]
    environment = clean_environment(home.data_dir)
    assert verify(tmp_path, letter, **beside(home))[0] == 0
    assert [run_command(command, environment).stdout for _ in range(2)] == ["withdrawn\n", "withdrawn before\n"]
    status, said = verify(tmp_path, letter, **beside(home))
    assert status == 1 and "Genuine:   yes" in said and "withdrawn by the lender" in said
    with sqlite3.connect(home.data_dir / "esoteric.db", timeout=10) as database:
        rows = database.execute("SELECT kind FROM audit_log WHERE kind LIKE 'letter.%' ORDER BY number").fetchall()
    database.close()
    assert rows[-2:] == [("letter.issued",), ("letter.revoked",)]


def test_an_unknown_letter_cannot_be_withdrawn(home: Service) -> None:
    done = run_command([COMMAND, "letter", "withdraw", "SL-0"], clean_environment(home.data_dir))
    assert (done.returncode, done.stderr) == (2, "NUMBER: there is no such letter\n")


def test_an_erased_letter_is_no_longer_current(home: Service, tmp_path: Path) -> None:
    conversation = Conversation(home)
    converse(conversation, "C10")
    letter = letter_of(conversation)
    assert conversation.http.delete(f"/api/v1/sessions/{conversation.session_id}").status_code in {200, 204}
    status, said = verify(tmp_path, letter, **beside(home))
    assert status == 1 and "Genuine:   yes" in said and "erased on the customer's wish" in said


def test_another_lenders_letter_is_not_ours(
    sanctioned: Conversation, home: Service, data_dir: Path, tmp_path: Path
) -> None:
    """Signed by a certificate with the very same names."""
    with service_in_thread(data_dir) as other, Conversation(other) as conversation:
        converse(conversation, "C01")
        letter = letter_of(conversation)
    status, said = verify(tmp_path, letter, **beside(home))
    assert status == 1 and "by nobody who signs letters" in said


def test_nothing_is_taken_back_under_another_secret(home: Service, sanctioned: Conversation) -> None:
    """Its act would break the audit log."""
    command = [COMMAND, "letter", "withdraw", number_in(letter_of(sanctioned))]
    other = {"SECRET_KEY": "another secret, which wrote nothing here"}
    done = run_command(command, clean_environment(home.data_dir) | beside(home) | other)
    assert done.returncode == 2 and done.stderr.startswith("SECRET_KEY: ")
    audited = run_command([COMMAND, "audit", "verify"], clean_environment(home.data_dir) | beside(home))
    assert audited.returncode == 0, audited.stdout
