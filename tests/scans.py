"""Scans of salary slips for the OCR tests: drawn as a picture, turned a little, with noise, at some resolution."""

import io
import random
from datetime import date
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

import tools.letter
from tests.slip_layouts import HEIGHT, WIDTH, Pay, pairs, paise

FONT = Path(tools.letter.__file__).parent / "fonts" / "NotoSans-Regular.ttf"
HINDI = Path(tools.letter.__file__).parent / "fonts" / "NotoSansDevanagari-Regular.ttf"


class Sheet:
    """A white page of A4 with ink on it; places in points from the upper left, as on paper."""

    def __init__(self, dpi: int) -> None:
        self.scale = dpi / 72
        self.picture = Image.new("L", (round(WIDTH * self.scale), round(HEIGHT * self.scale)), 255)
        self._draw = ImageDraw.Draw(self.picture)

    def at(self, x: float, y: float, text: str, *, size: float = 10, right: bool = False, font: Path = FONT) -> None:
        loaded = ImageFont.truetype(str(font), round(size * self.scale))
        self._draw.text((x * self.scale, y * self.scale), text, fill=20, font=loaded, anchor="ra" if right else "la")

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        self._draw.line((x * self.scale, y * self.scale, to_x * self.scale, to_y * self.scale), fill=60, width=2)


def table(pay: Pay, dpi: int = 200, *, ruled: bool = False) -> Image.Image:
    """Earnings beside deductions, figures right-aligned."""
    sheet = Sheet(dpi)
    sheet.at(40, 40, pay.employer, size=14)
    sheet.at(40, 62, f"Payslip for the month of {pay.month:%B %Y}")
    sheet.at(40, 90, f"Employee Name : {pay.name}")
    sheet.at(330, 90, f"Pay Date : {pay.paid_on:%d/%m/%Y}")
    sheet.at(40, 108, f"PAN : {pay.pan}")
    y = 140
    for x, text in ((40, "Earnings"), (200, "Amount"), (310, "Deductions"), (480, "Amount")):
        sheet.at(x, y, text)
    for earning, paid, cut, taken in [*pairs(pay), ("Gross Earnings", pay.gross, "Total Deductions", pay.taken)]:
        y += 20
        if ruled:
            sheet.line(36, y - 3, 560, y - 3)
        sheet.at(40, y, earning)
        sheet.at(310, y, cut)
        if paid is not None:
            sheet.at(270, y, paise(paid), right=True)
        if taken is not None:
            sheet.at(540, y, paise(taken), right=True)
    sheet.at(40, y + 34, f"Net Pay : Rs. {paise(pay.net)}", size=12)
    return sheet.picture


def column(pay: Pay, dpi: int = 200) -> Image.Image:
    """One list down the page."""
    sheet = Sheet(dpi)
    sheet.at(40, 40, pay.employer, size=13)
    sheet.at(40, 62, f"Salary Slip {pay.month:%B %Y}")
    sheet.at(40, 84, f"Name of Employee: {pay.name}")
    sheet.at(40, 102, f"Date of Payment: {pay.paid_on:%d-%m-%Y}")
    y = 130
    rows = [*pay.earned.items(), ("Gross Salary", pay.gross), *pay.deducted.items(), ("Total Deductions", pay.taken)]
    for label, amount in [*rows, ("Net Salary", pay.net)]:
        sheet.at(40, y, label)
        sheet.at(330, y, paise(amount), right=True)
        y += 20
    return sheet.picture


def scanned(page: Image.Image, *, turn: float = 0.0, noise: int = 0, seed: int = 7) -> Image.Image:
    """The page as a scanner gives it: turned by some degrees, grey paper, specks."""
    found = page.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor=255)
    if noise:
        grain = random.Random(seed).randbytes(found.width * found.height)
        specks = Image.frombytes("L", found.size, grain).point(lambda value: value * noise // 255)
        found = Image.blend(found, specks, 0.06)
    return found


def as_png(page: Image.Image) -> bytes:
    buffer = io.BytesIO()
    page.save(buffer, "PNG")
    return buffer.getvalue()


def as_jpeg(page: Image.Image, quality: int = 70) -> bytes:
    buffer = io.BytesIO()
    page.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def as_pdf(page: Image.Image) -> bytes:
    """A scanner's PDF: one page, which is one picture."""
    from reportlab.lib.utils import ImageReader

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.drawImage(ImageReader(io.BytesIO(as_jpeg(page))), 0, 0, WIDTH, HEIGHT)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


NOVEMBER = date(2026, 11, 1)
