"""One conversation with a service, over REST, Server-Sent Events or WebSocket."""

import asyncio
import json
import re
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol
from uuid import uuid4

from tests.load.client import Answer, Connection, LoadError
from tests.load.script import CODE, Step

Transport = Literal["rest", "sse", "ws"]
TRANSPORTS: tuple[Transport, ...] = ("rest", "sse", "ws")


class Talker(Protocol):
    """Says one step at a time; raises LoadError at an answer that is not the right one."""

    async def say(self, step: Step) -> Answer: ...

    async def close(self) -> None: ...


LOOKS, LOOK_SECONDS = 2000, 0.005


class Outbox:
    """The customers' phones: reads codes where the simulated carrier left them, at no cost to the service."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: set[Path] = set()
        self._codes: dict[str, str] = {}

    async def code(self, session_id: str) -> str:
        """The code sent in a session; it leaves behind the reply that announces it. Raises LoadError."""
        for _ in range(LOOKS):
            for path in set(self._directory.glob("*.eml")) - self._read:
                self._read.add(path)
                mail = BytesParser(policy=SMTP).parsebytes(path.read_bytes())
                if mail["X-Channel"] == "sms" and (found := re.search(r"\b\d{6}\b", mail.get_content())):
                    self._codes[mail["X-Session"]] = found.group()
            if session_id in self._codes:
                return self._codes[session_id]
            await asyncio.sleep(LOOK_SECONDS)
        raise LoadError("no code was sent")


class ServiceTalker:
    """A customer of this service."""

    def __init__(self, transport: Transport, connection: Connection, session_id: str, outbox: Outbox) -> None:
        self._transport = transport
        self._connection = connection
        self._session_id = session_id
        self._outbox = outbox

    @classmethod
    async def open(cls, transport: Transport, port: int, outbox: Outbox) -> "ServiceTalker":
        connection = await Connection.open(port)
        session_id = json.loads((await connection.request("POST", "/api/v1/sessions")).body)["session_id"]
        if transport == "ws":
            await connection.upgrade(f"/api/v1/ws/{session_id}")
        return cls(transport, connection, session_id, outbox)

    async def say(self, step: Step) -> Answer:
        text = await self._outbox.code(self._session_id) if step.text == CODE else step.text
        message = {"message": text, "session_id": self._session_id}
        if self._transport == "rest":
            answer = await self._connection.request("POST", "/api/v1/chat", message)
        elif self._transport == "sse":
            answer = await self._connection.request("POST", "/api/v1/chat/stream", message, first=b"event: message")
        else:
            answer = await self._connection.exchange(message, first=b'"type":"message"', last=b'"type":"end"')
        awaited = f'"awaiting":["{step.then}"' if step.then else '"awaiting":[]'
        if answer.status not in {101, 200} or (step.then is not None and awaited.encode() not in answer.body):
            raise LoadError(f"{step.kind}: {answer.status} {answer.body[-300:]!r}")
        return answer

    async def close(self) -> None:
        await self._connection.close()


class BaselineTalker:
    """The same words to the baseline, which does not listen."""

    def __init__(self, transport: Transport, connection: Connection, thread: str) -> None:
        self._transport = transport
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, transport: Transport, port: int) -> "BaselineTalker":
        connection, thread = await Connection.open(port), str(uuid4())
        if transport == "ws":
            await connection.upgrade(f"/threads/{thread}/ws")
        return cls(transport, connection, thread)

    async def say(self, step: Step) -> Answer:
        message, path = {"message": step.text}, f"/threads/{self._thread}"
        if self._transport == "rest":
            answer = await self._connection.request("POST", f"{path}/turn", message)
        elif self._transport == "sse":
            answer = await self._connection.request("POST", f"{path}/stream", message, first=b"event: token")
        else:
            answer = await self._connection.exchange(message, first=b'"token"', last=b'"done"')
        if answer.status not in {101, 200} or b"tok39" not in answer.body:
            raise LoadError(f"{answer.status} {answer.body[-300:]!r}")
        return answer

    async def close(self) -> None:
        await self._connection.close()
