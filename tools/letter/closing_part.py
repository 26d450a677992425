"""How the letter ends: the acceptance box and what verifies the paper."""

from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table, TableStyle

from tools.letter.blocks import BARE, box
from tools.letter.content import TEMPLATE_VERSION, LetterContent
from tools.letter.figures import day, rupees
from tools.letter.style import BODY, LABEL, LINE, SMALL, STRONG, WIDTH
from tools.letter.typeface import markup, paragraph


def acceptance(content: LetterContent) -> Table:
    facts_ = content.key_facts
    accepted = content.acceptance
    text = (
        f"I accept the loan of {rupees(facts_.amount)} on these terms. I have read the Key Facts Statement "
        f"{markup(facts_.proposal_number)} and understood the instalment, the APR and the charges."
    )
    if accepted is not None:
        stamp = accepted.at
        zone = stamp.tzname() or ""
        lines = [
            f"<b>Accepted electronically</b> by {markup(content.borrower.name)}",
            f"{day(stamp.date())}, {stamp:%H:%M} {zone}, by {markup(accepted.channel)}",
        ]
        sign = Table([[paragraph(line, BODY)] for line in lines], colWidths=[WIDTH - 20])
        sign.setStyle(TableStyle(BARE))
    else:
        sign = Table(
            [["", "", ""], [paragraph(label, LABEL) for label in ("Signature", "Name", "Place and date")]],
            colWidths=[(WIDTH - 20) / 3] * 3,
            rowHeights=[20, 12],
        )
        sign.setStyle(TableStyle([*BARE, ("LINEBELOW", (0, 0), (-1, 0), 0.6, LINE)]))
    return box([paragraph("Acceptance", STRONG), Spacer(1, 2), paragraph(text, BODY), Spacer(1, 5), sign])


def verification(content: LetterContent) -> Table:
    lines = [
        paragraph(f"Verification code <b>{content.verification_code}</b>", BODY),
        paragraph(f"Letter SHA-256 {content.digest}", SMALL),
        paragraph(f"Key Facts SHA-256 {content.key_facts.digest}", SMALL),
        paragraph(f"Credit policy {markup(content.policy_version)}  ·  template {TEMPLATE_VERSION}", SMALL),
        paragraph(
            "<b>This is a demonstration by an invented lender. It is not an offer of credit and binds nobody.</b> "
            "The lender's hand signature is not needed.",
            SMALL,
        ),
    ]
    side = 21 * mm
    table = Table([[_code(content, side), lines]], colWidths=[side + 8, WIDTH - side - 8])
    table.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return table


def _code(content: LetterContent, side: float) -> QrCode:
    """Where to check the letter, for a camera."""
    return QrCode(content.verify_url or content.letter_number, width=side, height=side, qrBorder=0)
