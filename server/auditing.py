"""Provider calls as the audit log tells of them: whom they were about only by a keyed hash."""

from typing import Final

from server.observing.current import TURN
from tools.audit import AuditTrail
from tools.sealing import Sealer

# What each is asked for, hence the consent it rests on. The lender's own offers need none beyond the use of data.
CONSENT_FOR: Final = {
    "register": "kyc",
    "records": "kyc",
    "screening": "kyc",
    "video_kyc": "kyc",
    "ckyc": "kyc",
    "bureau": "bureau_pull",
    "offers": "data_use",
}
_CLASSES: Final = ((0.1, "under 100 ms"), (1.0, "under 1 s"), (5.0, "under 5 s"))


class ProviderAudit:
    """Notes every call with its consent's purpose, its outcome and how long it took, roughly."""

    def __init__(self, trail: AuditTrail, sealer: Sealer) -> None:
        self._trail, self._sealer = trail, sealer

    async def called(self, provider: str, about: str | None, outcome: str, seconds: float) -> None:
        """`about` is what the call named the person by."""
        turn = TURN.get()
        await self._trail.record(
            "provider.called",
            turn.session_id if turn else None,
            {
                "provider": provider,
                "purpose": CONSENT_FOR.get(provider, "data_use"),
                "person": self._sealer.seal("audited person", about) if about is not None else None,
                "outcome": outcome,
                "took": duration_class(seconds),
            },
        )


def duration_class(seconds: float) -> str:
    return next((name for most, name in _CLASSES if seconds < most), "5 s or more")
