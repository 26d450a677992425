"""However much a model's server sends, a call takes no more of it than an answer may have."""

import gzip
from collections.abc import AsyncIterator

import pytest

from agents.model.asking import ModelFailed, proposed
from agents.model.connections import MOST_BYTES
from agents.model.proposals import Understanding
from tests.agents.model_parts import Parts, asked, model_over_loopback
from tests.groq_server import Body

PART = 2**16
JSON, EVENTS = b"application/json", b"text/event-stream"


class Flood:
    """Begins like an answer and goes on without an end; `sent` counts its bytes."""

    def __init__(self, kind: bytes, begins: bytes) -> None:
        self._head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + kind + b"\r\n\r\n" + begins
        self.sent = 0

    async def __call__(self, _: Body) -> AsyncIterator[bytes]:
        yield self._head
        while self.sent < 50 * MOST_BYTES:
            self.sent += PART
            yield b"a" * PART


class Packed:
    """A few kilobytes that unpack to four times what an answer may have."""

    async def __call__(self, body: Body) -> AsyncIterator[bytes]:
        kind = EVENTS if body.get("stream") else JSON
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Type: " + kind
        yield head + b"\r\n\r\n" + gzip.compress(b" " * 4 * MOST_BYTES)


@pytest.fixture(params=["groq:openai/gpt-oss-20b", "openai:gpt-oss"])
async def parts(request: pytest.FixtureRequest) -> AsyncIterator[Parts]:
    async with model_over_loopback(name=request.param, seconds=30) as made:
        yield made


async def _both_fail(parts: Parts) -> None:
    with pytest.raises(ModelFailed):
        await proposed(parts.model, asked(seconds=30), Understanding)
    with pytest.raises(ModelFailed):
        [piece async for piece in parts.model.write(asked(purpose="phrase", seconds=30))]
    assert len(parts.groq.requests) == 2, "nobody asks for more of it"


async def test_a_flood_is_hung_up_on(parts: Parts) -> None:
    called, written = Flood(JSON, b'{"id": "'), Flood(EVENTS, b'data: {"id": "')
    parts.groq.on_tool, parts.groq.on_text = called, written
    await _both_fail(parts)
    assert max(called.sent, written.sent) < 10 * MOST_BYTES  # what lies in the sockets was sent, too


async def test_nothing_is_unpacked(parts: Parts) -> None:
    parts.groq.on_tool = parts.groq.on_text = Packed()
    await _both_fail(parts)
    assert b"accept-encoding: identity" in parts.groq.raw.lower()
