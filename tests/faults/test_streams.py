"""The checks of the replicas' trial can fail, and the balancer balances."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.faults.balancer import Balancer
from tests.faults.streams import Frame, Reading, differences


def frames(*ids: int, kind: str = "node", content: str = "sales") -> list[Frame]:
    return [{"type": kind, "event_id": number, "content": content} for number in ids]


def read(*told: Frame, name: str = "one") -> Reading:
    reading = Reading(name)
    for frame in told:
        reading.add(frame)
    return reading


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (frames(1, 2, 3), []),
        (frames(7, 8), []),  # from where the reader came in
        (frames(1, 2, 2), ["one: node 2 after 2"]),
        (frames(1, 3), ["one: node 3 after 1, some are missing"]),
        (frames(2, 1), ["one: node 1 after 2"]),
        (frames(1, 2) + frames(2002, kind="reset") + frames(2003), []),
        (frames(1, 2) + frames(2, kind="error"), []),  # about no turn
    ],
)
def test_one_stream(told: list[Frame], wrong: list[str]) -> None:
    assert read(*told).wrong == wrong


def test_an_answer_told_again_to_whoever_asked_again() -> None:
    before = [*frames(1), *frames(2, kind="end")]
    reading = read(*before)
    reading.asks_again()
    for frame in [*frames(3, 4), *frames(3, 4), *frames(5)]:
        reading.add(frame)
    assert reading.wrong == []
    for frame in [*frames(3, content="kyc"), *before[1:]]:  # other words, and those of an earlier turn
        reading.add(frame)
    assert reading.wrong == ["one: node 3 after 5", "one: end 2 after 5"]


def test_two_readers_of_one_stream() -> None:
    whole = read(*frames(1, 2, 3, 4), name="whole")
    assert differences(read(*frames(2, 3)), whole) == []
    assert differences(read(*frames(1, 2), *frames(3, content="kyc")), whole) == ["one: 3 differs"]
    assert differences(read(*frames(1, 3, 4)), whole) == ["one: 2 was missed"]
    # Of an attempt that broke nobody is told later.
    assert differences(read(*frames(4, 5, 6)), whole) == []


@contextlib.asynccontextmanager
async def replica(word: str) -> AsyncIterator[tuple[int, asyncio.Server]]:
    """Says its word to whoever asks."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(word)}\r\nConnection: close\r\n\r\n{word}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], server


async def test_the_next_replica_is_asked_when_one_is_gone() -> None:
    async with (
        replica("one") as (first, one),
        replica("two") as (second, _),
        Balancer([first, second]) as balancer,
        httpx.AsyncClient(base_url=balancer.url, trust_env=False) as client,
    ):
        assert {(await client.get("/")).text for _ in range(4)} == {"one", "two"}
        one.close()
        await one.wait_closed()
        assert [(await client.get("/")).text for _ in range(4)] == ["two"] * 4
        assert balancer.served[first] == 2


async def test_nobody_is_there() -> None:
    async with Balancer([]) as balancer, httpx.AsyncClient(base_url=balancer.url, trust_env=False) as client:
        assert (await client.get("/")).status_code == 503
