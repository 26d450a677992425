"""Puts the parts of a letter on paper."""

from io import BytesIO
from typing import Any

from reportlab.platypus import BaseDocTemplate, PageBreak

from tools.letter import LetterContent, Paper, RefusalContent
from tools.letter.kfs_part import kfs_part
from tools.letter.pages import numbering_canvas, page_templates
from tools.letter.refusal_part import refusal_part
from tools.letter.sanction_part import sanction_part
from tools.letter.schedule_part import schedule_part
from tools.letter.scripts import clean
from tools.letter.typeface import register_fonts


def render(content: Paper) -> bytes:
    """Whichever letter it is."""
    return render_refusal(content) if isinstance(content, RefusalContent) else render_letter(content)


def render_letter(content: LetterContent) -> bytes:
    """The sanction letter as a PDF of A4 pages. The same content gives the same bytes on every machine and day."""
    register_fonts()
    story = [
        *sanction_part(content),
        PageBreak(),
        *kfs_part(content.key_facts),
        PageBreak(),
        *schedule_part(content.key_facts),
    ]
    return _printed(content, story, content.words.say("page.subject"), "sanction.running")


def render_refusal(content: RefusalContent) -> bytes:
    """The refusal letter, as `render_letter` prints the other."""
    register_fonts()
    return _printed(content, refusal_part(content), content.words.say("refusal.subject"), "refusal.running")


def _printed(content: Paper, story: list[Any], subject: str, running_key: str) -> bytes:
    buffer = BytesIO()
    running = content.words.say(running_key, number=content.letter_number)
    document = BaseDocTemplate(
        buffer,
        invariant=1,
        title=clean(running),
        author=content.lender.name,
        subject=subject,
        keywords=content.verification_code,
        lang=f"{content.words.language}-IN",
        pageTemplates=page_templates(content, running),
    )
    document.build(story, canvasmaker=numbering_canvas(content))
    return buffer.getvalue()
