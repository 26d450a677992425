"""Puts the parts of a letter on paper."""

from io import BytesIO

from reportlab.platypus import BaseDocTemplate, PageBreak

from tools.letter.content import LetterContent
from tools.letter.kfs_part import kfs_part
from tools.letter.pages import numbering_canvas, page_templates
from tools.letter.sanction_part import sanction_part
from tools.letter.schedule_part import schedule_part
from tools.letter.typeface import clean, register_fonts


def render_letter(content: LetterContent) -> bytes:
    """The letter as a PDF of A4 pages. The same content gives the same bytes on every machine and day."""
    register_fonts()
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        invariant=1,
        title=clean(f"Sanction letter {content.letter_number}"),
        author=content.key_facts.lender.name,
        subject="Personal loan: sanction letter, Key Facts Statement and repayment schedule",
        keywords=content.verification_code,
        lang="en-IN",
        pageTemplates=page_templates(content),
    )
    story = [
        *sanction_part(content),
        PageBreak(),
        *kfs_part(content.key_facts),
        PageBreak(),
        *schedule_part(content.key_facts),
    ]
    document.build(story, canvasmaker=numbering_canvas(content))
    return buffer.getvalue()
