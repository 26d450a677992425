"""Starts the program that opens an upload, and believes nothing of it but a small set of claims."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tools.confined import answer_of
from tools.documents.kinds import WORDS, DocumentKind, sniff_kind
from tools.documents.ocr import OcrEngine, recognise, redraw
from tools.documents.slip import MAX_BYTES, Problem, SlipReading

WALL_SECONDS: Final = 10.0
MOST_ANSWER: Final = 16 * 1024
PROGRAM: Final = "tools.documents.program"

# Printable, or one of the two joiners of Devanagari: no control, direction or line separator reaches a sentence.
_Line = Annotated[str, StringConstraints(max_length=120, pattern=r"^(?:[^\p{C}\p{Z}]| |\x{200c}|\x{200d})*$")]
_Rupees = Annotated[Decimal, Field(ge=0, lt=100_000_000, decimal_places=2)]


class _Claims(BaseModel):
    """What the child may say, with nothing missing and nothing more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    problems: Annotated[tuple[Problem, ...], Field(max_length=8)]
    employee_name: _Line | None
    employer: _Line | None
    month: date | None
    paid_on: date | None
    gross: _Rupees | None
    deductions: _Rupees | None
    net_pay: _Rupees | None
    pan: Annotated[str, StringConstraints(pattern=r"^[A-Z]{5}[0-9]{4}[A-Z]$")] | None
    pages: Annotated[int, Field(ge=0, le=100_000)]
    text_mark: Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{64})?$")]


def read_salary_slip(
    data: bytes, *, kind: DocumentKind, wall_seconds: float = WALL_SECONDS, engine: OcrEngine | None = None
) -> SlipReading:
    """Read a slip in a child process; blocks for as long. Never raises for what is in the file.

    `problems` says why it is refused or why a person should look. A picture is read by the OCR `engine`; without one
    it is left to a person (`no_text`).
    """
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        return SlipReading(digest, ("too_large",))
    if sniff_kind(data) != kind:
        return SlipReading(digest, ("not_a_pdf" if kind == "pdf" else "unreadable",))
    claims = _claimed(data, kind, wall_seconds)
    if claims is None:
        return SlipReading(digest, ("unreadable",))
    if engine is not None and "no_text" in claims.problems:
        claims = _recognised(data, kind, engine, claims)
    return SlipReading(digest, **dict(claims))


def _claimed(data: bytes, kind: str, wall_seconds: float) -> _Claims | None:
    try:
        return _Claims.model_validate_json(answer_of(PROGRAM, data, kind, wall_seconds=wall_seconds, most=MOST_ANSWER))
    except (ValidationError, OSError):
        return None


def _recognised(data: bytes, kind: DocumentKind, engine: OcrEngine, without: _Claims) -> _Claims:
    """What an OCR engine reads, in English and, if that was not enough, in all languages it knows; else `without`."""
    picture = redraw(data, kind)
    if picture is None:
        return without
    doubts = tuple(problem for problem in without.problems if problem != "no_text")
    best = without
    for languages in dict.fromkeys((engine.languages[:1], engine.languages)):
        table = recognise(picture, engine, languages)
        if not table:  # it failed or took too long, and so would the next
            break
        claims = _claimed(table, WORDS, WALL_SECONDS)
        if claims is not None and claims.problems != ("no_text",):
            best = claims.model_copy(update={"problems": (*claims.problems, *doubts)})
            if not claims.problems:
                return best
    return best
