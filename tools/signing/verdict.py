"""What may be said of a letter: genuine, unaltered, current."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tools.signing.finding import Finding, Problem

Standing = Literal["current", "expired", "withdrawn", "erased", "not_on_record", "unknown"]


@dataclass(frozen=True, slots=True)
class KnownLetter:
    """What the lender has on record of a letter."""

    letter_number: str
    issued_on: date
    valid_until: date
    file_digest: str
    withdrawn: bool
    erased: bool  # its conversation was erased on the customer's wish, and the lender's copy with it

    def standing(self, today: date) -> Standing:
        if self.withdrawn:
            return "withdrawn"
        if today > self.valid_until:
            return "expired"
        return "erased" if self.erased else "current"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`unaltered` is None where a code was given, which says nothing of a file. Number and days are those of a genuine
    letter alone, so that nobody is shown what somebody else has signed."""

    genuine: bool
    unaltered: bool | None
    standing: Standing
    problem: Problem | None = None
    letter_number: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None

    @property
    def current(self) -> bool:
        return self.standing == "current"

    @property
    def holds(self) -> bool:
        """Whether a file may be relied on."""
        return self.genuine and self.unaltered is True and self.current


def of_known_file(known: KnownLetter, today: date) -> Verdict:
    """Of a file that is on record byte for byte: nothing else need be asked."""
    return _known(known, today, unaltered=True)


def of_code(known: KnownLetter | None, today: date) -> Verdict:
    return Verdict(False, None, "unknown") if known is None else _known(known, today, unaltered=None)


def of_finding(finding: Finding, today: date, known: KnownLetter | None, *, on_record: bool) -> Verdict:
    """Of a file by its signature. `known` is the record of its code, where the records were asked (`on_record`).

    Signed by the lender but other than the letter on record, it is none of the lender's letters.
    """
    note = finding.note
    if note is None or not finding.genuine:
        return Verdict(False, False, "unknown", finding.problem)
    if known is not None:
        return _known(known, today, unaltered=False, problem=finding.problem or "altered")
    if on_record:
        standing: Standing = "not_on_record"
    else:
        standing = "expired" if today > note.valid_until else "current"
    days = note.issued_on, note.valid_until
    return Verdict(True, finding.unaltered, standing, finding.problem, note.letter_number, *days)


def _known(known: KnownLetter, today: date, *, unaltered: bool | None, problem: Problem | None = None) -> Verdict:
    days = known.issued_on, known.valid_until
    return Verdict(True, unaltered, known.standing(today), problem, known.letter_number, *days)
