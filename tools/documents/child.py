"""Starts the program that opens an upload, and believes nothing of it but a small set of claims."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tools.confined import answer_of
from tools.documents.kinds import DocumentKind, sniff_kind
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


def read_salary_slip(data: bytes, *, kind: DocumentKind, wall_seconds: float = WALL_SECONDS) -> SlipReading:
    """Read a slip in a child process; blocks for as long. Never raises for what is in the file.

    `problems` says why it is refused or why a person should look; a picture is left to a person (`no_text`).
    """
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        return SlipReading(digest, ("too_large",))
    if sniff_kind(data) != kind:
        return SlipReading(digest, ("not_a_pdf" if kind == "pdf" else "unreadable",))
    try:
        answer = answer_of(PROGRAM, data, kind, wall_seconds=wall_seconds, most=MOST_ANSWER)
        claims = _Claims.model_validate_json(answer)
    except (ValidationError, OSError):
        return SlipReading(digest, ("unreadable",))
    return SlipReading(digest, **dict(claims))
