"""The letter itself: summary, terms, charges, rights, conditions, complaints, acceptance."""

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from tools.letter.blocks import BARE, facts, grid
from tools.letter.closing_part import acceptance, verification
from tools.letter.content import LetterContent
from tools.letter.figures import day, percent, rupees, rupees_paise, short_percent
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
    SMALL,
    STRONG,
    TINT,
    TITLE,
    WIDTH,
)
from tools.letter.typeface import markup, paragraph
from tools.rupees import in_words


def sanction_part(content: LetterContent) -> list[Flowable]:
    """Pages one and two."""
    return [
        *_opening(content),
        _summary(content),
        Spacer(1, 9),
        *_introduction(content),
        paragraph("Terms of the loan", HEADING),
        _terms(content),
        KeepTogether([paragraph("Charges", HEADING), _charges(content)]),
        KeepTogether([paragraph("If an instalment is late", HEADING), _penal(content)]),
        KeepTogether([paragraph("Your right to leave early", HEADING), *_leaving(content)]),
        KeepTogether([paragraph("Before we pay out", HEADING), _conditions(content)]),
        KeepTogether([paragraph("If something is wrong", HEADING), _complaints(content)]),
        Spacer(1, 10),
        acceptance(content),
        Spacer(1, 8),
        verification(content),
    ]


def _opening(content: LetterContent) -> list[Flowable]:
    borrower = content.borrower
    identifiers = [f"PAN {markup(borrower.masked_pan)}"]
    if borrower.masked_aadhaar:
        identifiers.append(f"Aadhaar {markup(borrower.masked_aadhaar)}")
    name = [
        paragraph("To", LABEL),
        paragraph(markup(borrower.name, bold=True), STRONG),
        *([paragraph(markup(borrower.city), BODY)] if borrower.city else []),
        paragraph("  ·  ".join(identifiers), SMALL),
        paragraph(f"Mobile {markup(borrower.masked_mobile)}", SMALL),
    ]
    dates = Table(
        [
            [paragraph(label, LABEL), paragraph(value, CELL_STRONG_RIGHT)]
            for label, value in (
                ("Letter number", markup(content.letter_number)),
                ("Date", day(content.issued_on)),
                ("Valid until", day(content.valid_until)),
            )
        ],
        colWidths=[22 * mm, 64 * mm],
    )
    dates.setStyle(TableStyle([*BARE, ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    head = Table([[name, dates]], colWidths=[WIDTH - 86 * mm, 86 * mm])
    head.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("RIGHTPADDING", (0, 0), (0, 0), 14)]))
    return [paragraph("Sanction letter", TITLE), Spacer(1, 7), head, Spacer(1, 9)]


def _summary(content: LetterContent) -> Table:
    """The five figures that matter, read at a glance."""
    facts_ = content.key_facts
    plan = facts_.figures.schedule
    panels = [
        ("Sanctioned amount", rupees(facts_.amount), FIGURE_FIRST, f"₹{_net(content)} reaches you"),
        ("Monthly instalment", rupees(plan.instalment), FIGURE, f"last {rupees(plan.last_instalment)}"),
        ("Tenure", f"{facts_.months} months", FIGURE, f"from {day(facts_.first_due)}"),
        ("Interest", percent(facts_.annual_rate_pct), FIGURE, "a year, fixed"),
        ("APR", percent(facts_.figures.apr_pct_incl_gst), FIGURE, "with fee and GST"),
    ]
    row = [
        [paragraph(label, LABEL), Spacer(1, 2), paragraph(figure, style), paragraph(note, LABEL)]
        for label, figure, style, note in panels
    ]
    table = Table([row], colWidths=[WIDTH * share for share in (0.27, 0.21, 0.2, 0.16, 0.16)])
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


def _introduction(content: LetterContent) -> list[Flowable]:
    facts_ = content.key_facts
    return [
        paragraph(
            markup(f"Dear {content.borrower.name},"),
            BODY,
        ),
        Spacer(1, 3),
        paragraph(
            f"{facts_.lender.name} sanctions you an unsecured personal loan on the terms below. The Key Facts "
            "Statement and the full repayment schedule follow and are part of this letter; no charge that is missing "
            "there can be asked of you without your consent.",
            BODY,
        ),
    ]


def _terms(content: LetterContent) -> Table:
    facts_ = content.key_facts
    plan = facts_.figures.schedule
    return facts(
        [
            ("Amount", f"<b>{rupees(facts_.amount)}</b> (Rupees {in_words(facts_.amount)} only)"),
            ("Purpose", markup(content.purpose)),
            (
                "Interest",
                f"<b>{percent(facts_.annual_rate_pct)} a year, fixed</b>, on the reducing balance with monthly rest: "
                "each month one twelfth of the yearly rate on the principal still outstanding",
            ),
            (
                "Repayment",
                f"{facts_.months} monthly instalments: {facts_.months - 1} of <b>{rupees(plan.instalment)}</b> and a "
                f"last one of <b>{rupees(plan.last_instalment)}</b>, which evens out the rounding"
                if facts_.months > 1
                else f"one instalment of <b>{rupees(plan.last_instalment)}</b>",
            ),
            ("Due dates", f"first on <b>{day(facts_.first_due)}</b>, last on {day(facts_.due_dates[-1])}"),
            ("Total to be repaid", f"{rupees(plan.total_paid)}, of which interest {rupees(plan.total_interest)}"),
            (
                "APR (RBI KFS method)",
                f"<b>{percent(facts_.figures.apr_pct_incl_gst)}</b> with the fee and GST; "
                f"{percent(facts_.figures.apr_pct_excl_gst)} when GST is left out",
            ),
        ],
        label_width=0.22,
    )


def _charges(content: LetterContent) -> Table:
    facts_ = content.key_facts
    charges, figures = facts_.charges, facts_.figures
    gst = short_percent(charges.gst_pct)

    def amount(value: str) -> Flowable:
        return paragraph(value, CELL_RIGHT)

    return grid(
        [
            [paragraph("Taken once, at disbursal", CELL_STRONG), paragraph("Amount", CELL_STRONG_RIGHT)],
            ["Sanctioned amount", amount(rupees_paise(facts_.amount))],
            [
                f"Processing fee, {short_percent(charges.processing_fee_pct)} of the amount",
                amount(f"– {rupees_paise(figures.processing_fee)}"),
            ],
            [f"GST on the fee, {gst}", amount(f"– {rupees_paise(figures.gst_on_fee)}")],
            [
                paragraph("Net amount paid to your bank account", CELL_STRONG),
                paragraph(rupees_paise(figures.net_disbursed), CELL_STRONG_RIGHT),
            ],
        ],
        (0.72, 0.28),
        total_rows=(4,),
    )


def _penal(content: LetterContent) -> Flowable:
    charges = content.key_facts.charges
    return paragraph(
        f"<b>A penal charge of {short_percent(charges.penal_charge_pct_pa)} a year is due on the overdue instalment "
        "alone, for the days it is overdue, because the instalment was not paid on its due date. It is a charge and "
        "not interest: it is never added to the principal and bears no interest, and no GST is due on it. A mandate "
        f"returned unpaid costs {rupees(charges.bounce_charge)} plus GST of {short_percent(charges.gst_pct)}.</b>",
        BODY,
    )


def _leaving(content: LetterContent) -> list[Flowable]:
    charges = content.key_facts.charges
    return [
        paragraph(
            f"<b>Cooling-off.</b> Within {charges.cooling_off_days} days of disbursal you may return the loan without "
            "giving a reason and without penalty: you pay back the principal with interest at the rate above for the "
            "days you had it. The processing fee with its GST is kept.",
            BODY,
        ),
        Spacer(1, 3),
        paragraph(
            "<b>Foreclosure.</b> After that you may repay early at any time for "
            f"{short_percent(charges.foreclosure_fee_pct)} of the principal repaid early, plus "
            f"{short_percent(charges.gst_pct)} GST.",
            BODY,
        ),
    ]


def _conditions(content: LetterContent) -> Table:
    rows = [
        [paragraph(f"{number}.", BODY), paragraph(markup(text), BODY)]
        for number, text in enumerate(content.conditions, 1)
    ]
    table = Table(rows, colWidths=[5.5 * mm, WIDTH - 5.5 * mm])
    table.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6)]))
    return table


def _complaints(content: LetterContent) -> Table:
    lender = content.key_facts.lender
    officer, ombudsman = lender.grievance_officer, lender.ombudsman
    return facts(
        [
            ("First, write or call", f"<b>{officer.name}</b>, {officer.phone}, {officer.email}. {officer.hours}."),
            (
                "Then",
                f"If {ombudsman.wait_days} days pass without an answer that settles it, complain free of charge to the "
                f"Ombudsman under the {ombudsman.scheme}, at {ombudsman.portal}.",
            ),
        ],
        label_width=0.22,
    )


def _net(content: LetterContent) -> str:
    return rupees(content.key_facts.figures.net_disbursed).removeprefix("₹")
