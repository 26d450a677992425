"""Slow clients against one service: 500 that send too little and 500 that take nothing, all at once.

    python -m tests.load.slow [--each 500]

Prints what a turn over REST took on the idle service and beside them (p50, p95, longest), how long they lived, by kind,
the memory of the service, and how long it took to end by SIGTERM with 200 slow readers. Linux only; loopback alone.
"""

import argparse
import asyncio
import contextlib
import json
import resource
import socket
import statistics
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from tests.frames import frame
from tests.load.client import Connection
from tests.load.processes import Server, start_service
from tests.server.edge.raw import handshake, request

BIG = "GET /static-offline-docs/swagger-ui-bundle.js"
IDLE_TURNS = 200
ESTABLISHED = 1  # in Linux's struct tcp_info
LONGEST = 90.0  # seconds for which anybody is waited for
PER_ADDRESS = 10  # of the loopback's; a service takes only so many sockets of one

SENDERS = {
    "empty socket": b"",
    "half a head": b"POST /api/v1/chat HTTP/1.1\r\nHost: localh",
    "half a body": request("POST /api/v1/chat", "Content-Length: 500", body=b'{"message": "I need'),
}


@dataclass
class Lives:
    """Seconds for which the clients of each kind were suffered."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, lived: float) -> None:
        self.seconds.setdefault(kind, []).append(lived)

    def report(self) -> None:
        for kind, lived in self.seconds.items():
            shown = f"{min(lived):5.1f} to {max(lived):5.1f} s"
            print(f"  {kind:16} {len(lived):4} lived {shown}, median {statistics.median(lived):.1f} s")


async def slow_sender(port: int, kind: str, lives: Lives) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = time.perf_counter()
    writer.write(SENDERS[kind])
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(LONGEST):
            await reader.read()
    lives.add(kind, time.perf_counter() - begun)
    writer.close()


async def slow_reader(port: int, kind: str, first: bytes, again: bytes, lives: Lives, source: str) -> None:
    """Sends `first`, then `again` as long as it is taken, and reads nothing."""
    loop = asyncio.get_running_loop()
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    opened.setblocking(False)
    opened.bind((source, 0))
    await loop.sock_connect(opened, ("127.0.0.1", port))
    begun = time.perf_counter()
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(LONGEST):
            await loop.sock_sendall(opened, first)
            while opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED:
                with contextlib.suppress(BlockingIOError):
                    opened.send(again)
                await asyncio.sleep(0.25)
    lives.add(kind, time.perf_counter() - begun)
    opened.close()


def readers(port: int, count: int, session_id: str, lives: Lives) -> Iterable["asyncio.Task[None]"]:
    """One in ten a WebSocket that asks for the same answer over and over, the others ask for a large file."""
    same = frame(1, json.dumps({"message": "I need 3 lakh", "message_id": "again"}).encode()) * 10
    for number in range(count):
        source = f"127.0.1.{1 + number // 10 // PER_ADDRESS}"
        if number % 10 == 0:
            client = slow_reader(port, "slow socket", handshake(session_id), same, lives, source)
        else:
            client = slow_reader(port, "slow reader", request(BIG) * 4, b"", lives, "127.0.0.1")
        yield asyncio.create_task(client)


async def talk(port: int, until: "asyncio.Future[list[None]] | None", turns: int) -> list[float]:
    """Seconds of each turn over REST, one after the other, until the future is done or so many have been."""
    connection = await Connection.open(port)
    started = json.loads((await connection.request("POST", "/api/v1/sessions")).body)
    body = {"message": "What is the interest rate?", "session_id": started["session_id"]}
    taken: list[float] = []
    while len(taken) < turns and not (until is not None and until.done()):
        answer = await connection.request("POST", "/api/v1/chat", body)
        assert answer.status == 200, answer
        taken.append(answer.total)
        await asyncio.sleep(0.02)
    await connection.close()
    return taken


def told(name: str, taken: list[float]) -> None:
    ordered = sorted(1000 * one for one in taken)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"  {name:16} {len(ordered):4} turns: p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest {ordered[-1]:.1f} ms")


async def new_session(port: int) -> str:
    connection = await Connection.open(port)
    session_id: str = json.loads((await connection.request("POST", "/api/v1/sessions")).body)["session_id"]
    await connection.close()
    return session_id


async def crowd(service: Server, each: int) -> None:
    port, lives = service.port, Lives()
    print(f"{each} slow senders and {each} slow readers at once; {service.resident_mb():.0f} MB before")
    kinds = list(SENDERS)
    session_id = await new_session(port)
    clients = [asyncio.create_task(slow_sender(port, kinds[n % len(kinds)], lives)) for n in range(each)]
    clients += readers(port, each, session_id, lives)
    gone = asyncio.ensure_future(asyncio.gather(*clients))
    most = asyncio.create_task(_largest(service, gone))
    told("beside them", await talk(port, gone, 100_000))
    lives.report()
    print(f"  memory at most {await most:.0f} MB, {service.resident_mb():.0f} MB after")


async def _largest(service: Server, until: "asyncio.Future[list[None]]") -> float:
    most = 0.0
    while not until.done():
        most = max(most, service.resident_mb())
        await asyncio.sleep(0.5)
    return most


async def stop_beside(service: Server, count: int) -> None:
    lives = Lives()
    clients = list(readers(service.port, count, await new_session(service.port), lives))
    await asyncio.sleep(3)
    begun = time.perf_counter()
    service.process.terminate()
    await asyncio.to_thread(service.process.wait, LONGEST)
    print(f"SIGTERM with {count} slow readers: ended after {time.perf_counter() - begun:.1f} s")
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)


async def main(each: int) -> None:
    with tempfile.TemporaryDirectory(prefix="esoteric-slow-") as name:
        service = await start_service(Path(name))
        try:
            await talk(service.port, None, 20)
            told("idle service", await talk(service.port, None, IDLE_TURNS))
            await crowd(service, each)
            told("after them", await talk(service.port, None, IDLE_TURNS))
            await stop_beside(service, 200)
        finally:
            if service.process.poll() is None:
                service.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=500)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    uvloop.run(main(parser.parse_args().each))
