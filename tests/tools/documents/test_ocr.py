"""Slips that are pictures. Reading them needs the engine; what happens without one is tested everywhere."""

import ctypes
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.scans import FONT, HINDI, Sheet, as_jpeg, as_pdf, as_png, scanned, table
from tests.slip_layouts import Pay, paise, shown
from tools.documents import exec_confinement
from tools.documents.child import read_salary_slip
from tools.documents.kinds import DocumentKind
from tools.documents.ocr import OcrEngine, find_engine, recognise, redraw
from tools.documents.ocr_lines import lines_of

ENGINE = find_engine()
needs_engine = pytest.mark.skipif(ENGINE is None, reason="no OCR engine here: apt-get install tesseract-ocr")
needs_hindi = pytest.mark.skipif(
    ENGINE is None or "hin" not in ENGINE.languages, reason="no Hindi here: apt-get install tesseract-ocr-hin"
)
Made = Callable[[Image.Image], bytes]


@needs_engine
@pytest.mark.parametrize(
    ("kind", "made", "dpi", "turn", "noise"),
    [
        ("png", as_png, 200, 0.0, 0),
        ("jpeg", as_jpeg, 200, 2.0, 255),
        ("pdf", as_pdf, 200, -2.0, 255),
    ],
)
def test_a_scan_is_read(kind: DocumentKind, made: Made, dpi: int, turn: float, noise: int) -> None:
    pay = Pay()
    page = scanned(table(pay, dpi, ruled=True), turn=turn, noise=noise)
    reading = read_salary_slip(made(page), kind=kind, engine=ENGINE)
    assert shown(reading.problems, reading.net_pay, reading.employee_name) == ((), pay.net, pay.name)
    assert (reading.employer, reading.month, reading.paid_on) == (pay.employer, pay.month, pay.paid_on)
    assert reading.text_mark == ""  # an engine's slips of the eye would make two texts of one


@needs_engine
def test_a_scan_whose_figure_nothing_proves_goes_to_a_person() -> None:
    """A misread digit of a lone figure would go unseen; that text would be taken from a text PDF."""
    sheet = Sheet(200)
    rows = ("Noyyal Mills", "Salary slip November 2026", "Employee Name: Asha Rao", "Net Pay: Rs. 45,000.00")
    for number, text in enumerate(rows):
        sheet.at(40, 40 + 24 * number, text, size=12)
    assert read_salary_slip(as_png(sheet.picture), kind="png", engine=ENGINE).problems == ("not_legible",)


@needs_engine
def test_a_forged_scan() -> None:
    pay = Pay()
    forged = Pay(net=75_000, earnings=pay.earned, cuts=pay.deducted)
    assert read_salary_slip(as_png(table(forged)), kind="png", engine=ENGINE).problems == ("arithmetic_mismatch",)


@needs_hindi
def test_a_scan_in_hindi() -> None:
    pay, sheet = Pay(), Sheet(200)
    sheet.at(40, 40, "Noyyal Mills", size=13)
    rows = [("Employee Name", pay.name, FONT), ("Payslip for the month", f"{pay.month:%B %Y}", FONT)]
    rows += [("Payment Date", f"{pay.paid_on:%d/%m/%Y}", FONT), ("सकल वेतन", paise(pay.gross), HINDI)]
    rows += [("कुल कटौती", paise(pay.taken), HINDI), ("शुद्ध वेतन", paise(pay.net), HINDI)]
    for number, (label, text, font) in enumerate(rows):
        sheet.at(40, 80 + 26 * number, label, size=12, font=font)
        sheet.at(330, 80 + 26 * number, text, size=12)
    reading = read_salary_slip(as_png(sheet.picture), kind="png", engine=ENGINE)
    # Never a wrong figure; shaping without a text engine makes the picture itself doubtful.
    assert reading.problems or reading.net_pay == pay.net


@needs_engine
@pytest.mark.parametrize("size", [(900, 1200), (60, 80)])
def test_a_blank_page_has_no_text(size: tuple[int, int]) -> None:
    blank = as_png(Image.new("L", size, 250))
    assert read_salary_slip(blank, kind="png", engine=ENGINE).problems == ("no_text",)


def test_without_an_engine_a_picture_is_left_to_a_person() -> None:
    assert read_salary_slip(as_png(table(Pay(), 100)), kind="png").problems == ("no_text",)


def test_an_engine_that_is_none(tmp_path: Path) -> None:
    """It cannot be started from a place that it may not read, and says nothing."""
    lying = tmp_path / "tesseract"
    lying.write_text("#!/bin/sh\necho lies\n")
    lying.chmod(0o755)
    assert find_engine(str(lying)) is None
    assert find_engine(str(tmp_path / "nothing")) is None
    engine = OcrEngine(str(tmp_path / "nothing"), ("eng",))
    assert recognise(b"P5 1 1 255\nx", engine, ("eng",)) == b""
    assert read_salary_slip(as_png(table(Pay(), 100)), kind="png", engine=engine).problems == ("no_text",)


@pytest.mark.parametrize("kind", ["png", "jpeg", "pdf"])
def test_a_picture_is_drawn_anew(kind: DocumentKind) -> None:
    made: dict[DocumentKind, Made] = {"png": as_png, "jpeg": as_jpeg, "pdf": as_pdf}
    drawn = redraw(made[kind](table(Pay(), 100)), kind)
    assert drawn is not None
    assert drawn.startswith(b"P5 ")
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.mode, max(picture.size) <= 3_000) == ("L", True)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "png"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "png"),
        (as_png(Image.new("L", (900, 900))), "jpeg"),
        (as_png(Image.new("L", (100, 2000))), "png"),
        (b"%PDF-1.7\n%%EOF", "pdf"),
    ],
)
def test_what_is_no_page_is_not_drawn(data: bytes, kind: DocumentKind) -> None:
    assert redraw(data, kind) is None


def test_a_figure_the_engine_was_not_sure_of_is_illegible() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    words = [("Net", 0, 96), ("Pay", 40, 50), ("54,200", 200, 79.9), ("dim", 300, 44), ("61,000", 400, 80)]
    table_of_words = head + "".join(f"5\t1\t1\t1\t1\t1\t{x}\t10\t{10 * len(t)}\t20\t{c}\t{t}\n" for t, x, c in words)
    (line,) = lines_of(table_of_words)
    assert line.split() == ["Net", "Pay", "??????", "???", "61,000"]


def test_confinement_that_holds_across_exec(tmp_path: Path) -> None:
    """Neither socket nor file: tried in a process that has confined itself."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    code = f"""
import os, socket
from tools.documents.exec_confinement import confine_for_exec
confine_for_exec(cpu_seconds=5, memory_bytes=512 << 20)
def attempt(act):
    try:
        act()
    except OSError:
        print("denied")
    else:
        print("done")
attempt(lambda: socket.socket())
attempt(lambda: socket.socketpair())
attempt(lambda: os.open({str(tmp_path / "new")!r}, os.O_CREAT | os.O_WRONLY))
attempt(lambda: os.open({str(secret)!r}, os.O_RDONLY))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60)
    if exec_confinement.CannotConfine.__name__ in done.stderr:
        pytest.skip("this system cannot confine a program of somebody else's")
    said = done.stdout.splitlines()
    assert said[:2] == ["denied", "denied"], done.stderr
    if ctypes.CDLL(None).syscall(444, None, 0, 1) <= 0:  # landlock_create_ruleset, asked for its version
        pytest.skip("files: this kernel has no Landlock")
    assert said[2:4] == ["denied", "denied"]
    assert not (tmp_path / "new").exists()
