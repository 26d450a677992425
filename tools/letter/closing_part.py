"""How a letter ends: the acceptance box and what verifies the paper."""

from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from tools.letter.blocks import BARE, box
from tools.letter.content import TEMPLATE_VERSION, LetterContent
from tools.letter.refusal import RefusalContent
from tools.letter.scripts import markup, rich
from tools.letter.style import BODY, LABEL, LINE, SMALL, STRONG, WIDTH
from tools.letter.typeface import paragraph

_SIDE = 21 * mm
_MASK = 2  # of the eight the plainest one most often, for addresses like ours


def acceptance(content: LetterContent) -> Table:
    facts, accepted, words = content.key_facts, content.acceptance, content.words
    text = words.say("acceptance.text", amount=facts.amount, proposal=facts.proposal_number)
    if accepted is not None:
        stamp = accepted.at
        channel = f"channels.{accepted.channel}"
        lines = [
            words.say("acceptance.accepted", name=content.borrower.name),
            words.say(
                "acceptance.when",
                day=stamp.date(),
                time=f"{stamp:%H:%M}",
                zone=stamp.tzname() or "",
                channel=words.say(channel) if channel in words.keys else accepted.channel,
            ),
        ]
        sign = Table([[paragraph(rich(line), BODY)] for line in lines], colWidths=[WIDTH - 20])
        sign.setStyle(TableStyle(BARE))
    else:
        labels = [words.say(f"acceptance.{label}") for label in ("signature", "name", "place")]
        sign = Table(
            [["", "", ""], [paragraph(markup(label), LABEL) for label in labels]],
            colWidths=[(WIDTH - 20) / 3] * 3,
            rowHeights=[20, 12],
        )
        sign.setStyle(TableStyle([*BARE, ("LINEBELOW", (0, 0), (-1, 0), 0.6, LINE)]))
    title = paragraph(markup(words.say("acceptance.title")), STRONG)
    return box([title, Spacer(1, 2), paragraph(rich(text), BODY), Spacer(1, 5), sign])


def verification(content: LetterContent | RefusalContent) -> Flowable:
    """Digests, and where to check the letter: a code and its address, also for a camera, once it has them."""
    words = content.words
    sanction = isinstance(content, LetterContent)
    lines = [
        paragraph(rich(words.say("verification.digest", digest=content.digest)), SMALL),
        *(
            [paragraph(rich(words.say("verification.key_facts", digest=content.key_facts.digest)), SMALL)]
            if isinstance(content, LetterContent)
            else []
        ),
        paragraph(
            rich(words.say("verification.policy", policy=content.policy_version, template=TEMPLATE_VERSION)), SMALL
        ),
        paragraph(
            rich(words.say("verification.demonstration" if sanction else "verification.demonstration_refusal")), SMALL
        ),
    ]
    if not content.verify_url:
        return Table([[lines]], colWidths=[WIDTH], style=TableStyle(BARE))
    address = content.verify_url.partition("#")[0]
    lines[:0] = [
        paragraph(rich(words.say("verification.code", code=content.verification_code)), BODY),
        paragraph(rich(words.say("verification.signed", address=address)), SMALL),
    ]
    code = _Code(content.verify_url, width=_SIDE, height=_SIDE, qrBorder=0)
    table = Table([[code, lines]], colWidths=[_SIDE + 8, WIDTH - _SIDE - 8])
    table.setStyle(TableStyle([*BARE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return table


class _Code(QrCode):  # type: ignore[misc]
    """Under one mask: readers are told which. To weigh all eight against each other is an eighth of a letter's work."""

    def draw(self) -> None:
        self.qr.getBestMaskPattern = lambda: _MASK
        super().draw()
