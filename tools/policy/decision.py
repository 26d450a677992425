"""What the credit policy answers: decision, price, counter-offers, and the trace that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kb.policy import Outcome
from tools.rupees import PAISA, half_up

Track = Literal["A", "B", "C"]
AlternativeKind = Literal[
    "AT_LIMIT_NO_SLIP",
    "EXTEND_TENURE",
    "SHORTEN_TENURE",
    "REDUCE_AMOUNT",
    "REDUCE_AND_EXTEND",
    "REDUCE_AND_SHORTEN",
]
TraceValue = str | int | bool | None
TraceResult = Literal["hit", "pass", "off", "waived"]

_FOIR_DISPLAY = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A loan that would pass. A longer tenure costs more: show `total_interest` beside each."""

    kind: AlternativeKind
    amount: int
    months: int
    emi: int
    total_interest: Decimal

    def as_dict(self) -> dict[str, str | int]:
        return {"kind": self.kind, "amount": self.amount, "months": self.months, "emi": str(self.emi)}


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One rule that was looked at: what it compared, and whether it applied ("hit"), not ("pass"), is off, or was
    found and set aside by officers ("waived")."""

    rule: str
    value: TraceValue
    threshold: TraceValue
    result: TraceResult

    def as_dict(self) -> dict[str, TraceValue]:
        return {"rule": self.rule, "value": self.value, "threshold": self.threshold, "result": self.result}


@dataclass(frozen=True, slots=True)
class Decision:
    """Amounts in whole rupees. `amount`, `months` and `emi` are the loan approved or first offered instead.

    Tracks: A within a live pre-approved limit, B above it, C without one. Rate and track are set from stage 8 (limits)
    on; room, FOIR cap and months by age once affordability was looked at; FOIR and Key Facts figures on approval.
    """

    decision: Outcome
    reasons: tuple[str, ...]
    policy_id: str
    policy_version: str
    profile: str
    as_of: date
    inputs_digest: str
    trace: tuple[TraceEntry, ...]
    rate_pct: Decimal | None = None
    emi: int | None = None
    amount: int | None = None
    months: int | None = None
    alternatives: tuple[Alternative, ...] = ()
    track: Track | None = None
    emi_room: Decimal | None = None
    foir_cap_pct: Decimal | None = None
    max_months_by_age: int | None = None
    foir_pct: Decimal | None = None
    kfs: Mapping[str, str | int] | None = None

    def as_dict(self) -> dict[str, object]:
        """JSON form: money and rates as decimal strings, amounts and months as numbers, what is not set as null."""
        return {
            "decision": self.decision,
            "reasons": list(self.reasons),
            "rate_pct": _text(self.rate_pct, PAISA),
            "emi": None if self.emi is None else str(self.emi),
            "amount": self.amount,
            "months": self.months,
            "alternatives": [alternative.as_dict() for alternative in self.alternatives],
            "track": self.track,
            "emi_room": _text(self.emi_room, PAISA),
            "foir_cap_pct": _whole_or_text(self.foir_cap_pct),
            "max_months_by_age": self.max_months_by_age,
            "foir_pct": _text(self.foir_pct, _FOIR_DISPLAY),
            "kfs": None if self.kfs is None else dict(self.kfs),
            "alternatives_total_interest": [str(alternative.total_interest) for alternative in self.alternatives],
            "policy_id": self.policy_id,
            "policy_version": self.policy_version,
            "profile": self.profile,
            "as_of": self.as_of.isoformat(),
            "inputs_digest": self.inputs_digest,
            "trace": [entry.as_dict() for entry in self.trace],
        }


def _text(value: Decimal | None, step: Decimal) -> str | None:
    return None if value is None else str(half_up(value, step))


def _whole_or_text(value: Decimal | None) -> int | str | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else str(value)
