"""The Key Facts Statement in print: the lines that are shown beside the chat, as tables."""

from reportlab.platypus import Flowable, KeepTogether, Spacer

from tools.kfs import KeyFacts
from tools.kfs.reading import Section
from tools.letter.blocks import grid
from tools.letter.scripts import markup, rich
from tools.letter.style import COMPACT_RIGHT, HEADING, SMALL, TITLE
from tools.letter.typeface import paragraph


def kfs_part(facts: KeyFacts) -> list[Flowable]:
    shown = facts.reading
    terms, other, computation = shown.sections
    return [
        paragraph(markup(shown.title), TITLE),
        Spacer(1, 3),
        paragraph(markup(shown.subtitle), SMALL),
        *_table(terms, (0.045, 0.29, 0.665)),
        *_table(other, (0.045, 0.29, 0.665)),
        KeepTogether(
            [
                *_table(computation, (0.045, 0.6, 0.355), figures=True),
                Spacer(1, 4),
                paragraph(markup(shown.apr_note), SMALL),
            ]
        ),
    ]


def _table(section: Section, widths: tuple[float, ...], *, figures: bool = False) -> list[Flowable]:
    rows = [
        [line.number, line.label, paragraph(rich(line.value), COMPACT_RIGHT) if figures else line.value]
        for line in section.lines
    ]
    return [paragraph(markup(section.title), HEADING), grid(rows, widths, compact=True, headed=False)]
