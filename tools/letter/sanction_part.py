"""The letter itself: summary, terms, charges, rights, conditions, complaints, acceptance."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from tools.kfs.reading import given_of
from tools.letter.blocks import BARE, facts, grid
from tools.letter.closing_part import acceptance, verification
from tools.letter.content import LetterContent
from tools.letter.opening_part import opening
from tools.letter.scripts import markup, rich
from tools.letter.style import (
    BODY,
    CELL_RIGHT,
    CELL_STRONG,
    CELL_STRONG_RIGHT,
    FIGURE,
    FIGURE_FIRST,
    HEADING,
    LABEL,
    LINE,
    TINT,
    WIDTH,
)
from tools.letter.typeface import paragraph
from tools.rupees import in_words
from tools.rupees_hindi import in_hindi_words


def sanction_part(content: LetterContent) -> list[Flowable]:
    """Pages one and two."""
    said = _Said(content)
    words = content.words
    number = [
        (words.say("address.number"), content.letter_number),
        (words.say("address.date"), words.day(content.issued_on)),
        (words.say("address.valid_until"), words.day(content.valid_until)),
    ]
    return [
        *opening(words.say("sanction.title"), content.borrower, number, words),
        _summary(content, said),
        Spacer(1, 9),
        said("sanction.dear"),
        Spacer(1, 3),
        said("sanction.opening"),
        said.heading("terms.title"),
        _terms(said, content.key_facts.months),
        KeepTogether([said.heading("charges.title"), _charges(said)]),
        KeepTogether([said.heading("penal.title"), said("penal.text")]),
        KeepTogether(
            [said.heading("leaving.title"), said("leaving.cooling_off"), Spacer(1, 3), said("leaving.foreclosure")]
        ),
        KeepTogether([said.heading("conditions.title"), _conditions(said)]),
        KeepTogether([said.heading("complaints.title"), _complaints(said)]),
        Spacer(1, 10),
        KeepTogether([acceptance(content), Spacer(1, 8), verification(content)]),
    ]


class _Said:
    """The letter's wording with the figures of its key facts."""

    def __init__(self, content: LetterContent) -> None:
        facts_ = content.key_facts
        self._words = content.words
        self._given: dict[str, object] = {
            **given_of(facts_),
            "lender": facts_.lender.name,
            "purpose": content.purpose,
            "in_words": in_hindi_words(facts_.amount) if content.language == "hi" else in_words(facts_.amount),
            "before_last": facts_.months - 1,
        }

    def text(self, key: str) -> str:
        return self._words.say(key, **self._given)

    def figure(self, template: str) -> str:
        """A figure by name and form, e.g. "amount:rupees"."""
        return self._words.fill("{" + template + "}", **self._given)

    def __call__(self, key: str) -> Flowable:
        return paragraph(rich(self.text(key)), BODY)

    def heading(self, key: str) -> Flowable:
        return paragraph(markup(self.text(key)), HEADING)


def _summary(content: LetterContent, said: _Said) -> Table:
    """The five figures that matter, read at a glance."""
    panels = [
        ("amount", said.figure("amount:rupees"), FIGURE_FIRST),
        ("instalment", said.figure("instalment:rupees"), FIGURE),
        ("tenure", said.text("summary.tenure_value"), FIGURE),
        ("interest", said.figure("rate:pct"), FIGURE),
        ("apr", said.figure("apr:pct"), FIGURE),
    ]
    row = [
        [
            paragraph(markup(said.text(f"summary.{name}")), LABEL),
            Spacer(1, 2),
            paragraph(markup(figure), style),
            paragraph(markup(said.text(f"summary.{name}_note")), LABEL),
        ]
        for name, figure, style in panels
    ]
    shares = (0.27, 0.21, 0.2, 0.16, 0.16) if content.language == "en" else (0.26, 0.21, 0.2, 0.15, 0.18)
    table = Table([row], colWidths=[WIDTH * share for share in shares])
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT),
                ("ROUNDEDCORNERS", [5, 5, 5, 5]),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("TOPPADDING", (0, 0), (-1, -1), 9),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("LINEAFTER", (0, 0), (-2, -1), 0.6, LINE),
            ]
        )
    )
    return table


def _terms(said: _Said, months: int) -> Table:
    rows = [
        ("amount", "amount_value"),
        ("purpose", None),
        ("interest", "interest_value"),
        ("repayment", "repayment_value" if months > 1 else "repayment_once"),
        ("due", "due_value"),
        ("total", "total_value"),
        ("apr", "apr_value"),
    ]
    return facts(
        [
            (said.text(f"terms.{label}"), said.text(f"terms.{value}") if value else said.figure("purpose"))
            for label, value in rows
        ],
        label_width=0.22,
    )


def _charges(said: _Said) -> Table:
    def line(label: str, figure: str, *, minus: bool = False) -> list[Flowable | str]:
        return [said.text(f"charges.{label}"), paragraph(("– " if minus else "") + said.figure(figure), CELL_RIGHT)]

    def strong(label: str, figure: str) -> list[Flowable | str]:
        return [paragraph(markup(said.text(f"charges.{label}")), CELL_STRONG), paragraph(figure, CELL_STRONG_RIGHT)]

    return grid(
        [
            strong("once", markup(said.text("charges.amount"))),
            line("sanctioned", "amount:paise"),
            line("fee", "fee:paise", minus=True),
            line("gst", "gst:paise", minus=True),
            strong("net", said.figure("net_disbursed:paise")),
        ],
        (0.72, 0.28),
        total_rows=(4,),
    )


def _conditions(said: _Said) -> Table:
    rows = [
        [paragraph(f"{number}.", BODY), said(f"conditions.{condition}")]
        for number, condition in enumerate(("accept", "checks", "mandate", "unchanged"), 1)
    ]
    table = Table(rows, colWidths=[5.5 * mm, WIDTH - 5.5 * mm])
    table.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6)]))
    return table


def _complaints(said: _Said) -> Table:
    return facts(
        [(said.text(f"complaints.{step}"), said.text(f"complaints.{step}_value")) for step in ("first", "then")],
        label_width=0.22,
    )
