"""Acts upon the outside world, each done once.

A bureau pull, a one-time code, a letter or a mail is keyed by what it is (application, purpose, consent, offer), never
by where in the graph it happens, so that a turn can be run again after a fault without doing anything twice.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

JsonDict = dict[str, Any]
Act = Callable[[], Awaitable[JsonDict]]


class EffectLedger(Protocol):
    """Remembers what was done under a business key."""

    async def once(self, session_id: str, key: str, act: Act) -> JsonDict:
        """The result of `act`, run now if nothing was ever done under `key`, else as it was the first time.

        `act` must itself be safe to repeat under the same key: a crash may fall between the act and its record.
        """
        ...


class MemoryEffects:
    """A ledger for one process, for Studio and tests."""

    def __init__(self) -> None:
        self._done: dict[str, JsonDict] = {}

    async def once(self, session_id: str, key: str, act: Act) -> JsonDict:  # noqa: ARG002
        if key not in self._done:
            self._done[key] = await act()
        return self._done[key]
