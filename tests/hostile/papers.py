"""Salary slips that are true and say more than they should, for everybody to see or for a machine alone."""

import io
from datetime import date

from pypdf import PdfReader, PdfWriter
from reportlab.lib.colors import white
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.samples import salary_slip_pdf
from tools.letter.typeface import DEVANAGARI, REGULAR, register_fonts

PIECE = 90


def speaking_slip(name: str, pan: str, employer: str, net_pay: int, order: str, *, hidden: bool) -> bytes:
    """The order stands below the slip, in the paper's own colour and a hair's size where it is `hidden`."""
    month = date(2026, 11, 1)
    slip = salary_slip_pdf(name=name, pan=pan, employer=employer, net_pay=net_pay, month=month, layout="lines")
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont(DEVANAGARI if any("\u0900" <= sign <= "\u097f" for sign in order) else REGULAR, 1 if hidden else 8)
    if hidden:
        canvas.setFillColor(white)
    words = "".join(sign for sign in order if sign.isprintable())
    for number in range(0, min(len(words), 8 * PIECE), PIECE):
        canvas.drawString(40, 150 - number // PIECE * 10, words[number : number + PIECE])
    canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(slip)))
    writer.pages[0].merge_page(PdfReader(io.BytesIO(buffer.getvalue())).pages[0])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
