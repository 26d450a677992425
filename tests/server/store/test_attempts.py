"""Attempts to prove an identity, in the database: counted once, outliving their session, forgotten after two days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.store.attempts import SqlAttempts
from server.store.database import Database
from tests.driver import Conversation, converse
from tests.service import Service
from tools.attempts import Attempts, MemoryAttempts

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "sqlite"])
async def attempts(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Attempts]:
    if request.param == "memory":
        yield MemoryAttempts()
        return
    database = Database.sqlite(tmp_path / "esoteric.db")
    await database.migrate()
    yield SqlAttempts(database)
    await database.close()


async def test_an_attempt_counts_once(attempts: Attempts) -> None:
    for _ in range(2):
        await attempts.note("k1", "code", ["pan", "phone"], NOW)
    await attempts.note("k2", "send", ["phone", "other"], NOW + timedelta(minutes=1))
    found = await attempts.since(["pan", "phone"], NOW - DAY)
    assert [(one.ref, one.kind) for one in found if one.ref == "phone"] == [("phone", "code"), ("phone", "send")]
    assert len(found) == 3 and found[-1].at == NOW + timedelta(minutes=1)
    assert await attempts.since(["nobody"], NOW - DAY) == []
    assert await attempts.since(["pan"], NOW + timedelta(seconds=1)) == []


async def test_the_same_key_about_more_references(attempts: Attempts) -> None:
    await attempts.note("k1", "fresh", ["pan"], NOW)
    await attempts.note("k1", "fresh", ["pan", "phone"], NOW)
    assert len(await attempts.since(["pan", "phone"], NOW - DAY)) == 2


async def test_old_attempts_are_forgotten(tmp_path: Path) -> None:
    database = Database.sqlite(tmp_path / "esoteric.db")
    await database.migrate()
    await SqlAttempts(database).note("k1", "lock", ["pan"], NOW - 3 * DAY)
    attempts = SqlAttempts(database)
    await attempts.note("k2", "lock", ["phone"], NOW)
    assert [one.ref for one in await attempts.since(["pan", "phone"], NOW - 9 * DAY)] == ["phone"]
    await database.close()


def test_erasing_the_session_gives_no_fresh_tries(own_service: Service) -> None:
    with Conversation(own_service, "rest") as first:
        converse(first, "C02", until="otp")
        for _ in range(3):
            first.say(f"{(int(first.code()) + 1) % 10**6:06d}")
        assert first.last["loan_application"]["status"] == "under_review"
        assert first.http.delete(f"/api/v1/sessions/{first.session_id}").status_code in {200, 204}
    with Conversation(own_service, "rest") as second:
        assert converse(second, "C02")["loan_application"]["status"] == "under_review"
        assert not second.outbox()
