"""The audit log's head, noted outside of the database: the last one of every day, in `DATA_DIR/audit-head`.

Whoever puts an older copy of the whole database back is found out by it; `esoteric audit verify` reads it.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from server.store.audit import AuditChain, Head
from server.store.database import Database, StorageUnavailable

FILE_NAME = "audit-head"
SECONDS = 60.0


class AuditAnchor:
    """Keeps the file up to date while the service runs."""

    def __init__(self, database: Database, chain: AuditChain, data_dir: Path) -> None:
        self._database, self._chain = database, chain
        self._path = data_dir / FILE_NAME
        self._noted: Head | None = None

    async def keep(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.note()

    async def note(self) -> None:
        """Write the head down if it moved; without the database there is none to write down."""
        try:
            head = await self._database.run(self._chain.head)
        except StorageUnavailable:
            return
        if head is not None and head != self._noted:
            await asyncio.to_thread(write_head, self._path, self._chain.signed(head))
            self._noted = head


def write_head(path: Path, signed: str) -> None:
    """A line a day: a later head of the same day takes the earlier one's place."""
    day = datetime.now(UTC).date().isoformat()
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    kept = [line for line in lines if not line.startswith(day)]
    draft = path.with_suffix(".new")  # a crash must not leave half a file
    draft.write_text("\n".join([*kept, f"{day} {signed}"]) + "\n", encoding="ascii")
    draft.replace(path)


def read_heads(path: Path, chain: AuditChain) -> tuple[list[Head], int]:
    """The heads that were noted, and how many lines are not ours."""
    if not path.exists():
        return [], 0
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    heads = [chain.read_signed(line.partition(" ")[2]) for line in lines]
    return [head for head in heads if head is not None], heads.count(None)
