"""A reverse proxy before several replicas, as small as one can be: round robin, one request a connection.

A replica that refuses a connection, or is not ready, gets nothing until it is ready again. A request that has been
handed over is never handed over again: to ask anew, with the same `message_id`, is the client's part.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.load.client import HEAD_END, content_length, status_of

LOOK_SECONDS = 0.3
CONNECT_SECONDS = 2.0
READY_SECONDS = 3.0
READ = 65536
NOBODY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 1\r\n\r\n"
READY = b"GET /ready HTTP/1.1\r\nHost: balancer\r\nConnection: close\r\n\r\n"
LEFT_OUT = (b"connection:", b"x-forwarded-for:")


@dataclass
class Balancer:
    """Listens on `port` of the loopback; `served` counts the requests that each replica got."""

    replicas: list[int]
    port: int = 0
    served: dict[int, int] = field(default_factory=dict)
    _out: set[int] = field(default_factory=set)
    _next: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Balancer":
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]
        self._looking = [asyncio.create_task(self._look(port)) for port in self.replicas]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        tasks = [*self._looking, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, port: int) -> None:
        while True:
            (self._out.discard if await _is_ready(port) else self._out.add)(port)
            await asyncio.sleep(LOOK_SECONDS)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._hand_over(reader, writer)
        except asyncio.CancelledError:
            return  # the proxy ends
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _hand_over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(HEAD_END)
        body = await reader.readexactly(content_length(head) or 0)
        found = await self._connect()
        if found is None:
            writer.write(NOBODY)
            await writer.drain()
            return
        replica_reader, replica_writer = found
        try:
            replica_writer.write(_passed_on(head, writer.get_extra_info("peername")[0]) + body)
            await _both_ways((reader, replica_writer), (replica_reader, writer))
        finally:
            replica_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._in_turn():
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    found = await asyncio.open_connection("127.0.0.1", port)
            except (OSError, TimeoutError):
                self._out.add(port)
                continue
            self.served[port] = self.served.get(port, 0) + 1
            return found
        return None

    def _in_turn(self) -> Iterable[int]:
        """The replicas to try, from the next one on."""
        self._next += 1
        ready = [port for port in self.replicas if port not in self._out]
        return [ready[(self._next + place) % len(ready)] for place in range(len(ready))]


def _passed_on(head: bytes, client: str) -> bytes:
    """The head as the replica gets it: one request a connection, the client's address beside it."""
    first, *lines = head.removesuffix(HEAD_END).split(b"\r\n")
    upgrades = any(line.lower().startswith(b"upgrade:") for line in lines)
    kept = [line for line in lines if not line.lower().startswith(LEFT_OUT)]
    kept += [b"Connection: " + (b"Upgrade" if upgrades else b"close"), b"X-Forwarded-For: " + client.encode()]
    return b"\r\n".join([first, *kept]) + HEAD_END


async def _both_ways(*ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    """Pass bytes on until one side has ended."""
    passing = [asyncio.create_task(_pass(*way)) for way in ways]
    try:
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(READ):
            writer.write(data)
            await writer.drain()


async def _is_ready(port: int) -> bool:
    writer = None
    try:
        async with asyncio.timeout(READY_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(READY)
            return status_of(await reader.readuntil(HEAD_END)) == 200
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    finally:
        if writer is not None:
            writer.close()
