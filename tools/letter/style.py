"""The look of the letter: one ink, one accent, one tint, few sizes."""

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from tools.letter.typeface import BOLD, REGULAR

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 18 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN

INK = HexColor("#1B2530")
SOFT = HexColor("#5D6975")
ACCENT = HexColor("#0E5A52")
LINE = HexColor("#D5DAD8")
TINT = HexColor("#EFF4F2")
GOLD = HexColor("#C2912E")

BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=8.9, leading=12.8, textColor=INK)
STRONG = ParagraphStyle("strong", parent=BODY, fontName=BOLD)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.4, leading=10, textColor=SOFT)
LABEL = ParagraphStyle("label", parent=BODY, fontSize=7.2, leading=9.4, textColor=SOFT)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8.3, leading=11)
CELL_LABEL = ParagraphStyle("cell-label", parent=CELL, textColor=SOFT)
CELL_STRONG = ParagraphStyle("cell-strong", parent=CELL, fontName=BOLD)
CELL_RIGHT = ParagraphStyle("cell-right", parent=CELL, alignment=TA_RIGHT)
CELL_STRONG_RIGHT = ParagraphStyle("cell-strong-right", parent=CELL_STRONG, alignment=TA_RIGHT)
COMPACT = ParagraphStyle("compact", parent=BODY, fontSize=7.6, leading=9.6)
COMPACT_RIGHT = ParagraphStyle("compact-right", parent=COMPACT, alignment=TA_RIGHT)
ROW_HEAD = ParagraphStyle("row-head", parent=STRONG, fontSize=7.4, leading=9.6)
ROW_HEAD_RIGHT = ParagraphStyle("row-head-right", parent=ROW_HEAD, alignment=TA_RIGHT)
FIGURE = ParagraphStyle("figure", parent=STRONG, fontSize=12, leading=15, textColor=INK)
FIGURE_FIRST = ParagraphStyle("figure-first", parent=FIGURE, fontSize=17, leading=20, textColor=ACCENT)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=18, leading=22, textColor=ACCENT)
HEADING = ParagraphStyle(
    "heading", parent=STRONG, fontSize=9.6, leading=12, textColor=ACCENT, spaceBefore=10, spaceAfter=4, keepWithNext=1
)
