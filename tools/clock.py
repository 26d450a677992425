"""Time, injected: the business date may be fixed for tests and demonstrations."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")


class Clock(NamedTuple):
    """The wall clock; `as_of` fixes the business date (`POLICY_AS_OF`)."""

    as_of: date | None = None

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        """The business date in India."""
        return self.as_of or self.now().astimezone(INDIA).date()

    def stamp(self) -> datetime:
        """The present moment on the business date (UTC): what a paper is stamped with. Not for deadlines."""
        now = self.now()
        if self.as_of is None:
            return now
        return datetime.combine(self.as_of, now.astimezone(INDIA).timetz()).astimezone(UTC)
