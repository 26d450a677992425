"""Forgetting a session wherever it left something: its key first, so that whatever is left cannot be read."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from server.store.sessions import Sessions

log = logging.getLogger("esoteric")

Forget = Callable[[str], Awaitable[object]]


class Erasure:
    """`forgets` delete what lies outside of the session's own rows: checkpoints, messages on their way, streams."""

    def __init__(self, sessions: Sessions, forgets: Sequence[Forget]) -> None:
        self._sessions = sessions
        self._forgets = forgets

    async def erase(self, session_id: str, *, unless_since: str | None = None) -> None:
        """Raises UnknownSession, Damaged, and StillInUse where something happened `unless_since` then."""
        await self._sessions.destroy_key(session_id, unless_since=unless_since)
        await self._forget(session_id)

    async def finish(self) -> None:
        """What erasures that were cut short left behind: nobody can read it any more."""
        for session_id in await self._sessions.half_erased():
            await self._forget(session_id)
            log.info("erasure.finished_late")

    async def _forget(self, session_id: str) -> None:
        for forget in self._forgets:
            await forget(session_id)
        await self._sessions.delete(session_id)
