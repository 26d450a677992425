"""How often one identity applies: the counts behind the policy's velocity rules."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

DAYS = 30
YEAR = timedelta(days=365)


class Velocity(NamedTuple):
    """Counted with the application at hand: a first one gives (1, 1).

    `granted_on_otp`: rupees of loans sanctioned to the PAN within a year on OTP e-KYC alone, by other applications.
    """

    applications_30d: int
    pans_same_phone: int
    granted_on_otp: int = 0


class ApplicationHistory(Protocol):
    """Knows past applications by sealed references, never by the PAN or phone themselves."""

    async def record(
        self, application_id: str, pan_refs: Sequence[str], phone_refs: Sequence[str], on: date
    ) -> Velocity:
        """Note the application (once) and count: those of the PAN in `DAYS` days up to `on`, the PANs of the phone.

        References come under every key there is, newest first; what was noted under an older one is found, too.
        """
        ...

    async def grant_on_otp(self, application_id: str, amount: int, cap: int, on: date) -> bool:
        """Note that a recorded application is sanctioned on OTP e-KYC alone; said again, the newest amount holds.

        False, with nothing noted, where `amount` and what the PAN was granted so within a year are above `cap`.
        """
        ...


class MemoryHistory:
    """A history for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, str, date]] = {}
        self._granted: dict[str, tuple[int, date]] = {}

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
            self._others(application_id, on),
        )

    async def grant_on_otp(self, application_id: str, amount: int, cap: int, on: date) -> bool:
        if self._others(application_id, on) + amount > cap:
            return False
        self._granted[application_id] = (amount, on)
        return True

    def _others(self, application_id: str, on: date) -> int:
        pan = self._seen[application_id][0]
        return sum(
            amount
            for other, (amount, day) in self._granted.items()
            if other != application_id and self._seen[other][0] == pan and day > on - YEAR
        )
