"""Moving windows in this process's memory.

The storage that `limits` has for this looks through all its keys after every hit, one hop to a thread for each: with a
thousand keys and 250 hits a second that took a whole processor. Here a key goes when its window has passed, and
finding those costs nothing: the keys stand in the order of their last hit.
"""

import time
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from math import inf
from typing import NamedTuple, Protocol

from server.limits.figures import Limit

MOST_KEYS = 100_000  # of one limit; beyond it the key that was hit longest ago is forgotten

Clock = Callable[[], float]


class Charge(NamedTuple):
    """One more for `key`, a hash, under `limit`."""

    limit: Limit
    key: bytes


class Refused(NamedTuple):
    """Too many; `wait` in seconds, after which one more is let through."""

    limit: Limit
    wait: float


class Windows(Protocol):
    """Charges that belong together are all counted, or none is."""

    async def charge(self, *charges: Charge) -> Refused | None: ...

    async def forget(self, limit: Limit, key: bytes) -> None:
        """As if the key had never been hit."""
        ...

    @property
    def degraded(self) -> bool:
        """Whether what other processes count is out of sight."""
        ...


class MovingWindow:
    """One limit's windows by key. `clock` gives seconds that never go back."""

    def __init__(self, limit: Limit, clock: Clock = time.monotonic, most_keys: int = MOST_KEYS) -> None:
        self._limit = limit
        self._clock = clock
        self._most_keys = most_keys
        self._hits: OrderedDict[bytes, array[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hits)

    def wait(self, key: bytes, allowed: int | None = None) -> float:
        """Seconds until one more is within `allowed`, by default the limit's amount; 0 when it is now."""
        hits = self._hits.get(key)
        allowed = allowed or self._limit.amount
        if hits is None or len(hits) < allowed:
            return 0.0
        left = self._clock() - self._limit.seconds
        if out := bisect_right(hits, left):
            del hits[:out]
        return hits[-allowed] - left if len(hits) >= allowed else 0.0

    def hit(self, key: bytes) -> None:
        """Count one, whether it is within the limit or not."""
        now = self._clock()
        self._forget_old(now - self._limit.seconds)
        hits = self._hits.get(key)
        if hits is None:
            if len(self._hits) >= self._most_keys:
                self._hits.popitem(last=False)
            hits = self._hits[key] = array("d")
        else:
            self._hits.move_to_end(key)
        hits.append(now)

    def forget(self, key: bytes) -> None:
        self._hits.pop(key, None)

    def _forget_old(self, left: float) -> None:
        """Two at a time, and only one new at a time: what is over never piles up."""
        for _ in range(2):
            oldest = next(iter(self._hits.values()), None)
            if oldest is None or (oldest and oldest[-1] > left):
                return
            self._hits.popitem(last=False)


class Recent:
    """Keys noted in the last `seconds`, `most_keys` of them at the most."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic, most_keys: int = MOST_KEYS) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most_keys = most_keys
        self._noted: OrderedDict[Hashable, float] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return self._noted.get(key, -inf) > self._clock() - self._seconds

    def note(self, key: Hashable) -> None:
        self._noted[key] = self._clock()
        self._noted.move_to_end(key)
        if len(self._noted) > self._most_keys:
            self._noted.popitem(last=False)


class LocalWindows:
    """The windows of all limits, in this process alone."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._of: dict[str, MovingWindow] = {}

    @property
    def degraded(self) -> bool:
        return False

    async def charge(self, *charges: Charge) -> Refused | None:
        return self.charge_now(charges)

    async def forget(self, limit: Limit, key: bytes) -> None:
        self.of(limit).forget(key)

    def charge_now(self, charges: Sequence[Charge], *, halved: bool = False) -> Refused | None:
        """`halved`: within half of each limit."""
        if refused := self.over(charges, halved=halved):
            return refused
        for limit, key in charges:
            self.of(limit).hit(key)
        return None

    def over(self, charges: Sequence[Charge], *, halved: bool = False) -> Refused | None:
        """The limit to wait for longest, if any; nothing is counted."""
        longest = None
        for limit, key in charges:
            wait = self.of(limit).wait(key, limit.halved if halved else None)
            if wait > 0 and (longest is None or wait > longest.wait):
                longest = Refused(limit, wait)
        return longest

    def of(self, limit: Limit) -> MovingWindow:
        found = self._of.get(limit.name)
        if found is None:
            found = self._of[limit.name] = MovingWindow(limit, self._clock)
        return found
