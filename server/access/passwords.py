"""Passwords of officers: argon2id with the library's parameters, worked out away from the event loop."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.edge.text import clean_text

Result = TypeVar("Result")

SHORTEST, LONGEST = 12, 256
AT_ONCE = 2  # each takes 64 MiB and a core for some 70 ms
MOST_WAITING = 32


class WeakPassword(ValueError):
    """The password is not acceptable; the message says why, without repeating it."""


class TooBusy(Exception):
    """So many passwords wait to be checked that one more would only wait longer."""


class Verdict(NamedTuple):
    """`new_hash` is there when the right password was stored with older parameters."""

    right: bool
    new_hash: str | None = None


class Passwords:
    """What is hashed is the text in the form that all text is kept in, whatever keyboard composed it."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Raises TooBusy."""
        return await self._in_turn(self._hasher.hash, clean_text(password))

    async def check(self, stored: str | None, password: str) -> Verdict:
        """Is this the stored password? With nothing stored the answer is no, at the same cost. Raises TooBusy."""
        if stored is None:
            await self.hash(password)
            return Verdict(False)
        return await self._in_turn(self._verify, stored, clean_text(password))

    def _verify(self, stored: str, password: str) -> Verdict:
        try:
            self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return Verdict(False)
        return Verdict(True, self._hasher.hash(password) if self._hasher.check_needs_rehash(stored) else None)

    async def _in_turn(self, work: Callable[..., Result], *arguments: str) -> Result:
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1


def check_strength(name: str, password: str) -> None:
    """Raises WeakPassword."""
    try:
        kept = clean_text(password)
    except ValueError:
        raise WeakPassword("a password is made of visible characters") from None
    if not SHORTEST <= len(kept) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    if kept.casefold() == name.casefold():
        raise WeakPassword("the password is the name")
