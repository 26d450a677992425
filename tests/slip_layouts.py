"""Salary slips as payroll programs, accountants and portals lay them out, all invented, with what they truly say."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from pypdf import PdfReader, PdfWriter
from reportlab.lib.colors import HexColor, black, white
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from tools.letter.typeface import DEVANAGARI, REGULAR, register_fonts
from tools.rupees import grouped, in_words

WIDTH, HEIGHT = A4
HINDI_MONTHS = (*("जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),)


@dataclass(frozen=True)
class Pay:
    """What a slip says. Earnings and deductions sum to gross and cuts by construction."""

    name: str = "Lakshmi Subramanian"
    employer: str = "Noyyal Mills"
    net: int = 45_000
    month: date = date(2026, 11, 1)
    pan: str = "ZZZPS1116R"
    earnings: dict[str, int] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)

    @property
    def paid_on(self) -> date:
        return self.month.replace(day=28)

    @property
    def gross(self) -> int:
        return sum(self.earned.values())

    @property
    def taken(self) -> int:
        return sum(self.deducted.values())

    @property
    def deducted(self) -> dict[str, int]:
        fund, tax = self.net * 6 // 100, 200
        return self.cuts or {"Provident Fund": fund, "Professional Tax": tax, "Income Tax (TDS)": self.net * 3 // 100}

    @property
    def earned(self) -> dict[str, int]:
        gross = self.net + self.taken
        basic, rent = gross // 2, gross * 3 // 10
        parts = {"Basic": basic, "House Rent Allowance": rent, "Special Allowance": gross - basic - rent}
        return self.earnings or parts


Layout = Callable[[Pay], bytes]


class Page:
    """A canvas that writes by columns and moves down by lines."""

    def __init__(self, *, wide: bool = False, rotate: int = 0) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=landscape(A4) if wide else A4, invariant=1)
        self.height = WIDTH if wide else HEIGHT
        if rotate:
            self.canvas.setPageRotation(rotate)
        self.y = self.height - 60
        register_fonts()  # reportlab knows a typeface once in a process: the letters', or theirs would be this one

    def at(self, x: float, text: str, *, bold: bool = False, size: float = 9, font: str = "") -> None:
        self.canvas.setFont(font or ("Helvetica-Bold" if bold else "Helvetica"), size)
        self.canvas.drawString(x, self.y, text)

    def right(self, x: float, text: str, *, bold: bool = False, size: float = 9, font: str = "") -> None:
        self.canvas.setFont(font or ("Helvetica-Bold" if bold else "Helvetica"), size)
        self.canvas.drawRightString(x, self.y, text)

    def down(self, points: float = 15) -> None:
        self.y -= points

    def next_page(self) -> None:
        self.canvas.showPage()
        self.y = self.height - 60

    def finish(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()


def shown(*values: object) -> tuple[object, ...]:
    """Values to be compared with others that equal them, whatever their types."""
    return values


def paise(amount: int) -> str:
    return f"{grouped(amount)}.00"


def pairs(pay: Pay) -> list[tuple[str, int | None, str, int | None]]:
    """Earnings beside deductions, the shorter side filled up."""
    left: list[tuple[str, int | None]] = [*pay.earned.items()]
    right: list[tuple[str, int | None]] = [*pay.deducted.items()]
    size = max(len(left), len(right))
    left += [("", None)] * (size - len(left))
    right += [("", None)] * (size - len(right))
    return [(*one, *other) for one, other in zip(left, right, strict=True)]


def two_columns_year_to_date(pay: Pay) -> bytes:
    """Earnings and deductions beside each other, each with a column of the year so far."""
    page = Page(wide=True)
    page.at(40, pay.employer, bold=True, size=13)
    page.right(800, f"Payslip for {pay.month:%B %Y}")
    page.down(30)
    page.at(40, f"Employee Name : {pay.name}")
    page.at(420, f"PAN : {pay.pan}")
    page.down()
    page.at(40, "Employee Code : 104271")
    page.at(420, f"Date of Payment : {pay.paid_on:%d-%m-%Y}")
    page.down(30)
    for x, text in (
        (40, "Earnings"),
        (240, "Current"),
        (330, "YTD"),
        (420, "Deductions"),
        (640, "Current"),
        (740, "YTD"),
    ):
        page.at(x, text, bold=True)
    rows = [*pairs(pay), ("Gross Earnings", pay.gross, "Total Deductions", pay.taken)]
    for earning, paid, cut, taken in rows:
        page.down()
        page.at(40, earning)
        page.at(420, cut)
        if paid is not None:
            page.right(280, paise(paid))
            page.right(360, paise(paid * 8))
        if taken is not None:
            page.right(680, paise(taken))
            page.right(775, paise(taken * 8))
    page.down(30)
    page.at(40, "Net Pay", bold=True)
    page.right(280, paise(pay.net), bold=True)
    page.right(360, paise(pay.net * 8), bold=True)
    return page.finish()


def year_to_date_first(pay: Pay) -> bytes:
    """The year's column stands before the month's."""
    page = Page()
    page.at(40, pay.employer, bold=True, size=13)
    page.down(18)
    page.at(40, f"Salary Slip - {pay.month:%b %Y}")
    page.down(20)
    page.at(40, f"Employee Name: {pay.name}")
    page.at(320, f"Pay Date: {pay.paid_on:%d/%m/%Y}")
    page.down(24)
    for x, text in ((40, "Particulars"), (330, "YTD"), (450, "This Month")):
        page.at(x, text, bold=True)
    rows = [*pay.earned.items(), ("Gross Pay", pay.gross), *pay.deducted.items(), ("Total Deductions", pay.taken)]
    for label, amount in [*rows, ("Net Pay", pay.net)]:
        page.down()
        page.at(40, label)
        page.right(360, paise(amount * 8))
        page.right(510, paise(amount))
    return page.finish()


def single_list(pay: Pay) -> bytes:
    """One list down the page, figures without separators."""
    page = Page()
    page.at(40, "SALARY SLIP", bold=True, size=14)
    page.down(20)
    for label, text in (
        ("Company", pay.employer),
        ("Name", pay.name),
        ("Month", f"{pay.month:%B, %Y}"),
        ("Salary credited on", f"{pay.paid_on:%d %B %Y}"),
        ("PAN No", pay.pan),
    ):
        page.at(40, label)
        page.at(200, f": {text}")
        page.down()
    page.down()
    for label, amount in [*pay.earned.items(), ("Gross Salary", pay.gross)]:
        page.at(40, label)
        page.right(300, str(amount))
        page.down()
    for label, amount in [*pay.deducted.items(), ("Total Deductions", pay.taken), ("Net Salary", pay.net)]:
        page.at(40, label)
        page.right(300, str(amount))
        page.down()
    return page.finish()


def hindi(pay: Pay) -> bytes:
    """Labels, month and figures in Hindi, digits too."""
    devanagari = str.maketrans("0123456789", "०१२३४५६७८९")
    page, font = Page(), DEVANAGARI

    def row(label: str, text: str) -> None:
        page.at(40, label, font=font)
        page.at(260, text, font="Helvetica" if text.isascii() else font)
        page.down(18)

    page.at(200, "वेतन पर्ची", font=font, size=14)
    page.down(24)
    row("संस्था का नाम", pay.employer)
    row("कर्मचारी का नाम", pay.name)
    row("माह", f"{HINDI_MONTHS[pay.month.month - 1]} {pay.month.year}".translate(devanagari))
    row("भुगतान की तिथि", f"{pay.paid_on:%d/%m/%Y}".translate(devanagari))
    for label, amount in zip(("मूल वेतन", "मकान किराया भत्ता", "विशेष भत्ता"), pay.earned.values(), strict=True):
        row(label, f"₹ {grouped(amount)}".translate(devanagari))
    row("कुल आय", f"₹ {grouped(pay.gross)}".translate(devanagari))
    for label, amount in zip(("भविष्य निधि", "व्यवसाय कर", "आयकर"), pay.deducted.values(), strict=True):
        row(label, f"₹ {grouped(amount)}".translate(devanagari))
    row("कुल कटौती", f"₹ {grouped(pay.taken)}".translate(devanagari))
    row("शुद्ध वेतन", f"₹ {grouped(pay.net)}".translate(devanagari))
    return page.finish()


def bilingual(pay: Pay) -> bytes:
    """English and Hindi beside each other in every label, as public bodies print."""
    page = Page()

    def label(x: float, english: str, hindi_text: str) -> None:
        page.at(x, english + " / ")
        page.at(x + page.canvas.stringWidth(english + " / ", "Helvetica", 9), hindi_text, font=DEVANAGARI)

    page.at(180, pay.employer, bold=True, size=13)
    page.down(20)
    label(40, "Pay Slip for the month of", "माह का वेतन")
    page.at(300, f"{pay.month:%B %Y}")
    page.down(24)
    for english, hindi_text, text in (
        ("Employee Name", "कर्मचारी का नाम", pay.name),
        ("Date of Payment", "भुगतान तिथि", f"{pay.paid_on:%d.%m.%Y}"),
        ("PAN", "पैन", pay.pan),
    ):
        label(40, english, hindi_text)
        page.at(260, ": " + text)
        page.down()
    page.down()
    for title, amount in [
        *((f"{key}", value) for key, value in pay.earned.items()),
        ("Gross Pay|सकल वेतन", pay.gross),
        *pay.deducted.items(),
        ("Total Deductions|कुल कटौती", pay.taken),
        ("Net Pay|निवल वेतन", pay.net),
    ]:
        english, _, hindi_text = title.partition("|")
        label(40, english, hindi_text or "-")
        page.right(360, paise(amount))
        page.down()
    return page.finish()


def ruled_grid(pay: Pay) -> bytes:
    """A grid with rules and a shaded heading in white letters, words below."""
    page = Page()
    page.at(40, pay.employer, bold=True, size=13)
    page.down(18)
    page.at(40, f"PAY SLIP FOR THE PERIOD 01-{pay.month:%m-%Y} TO 30-{pay.month:%m-%Y}")
    page.down(22)
    for left, right in (
        (f"Emp. Name: {pay.name}", f"Payment Date: {pay.paid_on:%d-%b-%y}"),
        (f"PAN: {pay.pan}", "Working Days: 30"),
    ):
        page.at(40, left)
        page.at(320, right)
        page.down()
    page.down(8)
    page.canvas.setFillColor(HexColor("#203864"))
    page.canvas.rect(36, page.y - 5, 520, 16, fill=1)
    page.canvas.setFillColor(white)
    for x, text in ((40, "EARNINGS"), (210, "AMOUNT (Rs.)"), (300, "DEDUCTIONS"), (470, "AMOUNT (Rs.)")):
        page.at(x, text, bold=True)
    page.canvas.setFillColor(black)
    rows = [*pairs(pay), ("TOTAL EARNINGS", pay.gross, "TOTAL DEDUCTIONS", pay.taken)]
    for earning, paid, cut, taken in rows:
        page.down()
        page.canvas.rect(36, page.y - 5, 520, 16)
        page.at(40, earning)
        page.at(300, cut)
        if paid is not None:
            page.right(285, paise(paid))
        if taken is not None:
            page.right(550, paise(taken))
    page.down(24)
    page.at(40, f"NET PAY (Rs.) {paise(pay.net)}", bold=True)
    page.down()
    page.at(40, f"In words: Rupees {in_words(pay.net)} Only")
    return page.finish()


def words_first(pay: Pay) -> bytes:
    """Net pay in words in the same sentence as its figure."""
    page = Page()
    for text in (
        f"{pay.employer}",
        "SALARY CERTIFICATE",
        f"This is to state the salary of the month of {pay.month:%B %Y}.",
        f"Name of the Employee: {pay.name}",
        f"Paid on: {pay.paid_on:%d %b, %Y}",
        f"Gross Salary: Rs. {grouped(pay.gross)}/-",
        f"Less Deductions: Rs. {grouped(pay.taken)}/-",
        f"Net Salary: Rs. {grouped(pay.net)}/- (Rupees {in_words(pay.net).lower()} only)",
    ):
        page.at(40, text, size=11)
        page.down(20)
    return page.finish()


def take_home_on_top(pay: Pay) -> bytes:
    """A portal's card: take-home pay in large type above the breakdown."""
    page = Page()
    page.at(40, "Take Home Pay", size=10)
    page.down(24)
    page.at(40, f"Rs. {paise(pay.net)}", bold=True, size=18)
    page.down(30)
    for label, text in (
        ("Employee", pay.name),
        ("Employer", pay.employer),
        ("Pay period", f"{pay.month:%b %Y}"),
        ("Pay date", f"{pay.paid_on:%d %b %Y}"),
    ):
        page.at(40, label)
        page.at(160, text)
        page.down()
    page.down()
    for label, amount in [("Total Earnings", pay.gross), ("Total Deductions", pay.taken)]:
        page.at(40, label)
        page.right(300, paise(amount))
        page.down()
    return page.finish()


def amount_credited(pay: Pay) -> bytes:
    """The bank's line: amount credited to an account."""
    page = Page()
    page.at(40, f"{pay.employer} - Pay Advice {pay.month:%m/%Y}", bold=True, size=12)
    page.down(24)
    page.at(40, f"Associate Name : {pay.name}")
    page.down()
    page.at(40, f"PAN : {pay.pan}")
    page.down(24)
    for label, amount in [*pay.earned.items(), ("Total Earnings", pay.gross)]:
        page.at(40, label)
        page.right(300, paise(amount))
        page.down()
    for label, amount in [*pay.deducted.items(), ("Total Deductions", pay.taken)]:
        page.at(40, label)
        page.right(300, f"({paise(amount)})" if label != "Total Deductions" else paise(amount))
        page.down()
    page.down()
    page.at(40, f"Amount Credited : INR {paise(pay.net)}")
    page.down()
    page.at(40, f"Credited on {pay.paid_on:%d/%m/%Y} to account XXXXXX4417")
    return page.finish()


def employer_in_footer(pay: Pay) -> bytes:
    """Nothing above but the title; the employer stands in the footer."""
    page = Page()
    page.at(40, f"Salary slip for {pay.month:%B %Y}", bold=True)
    page.down(24)
    page.at(40, "Employee's Name")
    page.at(200, pay.name)
    page.down()
    page.at(40, "Date of Credit")
    page.at(200, f"{pay.paid_on:%d-%m-%Y}")
    page.down(24)
    for label, amount in [
        *pay.earned.items(),
        ("Gross Pay", pay.gross),
        *pay.deducted.items(),
        ("Total Deductions", pay.taken),
        ("Net Payable", pay.net),
    ]:
        page.at(40, label)
        page.right(320, grouped(amount))
        page.down()
    page.y = 40
    page.at(40, f"Name of the Company: {pay.employer}", size=8)
    return page.finish()


def two_pages(pay: Pay) -> bytes:
    """The pay on the first page, a tax sheet of the year with other totals on the second."""
    page = Page()
    page.at(40, pay.employer, bold=True, size=13)
    page.down(18)
    page.at(40, f"Payslip {pay.month:%B %Y}")
    page.down(20)
    page.at(40, f"Employee Name: {pay.name}")
    page.at(320, f"Payment Date: {pay.paid_on:%d/%m/%Y}")
    page.down(24)
    rows = [*pay.earned.items(), ("Gross Earnings", pay.gross), *pay.deducted.items(), ("Total Deductions", pay.taken)]
    for label, amount in [*rows, ("Net Pay", pay.net)]:
        page.at(40, label)
        page.right(320, paise(amount))
        page.down()
    page.next_page()
    page.at(40, "Income Tax Computation (annual)", bold=True)
    page.down(24)
    for label, amount in (
        ("Annual Gross Salary", pay.gross * 12),
        ("Standard Deduction", 50_000),
        ("Net Taxable Income", pay.gross * 12 - 50_000),
        ("Tax payable", pay.gross),
    ):
        page.at(40, label)
        page.right(320, paise(amount))
        page.down()
    return page.finish()


def three_months(pay: Pay) -> bytes:
    """Three slips in one file, the newest neither first nor last."""
    months = [pay.month.replace(month=pay.month.month - 1), pay.month, pay.month.replace(month=pay.month.month - 2)]
    writer = PdfWriter()
    for number, month in enumerate(months):
        net = pay.net if month == pay.month else pay.net - 1_500 * (number + 1)
        writer.append(PdfReader(io.BytesIO(single_list(Pay(pay.name, pay.employer, net, month, pay.pan)))))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def turned(pay: Pay) -> bytes:
    """A page that is displayed turned by a quarter, its letters drawn to read upright."""
    page = Page(rotate=90)
    page.canvas.translate(WIDTH, 0)
    page.canvas.rotate(90)
    page.y = 540
    plain_rows(page, pay)
    return page.finish()


def sideways(pay: Pay) -> bytes:
    """Letters written upwards along the page, as when a landscape sheet was printed upright."""
    page = Page()
    page.canvas.translate(WIDTH, 0)
    page.canvas.rotate(90)
    page.y = 540
    plain_rows(page, pay)
    return page.finish()


def plain_rows(page: Page, pay: Pay) -> None:
    page.at(40, pay.employer, bold=True, size=13)
    page.down(20)
    page.at(40, f"Pay slip for {pay.month:%B %Y}")
    page.down(20)
    page.at(40, f"Employee Name : {pay.name}")
    page.at(360, f"Pay Date : {pay.paid_on:%d/%m/%Y}")
    page.down(20)
    rows = [*pay.earned.items(), ("Gross Earnings", pay.gross), *pay.deducted.items(), ("Total Deductions", pay.taken)]
    for label, amount in [*rows, ("Net Pay", pay.net)]:
        page.at(40, label)
        page.right(340, paise(amount))
        page.down()


def in_a_form(pay: Pay) -> bytes:
    """The whole page drawn as a reusable form, as some printers do."""
    page = Page()
    page.canvas.beginForm("slip")
    plain_rows(page, pay)
    page.canvas.endForm()
    page.canvas.doForm("slip")
    return page.finish()


def scaled_upside_down(pay: Pay) -> bytes:
    """Coordinates that run downwards in small units, as browsers print."""
    page = Page()
    plain = Page()
    plain_rows(plain, pay)
    reader = PdfReader(io.BytesIO(plain.finish()))
    writer = PdfWriter(clone_from=reader)
    contents = writer.pages[0].get_contents()
    assert contents is not None
    flipped = b"0.5 0 0 -0.5 0 842 cm 2 0 0 -2 0 1684 cm\n" + contents.get_data()
    contents.set_data(flipped)
    writer.pages[0].replace_contents(contents)
    writer.write(page.buffer)
    return page.buffer.getvalue()


def abbreviated(pay: Pay) -> bytes:
    """Short labels and hyphens, figures with the sign after them."""
    page = Page()
    page.at(40, f"{pay.employer.upper()}", bold=True, size=12)
    page.down(18)
    page.at(40, f"PAYSLIP {pay.month:%b'%y}")
    page.down(18)
    page.at(40, f"EMP NAME - {pay.name.upper()}")
    page.at(330, f"PAID ON - {pay.paid_on:%d/%m/%y}")
    page.down(24)
    for label, amount in [
        *pay.earned.items(),
        ("GROSS EARN.", pay.gross),
        *pay.deducted.items(),
        ("TOTAL DEDN.", pay.taken),
        ("NET PAY", pay.net),
    ]:
        page.at(40, label)
        page.right(300, f"{grouped(amount)}/-")
        page.down()
    return page.finish()


def boxes_in_a_row(pay: Pay) -> bytes:
    """Three boxes with the label above the figure, right-aligned, and a table below."""
    page = Page(wide=True)
    page.at(40, f"{pay.employer} | Payslip | {pay.month:%B %Y}", bold=True, size=12)
    page.down(24)
    page.at(40, f"Employee Name  {pay.name}")
    page.at(420, f"Salary Date  {pay.paid_on:%d-%b-%Y}")
    page.down(30)
    for x, text in ((40, "Gross Pay"), (300, "Total Deductions"), (560, "Net Pay")):
        page.right(x + 160, text)
    page.down(16)
    for x, amount in ((40, pay.gross), (300, pay.taken), (560, pay.net)):
        page.right(x + 160, f"Rs. {paise(amount)}", bold=True, size=12)
    page.down(30)
    for earning, paid, cut, taken in pairs(pay):
        page.at(40, earning)
        page.at(420, cut)
        if paid is not None:
            page.right(300, paise(paid))
        if taken is not None:
            page.right(700, paise(taken))
        page.down()
    return page.finish()


def full_rate_and_earned(pay: Pay) -> bytes:
    """What the pay would be for a full month beside what was earned."""
    page = Page()
    page.at(40, pay.employer, bold=True, size=13)
    page.down(18)
    page.at(40, f"Wage Slip: {pay.month:%B-%Y}")
    page.down(18)
    page.at(40, f"Name of Employee : {pay.name}")
    page.at(330, f"Date of payment : {pay.paid_on:%d/%m/%Y}")
    page.down(24)
    for x, text in ((40, "Earnings"), (200, "Full Rate"), (280, "Earned"), (360, "Deductions"), (500, "Amount")):
        page.at(x, text, bold=True)
    for earning, paid, cut, taken in [*pairs(pay), ("Gross Pay", pay.gross, "Total Deductions", pay.taken)]:
        page.down()
        page.at(40, earning)
        page.at(360, cut)
        if paid is not None:
            page.right(245, paise(paid * 30 // 28))
            page.right(325, paise(paid))
        if taken is not None:
            page.right(545, paise(taken))
    page.down(24)
    page.at(40, "Net Payable")
    page.right(325, paise(pay.net))
    return page.finish()


def rupee_sign(pay: Pay) -> bytes:
    """The rupee sign before every figure, a Unicode typeface throughout."""
    page, font = Page(), REGULAR

    def row(label: str, text: str) -> None:
        page.at(40, label, font=font)
        page.right(360, text, font=font)
        page.down()

    page.at(40, pay.employer, font=font, size=13)
    page.down(20)
    page.at(40, f"Payslip for the month {pay.month:%B %Y}", font=font)
    page.down(20)
    page.at(40, f"Employee Name: {pay.name}", font=font)
    page.down()
    page.at(40, f"Disbursement Date: {pay.paid_on:%d/%m/%Y}", font=font)
    page.down(20)
    for label, amount in [
        *pay.earned.items(),
        ("Total Earnings", pay.gross),
        *pay.deducted.items(),
        ("Total Deductions", pay.taken),
    ]:
        row(label, f"₹{grouped(amount)}")
    row("Net Pay (Total Earnings - Total Deductions)", f"₹{grouped(pay.net)}")
    return page.finish()


LAYOUTS: dict[str, Layout] = {
    made.__name__: made
    for made in (
        two_columns_year_to_date,
        year_to_date_first,
        single_list,
        hindi,
        bilingual,
        ruled_grid,
        words_first,
        take_home_on_top,
        amount_credited,
        employer_in_footer,
        two_pages,
        three_months,
        turned,
        sideways,
        in_a_form,
        scaled_upside_down,
        abbreviated,
        boxes_in_a_row,
        full_rate_and_earned,
        rupee_sign,
    )
}
