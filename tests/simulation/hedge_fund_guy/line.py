"""A conversation with the running hedge fund guy over REST, SSE or WebSocket."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.driver import Transport
from tests.simulation.hedge_fund_guy.laws import Answer

Json = dict[str, Any]


class Broken(Exception):
    """The service did not answer as the contract says."""


@dataclass
class Line:
    """One session. A given `session_id` is started over WebSocket, which takes ids that are not known yet."""

    http: httpx.AsyncClient
    transport: Transport
    session_id: str = ""
    greeting: str = ""
    _socket: ClientConnection | None = None

    async def open(self) -> None:
        """Start the session, or come back to it."""
        if self.transport == "websocket":
            await self._connect()
        elif not self.session_id:
            self.session_id = (await self._json("POST", "/api/sessions", status=None))["session_id"]

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def come_back(self, transport: Transport) -> None:
        """Another connection, perhaps by another road, as after days."""
        await self.close()
        self.transport = transport
        await self.open()

    async def say(self, text: str) -> Answer:
        body = {"message": text, "session_id": self.session_id}
        if self.transport == "rest":
            told = await self._json("POST", "/api/chat", json=body)
            if told["session_id"] != self.session_id:
                raise Broken("the answer is of another session")
            return Answer(told["response"], told["data_collected"], told["is_complete"])
        return await (self._streamed(body) if self.transport == "sse" else self._over_socket(text))

    async def session(self) -> Json:
        return await self._json("GET", f"/api/sessions/{self.session_id}")

    async def erase(self) -> None:
        """Raises Broken unless nothing is found afterwards."""
        await self.close()
        path = f"/api/sessions/{self.session_id}"
        erased = await self.http.delete(path)
        gone = await self.http.get(path)
        if (erased.is_success, gone.status_code) != (True, 404):
            raise Broken(f"erasing was answered with {erased.status_code}, and then {gone.status_code}")

    async def _connect(self) -> None:
        address = f"{str(self.http.base_url).replace('http', 'ws', 1).rstrip('/')}/ws/{self.session_id}"
        self._socket = await connect(address, compression=None, proxy=None)
        frame = json.loads(await self._socket.recv())
        if frame["type"] != "greeting":
            raise Broken(f"greeted with a frame {frame['type']}")
        self.greeting = frame["message"]

    async def _streamed(self, body: Json) -> Answer:
        async with self.http.stream("POST", "/api/chat/stream", json=body) as response:
            if response.status_code != 200:
                raise Broken(f"the stream was answered with {response.status_code}")
            lines = [line async for line in response.aiter_lines()]
        frames = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        text = ""
        for frame in frames:
            if frame["type"] == "reset":
                text = ""
            elif frame["type"] == "chunk":
                text += frame["content"]
        done = frames[-1]
        if done["type"] != "done":
            raise Broken(f"the stream ended with {done['type']} {done.get('code')}")
        return Answer(text, done["data_collected"], done["is_complete"])

    async def _over_socket(self, text: str) -> Answer:
        assert self._socket is not None
        await self._socket.send(json.dumps({"message": text}))
        frame = json.loads(await self._socket.recv())
        if frame["type"] != "message":
            raise Broken(f"answered with a frame {frame['type']} {frame.get('code')}")
        return Answer(frame["message"], frame["data_collected"], frame["is_complete"])

    async def _json(self, method: str, path: str, *, status: int | None = 200, **more: Any) -> Json:
        response = await self.http.request(method, path, **more)
        if response.status_code != status if status else not response.is_success:
            raise Broken(f"{method} was answered with {response.status_code}: {response.text[:200]}")
        return dict(response.json())
