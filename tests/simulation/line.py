"""A conversation with the running service over REST, SSE or WebSocket, for many of them at once."""

import asyncio
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.driver import Transport

Json = dict[str, Any]


class Broken(Exception):
    """The service did not answer as the contract says."""


@dataclass
class Answer:
    """One reply: its text, the loan application and what is awaited."""

    text: str
    application: Json
    awaiting: list[str]


@dataclass
class Line:
    """One session; `open` before anything else."""

    http: httpx.AsyncClient
    transport: Transport
    socket_base: str
    session_id: str = ""
    greeting: str = ""
    _socket: ClientConnection | None = None
    faults: list[str] = field(default_factory=list)
    resets: int = 0

    async def open(self) -> None:
        created = (await self.http.post("/api/v1/sessions")).raise_for_status().json()
        self.session_id, self.greeting = created["session_id"], created["greeting_message"]
        if self.transport == "websocket":
            address = f"{self.socket_base}/api/v1/ws/{self.session_id}"
            self._socket = await connect(address, compression=None, proxy=None)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def say(self, text: str) -> Answer:
        body = {"message": text, "session_id": self.session_id}
        if self.transport == "rest":
            response = await self.http.post("/api/v1/chat", json=body)
            return _answer(_checked(response).json(), "message")
        frames = await (self._streamed(body) if self.transport == "sse" else self._over_socket(text))
        end = frames[-1]
        if end["type"] != "end":
            raise Broken(f"the turn ended with a frame {end['type']} {end.get('code')}")
        self.resets += sum(frame["type"] == "reset" for frame in frames)
        chunks = [frame["content"] for frame in _since_reset(frames) if frame["type"] == "message"]
        if "".join(chunks) != end["content"] or len(chunks) < 2:
            self.faults.append(f"{len(chunks)} chunks that do not make up the reply")
        return _answer(end, "content")

    async def upload(self, slip: bytes) -> Answer:
        response = await self.http.post(
            f"/api/v1/sessions/{self.session_id}/documents",
            files={"file": ("document.pdf", slip, "application/pdf")},
            data={"kind": "salary_slip"},
        )
        return _answer(_checked(response, 201).json(), "message")

    async def get(self, path: str = "") -> Json | None:
        response = await self.http.get(f"/api/v1/sessions/{self.session_id}{path}")
        return None if response.status_code == 404 else dict(_checked(response).json())

    async def code(self) -> str:
        """The newest one-time code on the simulated phone."""
        response = await self.http.get("/api/v1/dev/outbox", params={"session_id": self.session_id})
        texts = [message["body"] for message in _checked(response).json()["messages"] if message["channel"] == "sms"]
        found = re.search(r"\b\d{6}\b", texts[-1]) if texts else None
        if found is None:
            raise Broken("no code was sent")
        return found.group()

    async def told(self) -> str:
        """What was told without having been asked: over an open socket as it comes, else from the transcript."""
        if self._socket is not None:
            frames = await asyncio.wait_for(self._turn_of_socket(), timeout=30)
            return str(frames[-1]["content"])
        transcript = await self.get("/messages") or {"messages": [{"content": ""}]}
        return str(transcript["messages"][-1]["content"])

    async def _streamed(self, body: Json) -> list[Json]:
        async with self.http.stream("POST", "/api/v1/chat/stream", json=body) as response:
            if response.status_code != 200:
                raise Broken(f"the stream was answered with {response.status_code}")
            lines = [line async for line in response.aiter_lines()]
        return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]

    async def _over_socket(self, text: str) -> list[Json]:
        assert self._socket is not None
        message_id = str(uuid.uuid4())
        await self._socket.send(json.dumps({"message": text, "message_id": message_id}))
        while True:
            frames = await self._turn_of_socket()
            if frames[-1]["type"] == "error" or frames[-1]["message_id"] == message_id:
                return frames  # the turns of uploads come over the socket as well

    async def _turn_of_socket(self) -> list[Json]:
        assert self._socket is not None
        frames: list[Json] = []
        while not frames or frames[-1]["type"] not in {"end", "error"}:
            frames.append(json.loads(await self._socket.recv()))
        return frames


def _checked(response: httpx.Response, status: int = 200) -> httpx.Response:
    if response.status_code != status:
        raise Broken(f"{response.request.method} was answered with {response.status_code}: {response.text[:200]}")
    return response


def _answer(told: Json, text: str) -> Answer:
    return Answer(told[text], told["loan_application"], told["awaiting"])


def _since_reset(frames: list[Json]) -> list[Json]:
    resets = [at for at, frame in enumerate(frames) if frame["type"] == "reset"]
    return frames[resets[-1] + 1 :] if resets else frames
