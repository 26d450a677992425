"""Documents seen before: the same file, or the same text under another name, brought by two people.

A mark is a keyed hash of what a document is, a person a keyed hash of their PAN: neither tells anything without the
key, so both may outlive the conversation.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class DocumentMarks(Protocol):
    async def note(self, marks: Sequence[str], person_refs: Sequence[str], on: date) -> bool:
        """Note (once) that this person brought a document with these marks: whether somebody else did as well.

        `person_refs` are of one person under every key, newest first."""
        ...


class MemoryMarks:
    """Marks for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], date] = {}

    async def note(self, marks: Sequence[str], person_refs: Sequence[str], on: date) -> bool:
        for mark in marks:
            self._seen.setdefault((mark, person_refs[0]), on)
        return any(mark in marks and person not in person_refs for mark, person in self._seen)
