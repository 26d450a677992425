"""`esoteric chat`: the conversation in a terminal, streamed, against a service inside or elsewhere.

It speaks the public WebSocket and nothing else, so it is also the smallest example of a client.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from socket import socket
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import uvicorn
import websockets

from server.access.capability import HEADER
from server.app import create_app
from server.settings import Settings

PROMPT = "you › "
WAITS: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)  # seconds before the connection is opened again
LEAVE = frozenset({"/quit", "/exit", "/q"})


async def converse(url: str | None, settings: Settings) -> None:
    """Talk until the input ends or the customer types /quit."""
    async with contextlib.AsyncExitStack() as stack:
        base = url.rstrip("/") if url else await stack.enter_async_context(embedded_service(settings))
        async with httpx.AsyncClient(base_url=base, timeout=30) as client:
            try:
                answer = (await client.post("/api/v1/sessions")).raise_for_status()
            except httpx.HTTPError as error:
                raise SystemExit(f"There is no service at {base} ({type(error).__name__}).") from None
            session = answer.json()
            credential = {HEADER: answer.headers[HEADER]} if HEADER in answer.headers else {}
            client.headers.update(credential)
            show(f"{session['greeting_message']}\n(/quit to leave)\n\n")
            line = _Line(_socket_address(base, session["session_id"]), credential)
            stack.push_async_callback(line.close)
            while (text := await asyncio.to_thread(read_line)) is not None:
                await line.say(text)
                with contextlib.suppress(httpx.HTTPError):  # the service may be away between two messages
                    show(await _new_codes(client, session["session_id"]))


class _Embedded(uvicorn.Server):
    """A server that tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextlib.asynccontextmanager
async def embedded_service(settings: Settings) -> AsyncIterator[str]:
    """The whole service in this process, on a free port of the loopback address."""
    server = _Embedded(uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, log_config=None))
    serving = asyncio.create_task(server.serve())
    up = asyncio.create_task(server.up.wait())
    await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        up.cancel()
        serving.result()
        raise SystemExit("The service did not start.")
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


class _Line:
    """The connection. One that breaks is opened again and goes on behind the newest event that was printed."""

    def __init__(self, address: str, credential: dict[str, str]) -> None:
        self._address = address
        self._credential = credential
        self._socket: websockets.ClientConnection | None = None
        self._told = 0
        self.waits = WAITS

    async def say(self, text: str) -> None:
        """Send a message and print the chunks of its answer as they come. Sent again, it is still one message."""
        message = json.dumps({"message": text, "message_id": str(uuid4())})
        for wait in (*self.waits, None):
            try:
                await (await self._open()).send(message)
                await self._print_answer()
            except (OSError, websockets.WebSocketException) as error:
                self._socket = None
                refused = isinstance(error, websockets.InvalidStatus) and error.response.status_code < 500
                if wait is None or refused:
                    raise SystemExit(f"The connection is lost ({type(error).__name__}).") from None
                await asyncio.sleep(wait)
            else:
                return

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _open(self) -> websockets.ClientConnection:
        if self._socket is None:
            self._socket = await websockets.connect(self._address, additional_headers=self._credential)
            await self._socket.send(json.dumps({"type": "resume", "last_event_id": self._told}))
        return self._socket

    async def _print_answer(self) -> None:
        shown, socket = "", await self._open()
        while True:
            frame = json.loads(await socket.recv())
            if frame.get("code") == "server_draining":
                continue  # the connection ends next
            self._told = frame["event_id"]
            match frame["type"]:
                case "message":
                    shown += frame["content"]
                    show(frame["content"])
                case "reset":
                    show("\n" if shown else "")
                    shown = ""
                case "end":
                    show("\n\n")
                    return
                case "error":
                    show(f"{frame['content']}\n\n")
                    return


async def _new_codes(client: httpx.AsyncClient, session_id: str) -> str:
    """In development, what the simulated phone shows while a code is awaited."""
    session = (await client.get(f"/api/v1/sessions/{session_id}")).json()
    if session.get("awaiting", [None])[:1] != ["otp"]:
        return ""
    outbox = await client.get("/api/v1/dev/outbox", params={"session_id": session_id})
    codes = [message["body"] for message in outbox.json().get("messages", []) if message["channel"] == "sms"]
    return f"[simulated phone] {codes[-1]}\n\n" if codes else ""


def read_line() -> str | None:
    """The next line that says something, or None at the end."""
    while True:
        try:
            text = input(PROMPT if sys.stdin.isatty() else "").strip()
        except EOFError:
            return None
        if text in LEAVE:
            return None
        if text:
            return text


def _socket_address(base: str, session_id: str) -> str:
    parts = urlsplit(base)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, parts.netloc, f"{parts.path}/api/v1/ws/{session_id}", "", ""))


def show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
