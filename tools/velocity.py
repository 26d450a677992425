"""How often one identity applies: the counts behind the policy's velocity rules."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

DAYS = 30


class Velocity(NamedTuple):
    """Counted with the application at hand: a first one gives (1, 1)."""

    applications_30d: int
    pans_same_phone: int


class ApplicationHistory(Protocol):
    """Knows past applications by sealed references, never by the PAN or phone themselves."""

    async def record(
        self, application_id: str, pan_refs: Sequence[str], phone_refs: Sequence[str], on: date
    ) -> Velocity:
        """Note the application (once) and count: those of the PAN in `DAYS` days up to `on`, the PANs of the phone.

        References come under every key there is, newest first; what was noted under an older one is found, too.
        """
        ...


class MemoryHistory:
    """A history for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str, date]] = {}

    async def record(
        self, application_id: str, pan_refs: Sequence[str], phone_refs: Sequence[str], on: date
    ) -> Velocity:
        pan_ref, phone_ref = pan_refs[0], phone_refs[0]
        self._seen.setdefault(application_id, (pan_ref, phone_ref, on))
        since = on - timedelta(days=DAYS)
        recent = [(pan, phone) for pan, phone, day in self._seen.values() if since < day <= on]
        return Velocity(
            sum(pan == pan_ref for pan, _ in recent),
            len({pan for pan, phone, _ in self._seen.values() if phone == phone_ref}),
        )
