"""What `/health` says of the parts: from a moment ago, asked by one at a time, and never waited for."""

import asyncio
import time
from pathlib import Path

import httpx

from server.lifecycle.standing import Standing
from tests.driver import Json
from tests.postgres import Postgres
from tests.service import fresh_data_dir, service_in_thread

PATIENCE = 30


class Storage:
    """Answers once it is let go; counts who asks."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.asked = 0
        self.free = asyncio.Event()
        self.free.set()

    async def __call__(self) -> bool:
        self.asked += 1
        await self.free.wait()
        return self.answers


async def test_what_the_parts_say() -> None:
    for knowledge, stores, mail in [(True, True, True), (False, True, False), (True, False, True)]:
        standing = Standing(Storage(answers=stores), lambda k=knowledge: k, lambda m=mail: m)  # type: ignore[misc]
        assert await standing.told() == {"rag_ready": knowledge, "storage_ready": stores, "email_ready": mail}
        await standing.close()


async def test_many_ask_at_once_and_one_looks() -> None:
    storage = Storage()
    standing = Standing(storage, lambda: True, lambda: True)
    told = await asyncio.gather(*(standing.told() for _ in range(100)))
    assert all(one["storage_ready"] for one in told)
    assert storage.asked == 1


async def test_storage_that_hangs_keeps_nobody() -> None:
    storage = Storage()
    storage.free.clear()
    standing = Standing(storage, lambda: True, lambda: True)
    async with asyncio.timeout(PATIENCE):
        assert (await standing.told())["storage_ready"] is False
        assert (await standing.told())["storage_ready"] is False
        assert storage.asked == 1
        storage.free.set()
        while not (await standing.told())["storage_ready"]:  # noqa: ASYNC110  it says so, and nothing else does
            await asyncio.sleep(0.01)
        storage.free.clear()
        await standing.close()
        await standing.close()


def test_a_database_that_is_away(postgres: Postgres, tmp_path: Path, knowledge_dir: Path) -> None:
    """The process is healthy all the same: ending it would not bring the database back."""
    data_dir = fresh_data_dir(tmp_path / "var", knowledge_dir)
    with service_in_thread(data_dir, database_url=postgres.url) as service:
        http = service.client()
        assert said_in_time(http, rag_ready=True, storage_ready=True)["status"] == "healthy"
        postgres.stop()
        try:
            assert said_in_time(http, storage_ready=False)["status"] == "healthy"
        finally:
            postgres.start()
        said_in_time(http, storage_ready=True)


def said_in_time(http: httpx.Client, **parts: bool) -> Json:
    deadline = time.monotonic() + PATIENCE
    while True:
        told: Json = http.get("/health").raise_for_status().json()
        if parts.items() <= told.items():
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)
