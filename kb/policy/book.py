"""All versions of the credit policy under one profile: the one in force on a day, and each by its name."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from importlib.resources.abc import Traversable
from typing import Self

from kb.policy.load import PolicyError, load_all
from kb.policy.model import Policy


class PolicyBook:
    """Chooses by business date, so that a process that outlives an effective date decides by the newer version."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        """Raises PolicyError for no policy at all, or two that come into force on one day."""
        self._policies = sorted(policies, key=lambda policy: policy.effective_from)
        self._starts = [policy.effective_from for policy in self._policies]
        if not self._policies:
            raise PolicyError("there is no credit policy")
        if len(set(self._starts)) < len(self._starts):
            raise PolicyError("two credit policies come into force on one day")

    @classmethod
    def read(cls, profile: str, directory: Traversable | None = None) -> Self:
        """Every version that has the profile; the packaged files unless a directory is given. Raises PolicyError."""
        return cls(load_all(profile, directory=directory))

    def on(self, day: date) -> Policy:
        """The version in force. Raises PolicyError before the first one is."""
        place = bisect_right(self._starts, day)
        if not place:
            raise PolicyError("no credit policy is in force on that day")
        return self._policies[place - 1]

    def named(self, policy_id: str, version: str) -> Policy | None:
        """The version of that name, in force or not; None when there is none."""
        return next((one for one in self._policies if (one.policy_id, one.version) == (policy_id, version)), None)
