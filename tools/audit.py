"""The audit trail: what was done with whom, without a word on who they are.

An act is a kind and a few facts: ids we made, codes, counts, digests. Nothing that a person said or is called. Acts of
a turn are written with the turn, in order, in one transaction; an act outside of any turn is written at once.
"""

from typing import Final, Protocol

Facts = dict[str, str | int | None]

# What may be recorded; a kind that is not listed is a mistake in our code.
KINDS: Final = frozenset(
    {
        *("consent_given", "consent_withdrawn"),
        "provider.called",  # provider, purpose, outcome, duration
        "decision.made",  # decision_id, policy, policy_version, policy_sha256, outcome, inputs_digest
        # case_id, case_kind, officer, reason codes; never the officer's free words
        *("officer.opened", "officer.approved", "officer.declined", "officer.asked", "officer.confirmed"),
        *("officer.returned", "officer.read"),
        *("key_facts.shown", "key_facts.acknowledged"),  # kfs_id, sha256, language, channel
        *("letter.issued", "letter.revoked"),  # letter_id, sha256
        *("session.erased", "retention.applied"),  # how many went, by rule
        "turn.resumed",  # after a crash: what the broken run had asked of providers may have been asked again
    }
)


class AuditTrail(Protocol):
    """Takes acts down, in order, for good."""

    async def record(self, kind: str, session_id: str | None, facts: Facts) -> None:
        """Note an act of `kind`, about a session or none. Raises ValueError for an unknown kind."""
        ...


class MemoryTrail:
    """A trail for one process, for Studio and tests."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, str | None, Facts]] = []

    async def record(self, kind: str, session_id: str | None, facts: Facts) -> None:
        check_kind(kind)
        self.acts.append((kind, session_id, facts))


def check_kind(kind: str) -> None:
    """Raises ValueError."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of act")
