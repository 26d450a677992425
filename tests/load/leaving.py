"""A service that is told to end while many follow it, and everything it depends on hangs.

    python -m tests.load.leaving [--streams 500]

Prints how long the process took to end and what its readers were told. A fifth each: WebSockets that wait, readers of
a large file that take nothing of it, SSE streams and REST calls in the middle of a turn, whose model does not answer,
and SSE streams of a whole session. LangSmith, the mail server and the model hang. Linux only; loopback alone.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import websockets

from tests.groq_server import GroqServer, hang
from tests.server.edge.raw import request
from tests.service import Service, start_process

LARGE = "GET /static-offline-docs/swagger-ui-bundle.js"
PER_ADDRESS = 10  # of the loopback's; a service takes only so many sockets of one
LONGEST = 60.0
KINDS = ("waiting socket", "slow reader", "turn over SSE", "session over SSE", "turn over REST")


@dataclass
class Told:
    """What the readers of each kind were told last, and how the process ended."""

    last: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    seconds: float = 0.0
    status: int | None = None


@contextlib.asynccontextmanager
async def hanging_listener() -> AsyncIterator[int]:
    """A port on which everybody is heard and nobody is answered."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while await reader.read(65536):
                pass
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Crowd:
    """`count` readers of a service, each with a session of its own."""

    def __init__(self, service: Service, told: Told) -> None:
        self._port = service.port
        self._told = told
        self._missing = 0
        self._all_ready = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def gather(self, count: int) -> None:
        """Returns once all are connected and their turns have begun."""
        self._missing = count
        readers = {
            "waiting socket": self._socket,
            "slow reader": self._slow_reader,
            "turn over SSE": self._turn,
            "session over SSE": self._session,
            "turn over REST": self._call,
        }
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            source = f"127.0.2.{1 + number // PER_ADDRESS % 250}"
            self.tasks.append(asyncio.create_task(self._follow(kind, readers[kind](source))))
            await asyncio.sleep(0.01)
        async with asyncio.timeout(LONGEST):
            await self._all_ready.wait()
        await asyncio.sleep(1)  # the turns have reached the model, the slow readers' buffers are full

    def _is_ready(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._all_ready.set()

    async def part(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _follow(self, kind: str, reading: AsyncIterator[str]) -> None:
        last = "nothing"
        try:
            async for told in reading:
                last = told
        except (OSError, asyncio.IncompleteReadError, websockets.WebSocketException) as error:
            last += f", then {type(error).__name__}"
        finally:
            self._told.last[kind][last] += 1

    async def _socket(self, source: str) -> AsyncIterator[str]:
        session = await self._new_session(source)
        address = f"ws://127.0.0.1:{self._port}/api/v1/ws/{session}"
        async with websockets.connect(address, local_addr=(source, 0), proxy=None, compression=None) as opened:
            self._is_ready()
            last = ""
            try:
                async for raw in opened:
                    yield (last := _said(json.loads(raw)))
            except websockets.ConnectionClosed:
                pass
            yield f"{last}, closed {opened.close_code}"

    async def _slow_reader(self, source: str) -> AsyncIterator[str]:
        opened = socket.socket()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.setblocking(False)
        opened.bind((source, 0))
        loop = asyncio.get_running_loop()
        await loop.sock_connect(opened, ("127.0.0.1", self._port))
        await loop.sock_sendall(opened, request(LARGE) * 4)
        self._is_ready()
        try:
            while True:
                yield "reads nothing"
                await asyncio.sleep(1)
        finally:
            opened.close()

    async def _turn(self, source: str) -> AsyncIterator[str]:
        body = {"message": "I need 3 lakh", "session_id": await self._new_session(source), "message_id": "one"}
        async for frame in self._events("POST", "/api/v1/chat/stream", source, body):
            yield _said(frame)

    async def _session(self, source: str) -> AsyncIterator[str]:
        session = await self._new_session(source)
        async for frame in self._events("GET", f"/api/v1/sessions/{session}/events", source, None):
            yield _said(frame)

    async def _call(self, source: str) -> AsyncIterator[str]:
        body = {"message": "I need 3 lakh", "session_id": await self._new_session(source), "message_id": "one"}
        reader, writer = await self._asked("POST", "/api/v1/chat", source, body)
        self._is_ready()
        head = await reader.readuntil(b"\r\n\r\n")
        yield head.split()[1].decode()
        writer.close()

    async def _events(self, method: str, path: str, source: str, body: object) -> AsyncIterator[dict[str, str]]:
        reader, writer = await self._asked(method, path, source, body)
        self._is_ready()
        async for line in reader:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
        writer.close()

    async def _new_session(self, source: str) -> str:
        reader, writer = await self._asked("POST", "/api/v1/sessions", source, None)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(
            next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split()[1]
        )
        session_id: str = json.loads(await reader.readexactly(length))["session_id"]
        writer.close()
        return session_id

    async def _asked(
        self, method: str, path: str, source: str, body: object
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, local_addr=(source, 0))
        payload = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
        return reader, writer


def _said(frame: dict[str, str]) -> str:
    return frame["type"] if frame["type"] != "error" else f"error {frame['code']}"


async def leave(data_dir: Path, streams: int) -> Told:
    """Start a service whose neighbours hang, gather the readers, end it by SIGTERM."""
    told = Told()
    async with hanging_listener() as port, GroqServer() as groq:
        groq.on_tool = groq.on_text = hang()
        service = await asyncio.to_thread(
            start_process,
            data_dir,
            None,
            GROQ_API_KEY="none",
            GROQ_API_BASE=groq.url,
            SMTP_URL=f"smtp://127.0.0.1:{port}",
            LANGSMITH_TRACING="true",
            LANGSMITH_API_KEY="none",
            LANGSMITH_ENDPOINT=f"http://127.0.0.1:{port}",
        )
        assert service.process is not None
        crowd = Crowd(service, told)
        try:
            await crowd.gather(streams)
            began = time.perf_counter()
            service.process.send_signal(signal.SIGTERM)
            told.status = await asyncio.to_thread(service.process.wait, LONGEST)
            told.seconds = time.perf_counter() - began
            await asyncio.sleep(0.5)
        finally:
            service.process.kill()
            await asyncio.to_thread(service.process.wait)
            await crowd.part()
    return told


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=500)
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(leave(Path(folder), parser.parse_args().streams))
    print(f"ended after {told.seconds:.1f} s with status {told.status}")
    for kind, last in told.last.items():
        print(f"  {kind}: {dict(last)}")


if __name__ == "__main__":
    main()
