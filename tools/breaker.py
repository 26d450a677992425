"""A circuit breaker: a service that keeps failing is left alone for a while instead of slowing down every turn."""

import time
from collections.abc import Callable

FAILURES_IN_A_ROW = 3
PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 300.0


class Breaker:
    """Counts failures in a row. `clock` gives monotonic seconds.

    When a pause is over the next call is let through; if it fails too, the pause begins anew.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        failures: int = FAILURES_IN_A_ROW,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._clock = clock
        self._limit = failures
        self._pause = pause
        self._failures = 0
        self._open_until = float("-inf")

    @property
    def is_open(self) -> bool:
        return self._clock() < self._open_until

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, *, pause: float | None = None) -> None:
        """One more failure; `pause` (seconds) opens at once, for at least so long."""
        self._failures += 1
        usual = self._pause if self._failures >= self._limit else 0.0
        if longest := min(max(pause or 0.0, usual), LONGEST_PAUSE_SECONDS):
            self._open_until = self._clock() + longest
