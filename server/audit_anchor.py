"""The audit log's head, noted outside of the database: the last one of every day, in `DATA_DIR/audit-head`.

Whoever puts an older copy of the whole database back is found out by it; `esoteric audit verify` reads it.
"""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from server.store.audit import AuditChain, Head
from server.store.database import Database, StorageUnavailable

log = logging.getLogger("esoteric.audit")

FILE_NAME = "audit-head"
SECONDS = 60.0


class AuditAnchor:
    """Keeps the file up to date while the service runs."""

    def __init__(self, database: Database, chain: AuditChain, data_dir: Path) -> None:
        self._database, self._chain = database, chain
        self._path = data_dir / FILE_NAME
        self._noted: Head | None = None
        self._lost: Head | None = None

    async def keep(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.note()

    async def note(self) -> None:
        """Write the head down if it moved; without the database there is none to write down.

        A head whose row is gone since it was noted stays in the file for good: it is the evidence.
        """
        before = self._noted or await asyncio.to_thread(self._last_line)

        def look(connection: Connection) -> tuple[Head | None, bool]:
            return self._chain.head(connection), before is not None and self._chain.holds(connection, before)

        try:
            head, stands = await self._database.run(look)
        except StorageUnavailable:
            return
        if before is not None and not stands and before != self._lost:
            log.error("audit.row_lost", extra={"reason": f"row {before.number}"})
            self._lost = before
        if head is not None and head != before:
            await asyncio.to_thread(_write_head, self._path, self._chain.signed(head), in_place=stands)
            self._noted = head

    def _last_line(self) -> Head | None:
        heads, _ = read_heads(self._path, self._chain)
        return heads[-1] if heads else None


def _write_head(path: Path, signed: str, *, in_place: bool = True) -> None:
    """A line a day: a later head of the same day takes the earlier one's place, if that was `in_place`."""
    day = datetime.now(UTC).date().isoformat()
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    if in_place and lines and lines[-1].startswith(day):
        lines.pop()
    draft = path.with_suffix(".new")  # a crash must not leave half a file
    draft.write_text("\n".join([*lines, f"{day} {signed}"]) + "\n", encoding="ascii")
    draft.replace(path)


def read_heads(path: Path, chain: AuditChain) -> tuple[list[Head], int]:
    """The heads that were noted, and how many lines are not ours."""
    if not path.exists():
        return [], 0
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    heads = [chain.read_signed(line.partition(" ")[2]) for line in lines]
    return [head for head in heads if head is not None], heads.count(None)
