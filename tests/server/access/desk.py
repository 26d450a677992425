"""An officers' desk over a real database, with a clock that the test moves."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from server.access.accounts import DEVELOPMENT_PASSWORD, add_development_officers
from server.access.passwords import Passwords
from server.access.sign_in import SignInDesk
from server.limits.address import ClientAddresses
from server.limits.limits import Limits
from server.limits.windows import LocalWindows
from server.store.database import Database
from server.store.officers import OfficerRow, Officers, stamp
from tools.sealing import Sealer

PASSWORD = "correct horse battery"
MAKER = "dev-maker"
MAKERS_PASSWORD = DEVELOPMENT_PASSWORD


class CountingHasher(PasswordHasher):
    """The library's hasher with light parameters; it counts how often argon2 ran."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=64, parallelism=1)
        self.runs = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.runs += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.runs += 1
        return super().verify(hash, password)


@dataclass
class Clock:
    """Stands still until it is moved."""

    time: datetime = field(default_factory=lambda: datetime(2026, 12, 1, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **spans: float) -> None:
        self.time += timedelta(**spans)


@dataclass
class Desk:
    """The desk, what stands behind it, and the naps that it took before it refused somebody."""

    desk: SignInDesk
    officers: Officers
    clock: Clock
    hasher: CountingHasher
    naps: list[float]

    async def add(self, name: str, *roles: str, password: str = PASSWORD, limit: int = 1_000_000) -> None:
        password_hash = await Passwords(self.hasher).hash(password)
        await self.officers.add(OfficerRow(name, password_hash, roles, limit, stamp(self.clock())))


@contextlib.asynccontextmanager
async def open_test_desk(
    data_dir: Path, *, hasher: CountingHasher | None = None, postgres: str | None = None, by_password: bool = True
) -> AsyncIterator[Desk]:
    """With the fictional officers in it when the database is new. `postgres` is the URL of one to use instead."""
    database = Database.postgres(postgres) if postgres else Database.sqlite(data_dir / "esoteric.db")
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    try:
        await database.migrate()
        officers, clock, counting = Officers(database), Clock(), hasher or CountingHasher()
        passwords = Passwords(counting)
        await add_development_officers(officers, passwords, clock)
        limits = Limits(LocalWindows(), b"a key for tests", ClientAddresses())
        desk = SignInDesk(
            officers, passwords, limits, Sealer(b"a key for tests"), passwords_open=by_password, now=clock, sleep=nap
        )
        yield Desk(desk, officers, clock, counting, naps)
    finally:
        await database.close()
