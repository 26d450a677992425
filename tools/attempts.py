"""Attempts to prove an identity, kept by sealed references of whom they were about, so that they outlast a session."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

AttemptKind = Literal["identity", "code", "send", "lock", "fresh"]
KEPT = timedelta(hours=48)


class Attempt(NamedTuple):
    """`identity` and `code` failed; `send` is a code sent; `lock` ended the tries; `fresh` gives new ones."""

    ref: str
    kind: AttemptKind
    at: datetime


class Attempts(Protocol):
    """Knows nobody: a reference is a keyed hash of a PAN, a phone or a session."""

    async def note(self, key: str, kind: AttemptKind, refs: Sequence[str], at: datetime) -> None:
        """Write one attempt down under each reference; once for each `key`. What is older than `KEPT` is forgotten."""
        ...

    async def since(self, refs: Sequence[str], at: datetime) -> list[Attempt]:
        """The attempts about any of these since then, oldest first."""
        ...


class MemoryAttempts:
    """For one process, for Studio and tests."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, str], Attempt] = {}

    async def note(self, key: str, kind: AttemptKind, refs: Sequence[str], at: datetime) -> None:
        for ref in refs:
            self._noted.setdefault((key, ref), Attempt(ref, kind, at))

    async def since(self, refs: Sequence[str], at: datetime) -> list[Attempt]:
        found = [one for one in self._noted.values() if one.ref in refs and one.at >= at]
        return sorted(found, key=lambda one: one.at)
