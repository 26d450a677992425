"""A customer of several replicas, as a good client is: it repeats a message under its id, and resumes its stream."""

import asyncio
import contextlib
import json
import random
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.streams import Frame, Reading

Json = dict[str, Any]

SILENCE_SECONDS = 6.0  # then a client tries again, elsewhere
DEADLINE_SECONDS = 120.0
HOLDER = "X-Session-Token"


class GaveUp(Exception):
    """No answer within the deadline, or one that no client could make sense of."""


class Broken(Exception):
    """The connection ended or went silent before the answer."""


@dataclass
class Told:
    """A message and every answer that the customer got to it."""

    message_id: str
    text: str
    answers: list[Json] = field(default_factory=list)


class Customer:
    """One session over one transport. `said` is all that was sent, `reading` the events as they were read."""

    def __init__(self, url: str, transport: str, name: str) -> None:
        self.url, self.transport = url, transport
        self.http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(SILENCE_SECONDS, connect=SILENCE_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        )
        self.session_id = ""
        self.said: list[Told] = []
        self.uploads = 0
        self.retries = 0
        self.reading = Reading(f"{name} over {transport}")
        self._socket: ClientConnection | None = None

    async def begin(self) -> None:
        answer = await self._asked(lambda: self.http.post("/api/v1/sessions"))
        self.session_id = answer.json()["session_id"]
        self.http.headers[HOLDER] = answer.headers[HOLDER]

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self.http.aclose()

    async def say(self, text: str) -> Json:
        told = Told(str(uuid4()), text)
        self.said.append(told)
        ask = {"rest": self._over_rest, "sse": self._over_sse, "ws": self._over_socket}[self.transport]
        answer = await ask(told)
        told.answers.append(answer)
        return answer

    async def say_again(self, told: Told) -> None:
        """Repeat a message that was answered."""
        told.answers.append(await self._over_rest(told))

    async def upload(self, data: bytes) -> Json:
        """An upload carries no id: whether one without an answer arrived is seen by what is awaited next."""
        before = (await self.get(""))["awaiting"]
        while True:
            self.uploads += 1
            with contextlib.suppress(httpx.TransportError):
                file = {"file": ("slip.pdf", data, "application/pdf")}
                answer = await self.http.post(
                    f"/api/v1/sessions/{self.session_id}/documents", files=file, data={"kind": "salary_slip"}
                )
                if answer.status_code == 201:
                    found: Json = answer.json()
                    break
            self.retries += 1
            for _ in range(40):
                await asyncio.sleep(0.5)
                if (found := await self.get(""))["awaiting"] != before:
                    return found
        return found

    async def get(self, path: str) -> Json:
        """A resource of the session, e.g. `/kfs`; "" is the session itself."""
        answer = await self._asked(lambda: self.http.get(f"/api/v1/sessions/{self.session_id}{path}"))
        found: Json = answer.json()
        return found

    async def erase(self) -> bool:
        """Whether no replica knows the session any more."""
        path = f"/api/v1/sessions/{self.session_id}"
        await self._asked(lambda: self.http.delete(path))
        return {(await self.http.get(path)).status_code for _ in range(6)} == {404}

    async def code(self) -> str:
        """The newest one-time code on the simulated phone."""
        params = {"session_id": self.session_id}
        for _ in range(40):
            answer = await self._asked(lambda: self.http.get("/api/v1/dev/outbox", params=params))
            texts = [message["body"] for message in answer.json()["messages"] if message["channel"] == "sms"]
            if texts and (found := re.search(r"\b\d{6}\b", texts[-1])):
                return found.group()
            await asyncio.sleep(0.25)
        raise GaveUp("no code was sent")

    async def read_up_to(self, message_id: str, reading: Reading, *, patience: float = DEADLINE_SECONDS) -> Frame:
        """Resume the stream above what was read, as often as it breaks, until the message's last event."""
        started = time.monotonic()
        while time.monotonic() - started < patience:
            if (end := reading.answer_to(message_id)) is not None:
                return end
            with contextlib.suppress(Broken):
                async with contextlib.aclosing(self.events(reading.last_id)) as frames:
                    async for frame in frames:
                        reading.add(frame)
                        if frame["type"] == "end" and frame["message_id"] == message_id:
                            break
                        if frame["type"] == "error":
                            raise Broken
                continue
            await self._rest_a_little()
        raise GaveUp(f"the stream never came to the end of {message_id}; it stands at {reading.last_id}")

    async def events(self, after: int) -> AsyncIterator[Frame]:
        """One connection to the session's events. Raises Broken."""
        path, asked = f"/api/v1/sessions/{self.session_id}/events", {"Last-Event-ID": str(after)}
        async with contextlib.aclosing(self._server_sent("GET", path, headers=asked)) as frames:
            async for frame in frames:
                yield frame

    async def _over_rest(self, told: Told) -> Json:
        body = {"message": told.text, "message_id": told.message_id, "session_id": self.session_id}
        answer = await self._asked(lambda: self.http.post("/api/v1/chat", json=body))
        return _answer(answer.json())

    async def _over_sse(self, told: Told) -> Json:
        body = {"message": told.text, "message_id": told.message_id, "session_id": self.session_id}
        with contextlib.suppress(Broken):
            async with contextlib.aclosing(self._server_sent("POST", "/api/v1/chat/stream", json=body)) as frames:
                async for frame in frames:
                    if frame["type"] == "error":
                        raise Broken
                    self.reading.add(frame)
            if (end := self.reading.answer_to(told.message_id)) is not None:
                return _answer(end | {"message": end["content"]})
        self.retries += 1
        first = await self._over_rest(told)
        end = await self.read_up_to(told.message_id, self.reading)
        told.answers.append(first)
        return _answer(end | {"message": end["content"]})

    async def _over_socket(self, told: Told) -> Json:
        message = json.dumps({"message": told.text, "message_id": told.message_id})
        started = time.monotonic()
        while time.monotonic() - started < DEADLINE_SECONDS:
            try:
                if self._socket is None:
                    self._socket = await self._connected()
                    if self.reading.last_id:
                        await self._socket.send(json.dumps({"type": "resume", "last_event_id": self.reading.last_id}))
                await self._socket.send(message)
                while (end := self.reading.answer_to(told.message_id)) is None:
                    self._read(await asyncio.wait_for(self._socket.recv(), SILENCE_SECONDS))
                return _answer(end | {"message": end["content"]})
            except (OSError, WebSocketException, TimeoutError, Broken):
                await self._leave_socket()
                self.retries += 1
                self.reading.asks_again()
                await self._rest_a_little()
        raise GaveUp(f"no answer over the socket to {told.message_id}")

    def _read(self, received: str | bytes) -> None:
        frame: Frame = json.loads(received)
        if frame["type"] == "error":
            raise Broken
        self.reading.add(frame)

    async def _connected(self) -> ClientConnection:
        url = f"{self.url.replace('http', 'ws', 1)}/api/v1/ws/{self.session_id}"
        headers = {HOLDER: self.http.headers[HOLDER]}
        return await connect(
            url, additional_headers=headers, compression=None, proxy=None, open_timeout=SILENCE_SECONDS
        )

    async def _leave_socket(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.transport.abort()

    async def _server_sent(self, method: str, path: str, **options: Any) -> AsyncIterator[Frame]:
        """The frames of one stream to its end. Raises Broken when it ends otherwise."""
        try:
            async with self.http.stream(method, path, **options) as response:
                if response.status_code in RETRY_WHEN:
                    raise Broken
                if response.status_code != 200:
                    raise GaveUp(f"{method} {path}: {response.status_code}")
                event: dict[str, str] = {}
                async for line in response.aiter_lines():
                    name, _, value = line.partition(": ")
                    if line and name:
                        event[name] = value
                    elif event:
                        frame: Frame = json.loads(event["data"])
                        assert (event["event"], event["id"]) == (frame["type"], str(frame["event_id"]))
                        event = {}
                        yield frame
        except httpx.TransportError as error:
            raise Broken from error

    async def _asked(self, ask: Callable[[], Any]) -> httpx.Response:
        """An answer below 500, asked for until the deadline. Raises GaveUp."""
        started, last = time.monotonic(), ""
        while time.monotonic() - started < DEADLINE_SECONDS:
            try:
                answer: httpx.Response = await ask()
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if answer.status_code < 300:
                    return answer
                last = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code not in RETRY_WHEN:
                    raise GaveUp(last)
            self.retries += 1
            await self._rest_a_little()
        raise GaveUp(f"no answer in time, at last {last}")

    async def _rest_a_little(self) -> None:
        await asyncio.sleep(random.uniform(0.1, 0.6))


RETRY_WHEN = frozenset({429, 500, 502, 503, 504})


def _answer(told: Json) -> Json:
    """What a customer goes by."""
    return {name: told[name] for name in ("message", "message_id", "loan_application", "awaiting")}
