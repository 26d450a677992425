"""Lines that anybody can cause at will: some of them, and how many there were besides."""


class Ration:
    """At most so many in so many seconds; the rest are counted. Not for several threads at once."""

    def __init__(self, most: int = 3, seconds: float = 60.0) -> None:
        self._most = most
        self._seconds = seconds
        self._begun = float("-inf")
        self._taken = self._left_out = 0

    def take(self, now: float) -> int | None:
        """How many were left out since the last; None when this one is left out as well. `now` may jump."""
        if not 0 <= now - self._begun < self._seconds:
            self._begun, self._taken = now, 0
        if self._taken >= self._most:
            self._left_out += 1
            return None
        self._taken += 1
        left_out, self._left_out = self._left_out, 0
        return left_out
