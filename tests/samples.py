"""Invented papers for tests and demonstrations: salary slips in several layouts, a sanction letter."""

import io
import zlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from kb.lender import load_lender
from kb.policy import load_policy
from tools.kfs import Charges, build_kfs
from tools.letter import Borrower, LetterContent, RefusalContent, RefusalReason
from tools.policy.texts import customer_reasons
from tools.rupees import grouped, in_words

Layout = Literal["table", "columns", "lines", "stacked"]
LAYOUTS: tuple[Layout, ...] = ("table", "columns", "lines", "stacked")
WIDTH, HEIGHT = A4

CHARGES = Charges(
    processing_fee_pct=Decimal("2.00"),
    gst_pct=Decimal(18),
    penal_charge_pct_pa=Decimal(24),
    foreclosure_fee_pct=Decimal(2),
    bounce_charge=Decimal(500),
    cooling_off_days=3,
    kfs_validity_working_days=3,
    sanction_validity_days=15,
)


def letter_content(
    *,
    name: str = "Aarav Mehta",
    amount: int = 300_000,
    months: int = 36,
    charges: Charges = CHARGES,
    rate: Decimal = Decimal("10.00"),
    language: str = "en",
) -> LetterContent:
    """A sanction of 1 December 2026 to an invented customer."""
    facts = build_kfs(
        proposal_number="EF-2026-000001",
        applicant_name=name,
        amount=amount,
        annual_rate_pct=rate,
        months=months,
        charges=charges,
        sanctioned_on=date(2026, 12, 1),
        first_due=date(2027, 1, 5),
        lender=load_lender(),
        language=language,
    )
    return LetterContent(
        letter_number="SL-2026-000001",
        issued_on=date(2026, 12, 1),
        borrower=Borrower(name, "XXXXXX101A", "+91 XXXXXX 0001", "Mumbai"),
        purpose="Home renovation",
        key_facts=facts,
        policy_version="PL-SALARIED-IN 2026.12.1",
    )


def refusal_content(
    *, name: str = "Rohan Das", reasons: tuple[RefusalReason, ...] | None = None, language: str = "en"
) -> RefusalContent:
    """A refusal of 1 December 2026 with two reasons of the packaged policy."""
    told = customer_reasons(load_policy("default"), ("R-SCORE-LOW", "R-INCOME-MIN"), "hi" if language == "hi" else "en")
    return RefusalContent(
        letter_number="RL-2026-000001",
        decided_on=date(2026, 12, 1),
        borrower=Borrower(name, "ZZXXXXXX5E", "XXXXXX0005", "Kolkata"),
        amount=300_000,
        months=36,
        reasons=reasons or tuple(RefusalReason(line.text, line.helps) for line in told),
        report_used=True,
        lender=load_lender(),
        policy_version="PL-SALARIED-IN 2026.12.1",
        language=language,
    )


def salary_slip_pdf(
    *,
    name: str,
    employer: str,
    net_pay: int,
    month: date,
    pan: str | None = None,
    layout: Layout = "table",
    gross: int | None = None,
    deductions: int | None = None,
) -> bytes:
    """A salary slip of one page. Without `gross` and `deductions` they are chosen so that the slip adds up."""
    if deductions is None:
        deductions = gross - net_pay if gross is not None else net_pay * 9 // 100
    if gross is None:
        gross = net_pay + deductions
    slip = _Slip(name, employer, net_pay, month, pan, gross, deductions)
    return {"table": _table, "columns": _columns, "lines": _lines, "stacked": _stacked}[layout](slip)


def text_pdf(*pages: Sequence[str], size: float = 10, leading: float = 14) -> bytes:
    """Pages of plain lines, typeset one under the other in a fixed-width type, blanks kept."""
    return _pdf(*("\n".join(lines) for lines in pages), size=size, leading=leading)


class _Slip:
    """What a slip says, with the parts worked out so that they sum to gross and deductions."""

    def __init__(
        self, name: str, employer: str, net: int, month: date, pan: str | None, gross: int, deductions: int
    ) -> None:
        self.name, self.employer, self.net, self.pan = name, employer, net, pan
        self.gross, self.deductions = gross, deductions
        self.month = month.replace(day=1)
        basic, rent = gross // 2, gross * 3 // 10
        fund, tax = deductions * 6 // 10, min(200, deductions // 10)
        self.earnings = [("Basic", basic), ("House Rent Allowance", rent), ("Special Allowance", gross - basic - rent)]
        self.cuts = [("Provident Fund", fund), ("Professional Tax", tax), ("Income Tax (TDS)", deductions - fund - tax)]

    @property
    def paid_on(self) -> date:
        return self.month.replace(day=28)

    @property
    def code(self) -> int:
        """Of this employee alone, as in a payroll."""
        return 10_000 + zlib.crc32(f"{self.name} {self.pan}".encode()) % 90_000


def _table(slip: _Slip) -> bytes:
    """Ruled grid: details, earnings beside deductions, totals, net pay with words."""
    buffer, canvas = _canvas()
    y = HEIGHT - 60
    _write(canvas, 40, y, slip.employer, bold=True, size=14)
    _write(canvas, 40, y - 18, f"Payslip for the month of {slip.month:%B %Y}", size=10)
    y -= 50
    details = [
        ("Employee Name", slip.name, "Employee ID", f"E-{slip.code}"),
        ("Designation", "Senior Associate", "Pay Date", f"{slip.paid_on:%d/%m/%Y}"),
        ("PAN", slip.pan or "Not given", "Bank A/c", "XXXXXX4417"),
        ("Days Paid", "30", "UAN", "100000000000"),
    ]
    for row in details:
        _ruled_row(canvas, y, (40, 150, 320, 420, 555), row)
        y -= 18
    y -= 12
    _ruled_row(canvas, y, (40, 200, 300, 460, 555), ("Earnings", "Amount", "Deductions", "Amount"), bold=True)
    for (earning, paid), (cut, taken) in zip(slip.earnings, slip.cuts, strict=True):
        y -= 18
        _ruled_row(canvas, y, (40, 200, 300, 460, 555), (earning, _paise(paid), cut, _paise(taken)))
    y -= 18
    totals = ("Gross Earnings", _paise(slip.gross), "Total Deductions", _paise(slip.deductions))
    _ruled_row(canvas, y, (40, 200, 300, 460, 555), totals, bold=True)
    y -= 30
    _write(canvas, 40, y, f"Net Pay: Rs. {_paise(slip.net)}", bold=True, size=11)
    _write(canvas, 40, y - 16, f"(Rupees {in_words(slip.net)} Only)", size=9)
    _write(canvas, 40, y - 60, "This is a computer generated payslip and needs no signature.", size=8)
    return _finish(buffer, canvas)


def _columns(slip: _Slip) -> bytes:
    """No rules; earnings left, deductions right, right-aligned figures, title and month in one line."""
    buffer, canvas = _canvas()
    y = HEIGHT - 70
    canvas.setFillColor(HexColor("#1F3A5F"))
    _write(canvas, 45, y, slip.employer.upper(), bold=True, size=12)
    canvas.setFillColor(HexColor("#000000"))
    _write(canvas, 380, y, f"SALARY SLIP  {slip.month:%b-%Y}".upper(), size=10)
    y -= 36
    for left, right in [
        (f"Name : {slip.name}", f"Paid on : {slip.paid_on:%d-%b-%Y}"),
        (f"PAN : {slip.pan or '-'}", f"Employee Code : {slip.code}"),
    ]:
        _write(canvas, 45, y, left)
        _write(canvas, 320, y, right)
        y -= 15
    y -= 12
    _write(canvas, 45, y, "EARNINGS (INR)", bold=True)
    _write(canvas, 320, y, "DEDUCTIONS (INR)", bold=True)
    y -= 18
    for (earning, paid), (cut, taken) in zip(slip.earnings, slip.cuts, strict=True):
        _write(canvas, 45, y, earning)
        canvas.drawRightString(270, y, grouped(paid))
        _write(canvas, 320, y, cut)
        canvas.drawRightString(550, y, grouped(taken))
        y -= 15
    _write(canvas, 45, y - 4, "Total", bold=True)
    canvas.drawRightString(270, y - 4, grouped(slip.gross))
    _write(canvas, 320, y - 4, "Total", bold=True)
    canvas.drawRightString(550, y - 4, grouped(slip.deductions))
    _write(canvas, 45, y - 40, "NET SALARY", bold=True, size=11)
    canvas.drawRightString(270, y - 40, f"INR {grouped(slip.net)}")
    return _finish(buffer, canvas)


def _lines(slip: _Slip) -> bytes:
    """A letter of key: value lines, as small employers write it."""
    rows = [
        slip.employer,
        "Salary Statement",
        "",
        f"Name of Employee: {slip.name}",
        f"Employee Code: {slip.code}",
        f"Salary Month: {slip.month:%m/%Y}",
        f"Date of Payment: {slip.paid_on:%d.%m.%Y}",
        *([f"PAN No.: {slip.pan}"] if slip.pan else []),
        "",
        *(f"{label}: Rs. {grouped(paid)}/-" for label, paid in slip.earnings),
        f"Gross Salary: Rs. {grouped(slip.gross)}/-",
        *(f"{label}: Rs. {grouped(taken)}/-" for label, taken in slip.cuts),
        f"Total Deduction: Rs. {grouped(slip.deductions)}/-",
        f"Net Amount Payable: Rs. {grouped(slip.net)}/-",
        "",
        "For any question write to payroll@example.com",
    ]
    return text_pdf(rows)


def _stacked(slip: _Slip) -> bytes:
    """Headings above their figures, take-home pay first, as payroll portals print it."""
    buffer, canvas = _canvas()
    y = HEIGHT - 60
    _write(canvas, 40, y, slip.employer, bold=True, size=13)
    _write(canvas, 40, y - 30, "EMPLOYEE PAY SUMMARY", bold=True)
    _write(canvas, 40, y - 50, "Employee Name")
    _write(canvas, 180, y - 50, "Pay Period")
    _write(canvas, 330, y - 50, "PAN")
    _write(canvas, 450, y - 50, "Payment Date")
    _write(canvas, 40, y - 64, slip.name, bold=True)
    _write(canvas, 180, y - 64, f"01/{slip.month:%m/%Y} - 28/{slip.month:%m/%Y}", bold=True)
    _write(canvas, 330, y - 64, slip.pan or "-", bold=True)
    _write(canvas, 450, y - 64, f"{slip.paid_on:%d %b %Y}", bold=True)
    _write(canvas, 40, y - 104, "Gross Pay")
    _write(canvas, 180, y - 104, "Total Deductions")
    _write(canvas, 330, y - 104, "Take Home")
    _write(canvas, 40, y - 120, _paise(slip.gross), bold=True)
    _write(canvas, 180, y - 120, _paise(slip.deductions), bold=True)
    _write(canvas, 330, y - 120, _paise(slip.net), bold=True)
    _write(canvas, 40, 40, f"Employee Code {slip.code}", size=7)
    y -= 160
    for label, amount in [*slip.earnings, *slip.cuts]:
        _write(canvas, 40, y, label)
        canvas.drawRightString(270, y, _paise(amount))
        y -= 15
    return _finish(buffer, canvas)


def _paise(amount: int) -> str:
    return f"{grouped(amount)}.00"


def _canvas() -> tuple[io.BytesIO, Canvas]:
    buffer = io.BytesIO()
    return buffer, Canvas(buffer, pagesize=A4, invariant=1)


def _write(canvas: Canvas, x: float, y: float, text: str, *, bold: bool = False, size: float = 9) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    canvas.drawString(x, y, text)


def _ruled_row(canvas: Canvas, y: float, edges: Sequence[float], cells: Sequence[str], *, bold: bool = False) -> None:
    for left, right, text in zip(edges[:-1], edges[1:], cells, strict=True):
        canvas.rect(left, y - 5, right - left, 18)
        _write(canvas, left + 4, y, text, bold=bold, size=8.5)


def _finish(buffer: io.BytesIO, canvas: Canvas) -> bytes:
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _pdf(*pages: str, size: float, leading: float) -> bytes:
    buffer, canvas = _canvas()
    for page in pages:
        canvas.setFont("Courier", size)
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(40, HEIGHT - 60 - number * leading, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
