"""A TCP proxy that passes, delays, cuts, stalls, garbles or refuses, and may be told otherwise while it runs."""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Literal

Direction = Literal["to_server", "to_client"]
Moment = Literal["before", "after"]
READ = 65536
LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Way:
    """How the proxy behaves. Counts begin anew for each connection, but for `nth`, counted over all since it was set.

    `cut_after` bytes in a direction the connection is reset; `garble` changes bytes in that direction. At the `nth`
    write of a client it is reset too: before it reaches the server, or when the server's answer comes back (it was
    done, and nobody hears).
    """

    refuse: bool = False
    stall: bool = False
    garble: bool = False
    delay: float = 0.0
    cut_after: int | None = None
    direction: Direction = "to_client"
    nth: int | None = None
    moment: Moment = "before"


PASS = Way()


class FaultProxy:
    """In front of one address, in a thread of its own. Use it as a context; set `way` at any time."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._way = PASS
        self._connections: set[_Connection] = set()
        self.writes = 0  # of clients, over all connections, since `way` was last set
        self.opened = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        assert self._ready.wait(10), "the proxy did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._way = PASS
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def way(self) -> Way:
        return self._way

    @way.setter
    def way(self, way: Way) -> None:
        self.writes = 0
        self._way = way

    def cut(self) -> None:
        """Reset every connection now; new ones go by `way`."""

        async def reset() -> None:
            for connection in list(self._connections):
                connection.reset()

        asyncio.run_coroutine_threadsafe(reset(), self._loop).result(10)

    def down(self) -> None:
        """As if the server had gone: what is open is reset, what comes is refused."""
        self.way = Way(refuse=True)
        self.cut()

    def up(self) -> None:
        self.way = PASS

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accepted, "127.0.0.1", 0, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.02))
            self._loop.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        if self._way.refuse:
            _reset(writer)
            return
        try:
            there = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        connection = _Connection(self, (reader, writer), there)
        self._connections.add(connection)
        try:
            await connection.carry()
        except asyncio.CancelledError:
            connection.reset()
        finally:
            self._connections.discard(connection)


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Connection:
    def __init__(self, proxy: FaultProxy, client: Ends, server: Ends) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._carried: dict[Direction, int] = {"to_server": 0, "to_client": 0}
        self._doomed = False  # the server may do what it was asked, its answer goes nowhere

    async def carry(self) -> None:
        both = [
            asyncio.create_task(self._pump("to_server", self._client[0], self._server[1])),
            asyncio.create_task(self._pump("to_client", self._server[0], self._client[1])),
        ]
        try:
            await asyncio.wait(both)
        finally:
            for task in both:
                task.cancel()
            for writer in (self._client[1], self._server[1]):
                with contextlib.suppress(RuntimeError):
                    writer.close()

    def reset(self) -> None:
        _reset(self._client[1])
        _reset(self._server[1])

    async def _pump(self, direction: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(READ):
                if not await self._may_pass(direction):
                    self.reset()
                    return
                way = self._proxy.way
                rest = self._left(way, direction)
                if rest is not None and len(data) >= rest:
                    writer.write(data[:rest])
                    await writer.drain()
                    await asyncio.sleep(LOOK_SECONDS)  # what was passed on arrives before the reset does
                    self.reset()
                    return
                self._carried[direction] += len(data)
                writer.write(_garbled(data) if way.garble and way.direction == direction else data)
                await writer.drain()
            with contextlib.suppress(OSError, RuntimeError):
                writer.write_eof()

    async def _may_pass(self, direction: Direction) -> bool:
        if direction == "to_server":
            self._proxy.writes += 1
            if self._proxy.way.nth == self._proxy.writes:
                if self._proxy.way.moment == "before":
                    return False
                self._doomed = True
        elif self._doomed:
            return False
        if delay := self._proxy.way.delay:
            await asyncio.sleep(delay)
        while self._proxy.way.stall:  # noqa: ASYNC110  set from another thread
            await asyncio.sleep(LOOK_SECONDS)
        return True

    def _left(self, way: Way, direction: Direction) -> int | None:
        if way.cut_after is None or way.direction != direction:
            return None
        return max(way.cut_after - self._carried[direction], 0)


def _garbled(data: bytes) -> bytes:
    """Every seventh byte is another one."""
    return bytes(byte ^ 0x55 if place % 7 == 3 else byte for place, byte in enumerate(data))


def _reset(writer: asyncio.StreamWriter) -> None:
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
