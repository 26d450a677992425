"""Velocity over real history: the edges of thirty days and of three, erased sessions, a secret that changed."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.store.database import Database
from server.store.ledgers import SqlHistory
from tests.server.parts import open_parts
from tools.sealing import Sealer
from tools.velocity import ApplicationHistory, MemoryHistory, Velocity

TODAY = date(2026, 12, 1)
PAN, OTHER_PAN, PHONE = "ZZZPA1234B", "ZZZPB1234C", "9000000001"
OLD, NEW = b"the secret before, long enough..", b"the secret of now, long enough.."


@pytest.fixture(params=["sqlite", "memory"])
async def history(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ApplicationHistory]:
    if request.param == "memory":
        yield MemoryHistory()
        return
    database = Database.sqlite(tmp_path / "esoteric.db")
    await database.migrate()
    yield SqlHistory(database)
    await database.close()


async def applied(
    history: ApplicationHistory,
    number: int,
    *,
    pan: str = PAN,
    phone: str = PHONE,
    days_ago: int = 0,
    sealer: Sealer = Sealer(NEW),  # noqa: B008  a value that never changes
) -> Velocity:
    day = TODAY - timedelta(days=days_ago)
    return await history.record(f"EF-{number}", sealer.seals("pan", pan), sealer.seals("phone", phone), day)


async def test_a_first_application_counts_itself(history: ApplicationHistory) -> None:
    assert await applied(history, 1) == Velocity(1, 1)
    assert await applied(history, 1) == Velocity(1, 1)  # a decision made again


async def test_three_in_thirty_days(history: ApplicationHistory) -> None:
    counts = [(await applied(history, number, days_ago=20 - number)).applications_30d for number in range(1, 5)]
    assert counts == [1, 2, 3, 4]


@pytest.mark.parametrize(("days_ago", "counted"), [(29, 2), (30, 1), (31, 1)])
async def test_the_window_is_thirty_days_with_today(history: ApplicationHistory, days_ago: int, counted: int) -> None:
    await applied(history, 1, days_ago=days_ago)
    assert (await applied(history, 2)).applications_30d == counted


async def test_a_phone_of_several_people_counts_for_ever(history: ApplicationHistory) -> None:
    await applied(history, 1, days_ago=400)
    assert await applied(history, 2, pan=OTHER_PAN) == Velocity(1, 2)
    assert await applied(history, 3, pan=OTHER_PAN) == Velocity(2, 2)
    assert await applied(history, 4, pan=OTHER_PAN, phone="9000000009") == Velocity(3, 1)


async def test_what_was_noted_under_the_previous_secret_counts(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "esoteric.db")
    await database.migrate()
    history, before, now = SqlHistory(database), Sealer(OLD), Sealer(NEW, (OLD,))
    await applied(history, 1, sealer=before)
    await applied(history, 2, pan=OTHER_PAN, sealer=before)
    assert await applied(history, 3, sealer=now) == Velocity(2, 2)
    assert await applied(history, 4, pan=OTHER_PAN, sealer=now) == Velocity(2, 2)
    assert await applied(history, 5, sealer=Sealer(NEW)) == Velocity(
        3, 2
    )  # sealed anew, the old secret is needed no more
    assert await applied(history, 6, sealer=Sealer(b"a third one")) == Velocity(1, 1)
    await database.close()


def test_a_seal_of_the_previous_secret_still_matches() -> None:
    made = Sealer(OLD).seal("otp", "123456")
    assert Sealer(NEW, (OLD,)).matches("otp", "123456", made)
    assert not Sealer(NEW).matches("otp", "123456", made)
    assert not Sealer(NEW, (OLD,)).matches("otp", "123457", made)


async def test_an_erased_session_still_counts(tmp_path: Path) -> None:
    statuses = []
    async with open_parts(tmp_path) as parts:
        for _ in range(3):
            session_id = await parts.open_session()
            await parts.converse(session_id, "C01", until="offer_decision")
            statuses.append((await parts.sessions.get(session_id)).view["loan_application"]["status"])
            await parts.sessions.erase(session_id)
        assert await parts.count("applications") == 3
    assert statuses == ["offer_made", "offer_made", "under_review"]


async def test_what_was_granted_on_otp_counts_for_a_year(history: ApplicationHistory) -> None:
    await applied(history, 1, days_ago=364)
    assert await history.grant_on_otp("EF-1", 40_000, 60_000, TODAY - timedelta(days=364))
    assert await history.grant_on_otp("EF-1", 50_000, 60_000, TODAY - timedelta(days=364))  # the newest amount holds
    assert (await applied(history, 2, pan=OTHER_PAN)).granted_on_otp == 0
    assert (await applied(history, 3)).granted_on_otp == 50_000
    assert not await history.grant_on_otp("EF-3", 10_001, 60_000, TODAY)
    assert await history.grant_on_otp("EF-3", 10_000, 60_000, TODAY)
    assert await history.grant_on_otp("EF-2", 60_000, 60_000, TODAY)
    tomorrow = await history.record("EF-4", [*Sealer(NEW).seals("pan", PAN)], ["phone"], TODAY + timedelta(days=1))
    assert tomorrow.granted_on_otp == 10_000
