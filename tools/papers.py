"""Where the papers of a loan are kept: Key Facts Statements and letters."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """What is kept of a sanction letter so that it can be verified; it says nothing of the borrower."""

    code: str
    content_digest: str
    letter_number: str
    issued_on: date
    valid_until: date
    application_id: str | None = None  # of whose letters one is valid at a time


class Papers(Protocol):
    """Keeps papers by id. Keeping the same id again does not change the paper."""

    async def keep_key_facts(self, session_id: str, kfs_id: str, statement: dict[str, Any]) -> None:
        """Keep a statement as it is shown; shown again, it is the session's newest."""
        ...

    async def keep_letter(
        self, session_id: str, letter_id: str, pdf: bytes, record: LetterRecord | None = None
    ) -> bytes:
        """The letter as it is kept: the first one, whatever comes later. `record` makes it one that can be verified."""
        ...

    async def key_facts(self, kfs_id: str) -> dict[str, Any] | None: ...

    async def letter(self, letter_id: str) -> bytes | None: ...


class MemoryPapers:
    """Papers of one process, for Studio and tests."""

    def __init__(self) -> None:
        self._statements: dict[str, dict[str, Any]] = {}
        self._letters: dict[str, bytes] = {}

    async def keep_key_facts(self, session_id: str, kfs_id: str, statement: dict[str, Any]) -> None:  # noqa: ARG002
        self._statements.setdefault(kfs_id, statement)

    async def keep_letter(
        self,
        session_id: str,  # noqa: ARG002
        letter_id: str,
        pdf: bytes,
        record: LetterRecord | None = None,  # noqa: ARG002
    ) -> bytes:
        return self._letters.setdefault(letter_id, pdf)

    async def key_facts(self, kfs_id: str) -> dict[str, Any] | None:
        return self._statements.get(kfs_id)

    async def letter(self, letter_id: str) -> bytes | None:
        return self._letters.get(letter_id)
