"""The refusal letter: the decision, its reasons, the bureau's report, and the way to a person."""

from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from tools.letter.blocks import facts
from tools.letter.closing_part import verification
from tools.letter.opening_part import opening
from tools.letter.refusal import RefusalContent, RefusalReason
from tools.letter.scripts import markup, rich
from tools.letter.style import ACCENT, BODY, HEADING, STRONG, TINT, WIDTH
from tools.letter.typeface import paragraph


def refusal_part(content: RefusalContent) -> list[Flowable]:
    """The whole letter, one page for all but very long reasons."""
    words, lender = content.words, content.lender
    given: dict[str, Any] = {
        "name": content.borrower.name,
        "lender": lender.name,
        "amount": content.amount,
        "months": content.months,
        "bureau": lender.bureau,
        "officer": lender.grievance_officer,
        "ombudsman": lender.ombudsman,
    }

    def said(key: str) -> Flowable:
        return paragraph(rich(words.say(key, **given)), BODY)

    def heading(key: str) -> Flowable:
        return paragraph(markup(words.say(key)), HEADING)

    number = [
        (words.say("address.number"), content.letter_number),
        (words.say("address.date"), words.day(content.decided_on)),
    ]
    report = ("bureau_seen", "bureau_free", "bureau_correct") if content.report_used else ()
    complaints = [
        (words.say(f"complaints.{step}"), words.say(f"complaints.{step}_value", **given)) for step in ("first", "then")
    ]
    return [
        *opening(words.say("refusal.title"), content.borrower, number, words),
        said("refusal.dear"),
        Spacer(1, 3),
        said("refusal.opening"),
        heading("refusal.reasons"),
        *(_reason(content, place, reason) for place, reason in enumerate(content.reasons, 1)),
        Spacer(1, 5),
        said("refusal.later"),
        *(
            [KeepTogether([heading("refusal.bureau"), *(_spaced(said(f"refusal.{line}")) for line in report)])]
            if report
            else []
        ),
        KeepTogether([heading("refusal.person"), said("refusal.person_text")]),
        KeepTogether(
            [heading("complaints.title"), facts(complaints, label_width=0.22), Spacer(1, 7), verification(content)]
        ),
    ]


def _reason(content: RefusalContent, place: int, reason: RefusalReason) -> Table:
    """One reason and, under it, what would change it."""
    words = content.words
    main = place == 1 and len(content.reasons) > 1
    label = words.say("refusal.main_reason") if main else words.say("refusal.reason", number=place)
    text = f"{label}: {reason.text}" if len(content.reasons) > 1 else reason.text
    lines = [paragraph(markup(text), STRONG)]
    if reason.remedy:
        lines.append(paragraph(f"<b>{markup(words.say('refusal.remedy'))}</b> {markup(reason.remedy)}", BODY))
    table = Table([[lines]], colWidths=[WIDTH], spaceAfter=3)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT),
                ("LINEBEFORE", (0, 0), (0, -1), 2, ACCENT),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return table


def _spaced(flowable: Any) -> Flowable:
    flowable.spaceAfter = 3
    return flowable
