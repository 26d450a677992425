"""How often one identity applies: the counts behind the policy's velocity rules."""

from datetime import date, timedelta
from typing import NamedTuple, Protocol


class Velocity(NamedTuple):
    """Counted with the application at hand: a first one gives (1, 1)."""

    applications_30d: int
    pans_same_phone: int


class ApplicationHistory(Protocol):
    """Knows past applications by sealed references, never by the PAN or phone themselves."""

    async def record(self, application_id: str, pan_ref: str, phone_ref: str, on: date) -> Velocity:
        """Note the application (once) and count those of the last 30 days."""
        ...


class MemoryHistory:
    """A history for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str, date]] = {}

    async def record(self, application_id: str, pan_ref: str, phone_ref: str, on: date) -> Velocity:
        self._seen.setdefault(application_id, (pan_ref, phone_ref, on))
        since = on - timedelta(days=30)
        recent = [(pan, phone) for pan, phone, day in self._seen.values() if since < day <= on]
        return Velocity(
            sum(pan == pan_ref for pan, _ in recent),
            len({pan for pan, phone, _ in self._seen.values() if phone == phone_ref}),
        )
