"""Checks files without believing them: each is opened by a confined program, few at once."""

from collections.abc import Collection
from functools import partial
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from tools.confined import answer_of
from tools.few_at_once import FewAtOnce
from tools.signing.finding import MAX_BYTES, Finding, Problem
from tools.signing.note import SignatureNote

PROGRAM: Final = "tools.signing.program"
WALL_SECONDS: Final = 15.0  # most of it for the program to load on a busy machine
MOST_ANSWER: Final = 4096
AT_ONCE: Final = 1
MOST_WAITING: Final = 4


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    problem: Problem | None
    note: Annotated[str, StringConstraints(max_length=200)] | None


def check_file(data: bytes, fingerprints: Collection[str], *, wall_seconds: float = WALL_SECONDS) -> Finding:
    """Examine a file against the certificates with these fingerprints; blocks. Never raises for what is in it."""
    if len(data) > MAX_BYTES:
        return Finding("too_large")
    if not data.startswith(b"%PDF-"):
        return Finding("not_a_pdf")
    if b"/ByteRange" not in data:  # what a signature covers is never packed; a program to open the rest costs most
        return Finding("unsigned")
    try:
        answer = answer_of(PROGRAM, data, *sorted(fingerprints), wall_seconds=wall_seconds, most=MOST_ANSWER)
        claims = _Claims.model_validate_json(answer)
    except (ValidationError, OSError):
        return Finding("unreadable")
    note = SignatureNote.read(claims.note)
    if note is None and claims.problem in (None, "added_to"):
        return Finding("unreadable")
    return Finding(claims.problem, note)


class LetterChecker:
    """Hands files to the confined program, one after the other: nobody waits for a letter's check but who asked."""

    def __init__(self, fingerprints: Collection[str]) -> None:
        self._fingerprints = frozenset(fingerprints)
        self._checks = FewAtOnce[Finding](AT_ONCE, MOST_WAITING)

    async def check(self, data: bytes) -> Finding:
        """Raises TooBusy. A check goes on when its caller leaves."""
        return await self._checks.run(partial(check_file, data, self._fingerprints))
