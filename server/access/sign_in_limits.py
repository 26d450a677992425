"""How often somebody may try to sign in."""

from math import ceil
from time import time
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

PER_NAME = parse("5 per 15 minutes")
PER_ADDRESS = parse("20 per 15 minutes")


class SignInLimits(Protocol):
    """Names and addresses come as hashes."""

    async def admit(self, name: str | None, address: str) -> int:
        """Count a try; 0 when it may go on, else the seconds to wait."""
        ...

    async def forgive(self, name: str) -> None:
        """The name has signed in: its tries so far no longer count."""
        ...


class LocalSignInLimits:
    """Moving windows in this process."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, name: str | None, address: str) -> int:
        tries: list[tuple[RateLimitItem, str]] = [(PER_ADDRESS, f"address:{address}")]
        if name is not None:
            tries.append((PER_NAME, f"name:{name}"))
        for limit, key in tries:
            if not await self._windows.hit(limit, key):
                until, _left = await self._windows.get_window_stats(limit, key)
                return max(1, ceil(until - time()))
        return 0

    async def forgive(self, name: str) -> None:
        await self._windows.clear(PER_NAME, f"name:{name}")
