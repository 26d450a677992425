"""Consent by purpose: what was agreed to or withdrawn, when, in which words, over which channel."""

from typing import Final, Literal, NamedTuple, Protocol

Needed = Literal["data_use", "kyc", "bureau_pull"]
Further = Literal["marketing", "model_processing"]
Purpose = Needed | Further

# Without these no application can be worked on; they are asked for one at a time, in this order.
REQUIRED: Final[tuple[Needed, ...]] = ("data_use", "kyc", "bureau_pull")
# Never asked for on the way to a loan, which does not depend on them.
OPTIONAL: Final[tuple[Further, ...]] = ("marketing", "model_processing")
PURPOSES: Final[tuple[Purpose, ...]] = (*REQUIRED, *OPTIONAL)


class ConsentAct(NamedTuple):
    """One consent given or withdrawn. `notice_sha256` is of the notice as it read then; `at` ISO 8601 in UTC."""

    application_id: str
    purpose: Purpose
    given: bool
    notice_version: str
    notice_sha256: str
    language: str
    channel: str
    at: str


class ConsentLedger(Protocol):
    """Keeps every act for good. Nothing is ever changed in it; a withdrawal is an act of its own."""

    async def note(self, session_id: str, act: ConsentAct) -> None:
        """Write an act down, with the turn under way; a turn run again leaves it once."""
        ...

    async def of_session(self, session_id: str) -> list[ConsentAct]:
        """The session's acts, oldest first."""
        ...


class MemoryConsents:
    """A ledger for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._acts: list[tuple[str, ConsentAct]] = []

    async def note(self, session_id: str, act: ConsentAct) -> None:
        self._acts.append((session_id, act))

    async def of_session(self, session_id: str) -> list[ConsentAct]:
        return [act for owner, act in self._acts if owner == session_id]
