"""Events as readers get them: together when they wait together, with comments in silence, to nobody who has left."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message

from server import event_stream
from server.event_stream import Batches, EventStream, as_event
from server.events import KEPT_EVENTS, EventLog, ReaderTooSlow
from server.frames import frame_of

FRAME = {"type": "message", "content": "two\nlines, ₹ and \u2028", "event_id": 7, "attempt": 1}


class Client:
    """The far end of an ASGI response: what it got, and when it leaves."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.left = asyncio.Event()
        self.stuck = False

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.got.append(message)

    async def read(self, stream: EventStream) -> None:
        await stream({"type": "http"}, self.receive, self.send)

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.got[1:])


async def batches_of(*batches: list[dict[str, Any]]) -> Batches:
    for batch in batches:
        yield batch


def test_an_event_is_three_lines_and_a_blank_one() -> None:
    event, event_id, data = as_event(FRAME).decode().removesuffix("\n\n").split("\n")
    assert (event, event_id) == ("event: message", "id: 7")
    assert json.loads(data.removeprefix("data: ")) == FRAME


async def test_a_batch_is_one_write_and_the_last_write_ends_the_answer() -> None:
    client = Client()
    await client.read(EventStream(batches_of([FRAME, FRAME], [FRAME]), {"X-Session-ID": "s"}))
    start, *writes = client.got
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert (headers[b"cache-control"], headers[b"x-session-id"]) == (b"no-store", b"s")
    assert [(write["body"].count(b"event:"), write["more_body"]) for write in writes] == [
        (2, True),
        (1, True),
        (0, False),
    ]


async def test_silence_is_a_comment() -> None:
    client = Client()
    await client.read(EventStream(batches_of([], [FRAME])))
    assert client.body == b": ping\n\n" + as_event(FRAME)


async def test_a_reader_that_left_is_noticed_in_silence() -> None:
    client = Client()
    client.left.set()
    await client.read(EventStream(batches_of([FRAME], [], [FRAME])))
    assert client.body == as_event(FRAME)


async def test_a_reader_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "SEND_SECONDS", 0.01)
    client, closed = Client(), asyncio.Event()

    async def batches() -> Batches:
        try:
            yield []
            client.stuck = True
            yield [FRAME]
        finally:
            closed.set()

    await asyncio.wait_for(client.read(EventStream(batches())), 5)
    assert closed.is_set()
    assert client.body == b": ping\n\n"


async def test_what_waits_together_comes_together() -> None:
    log = EventLog(0)
    batches = log.batches(0)
    for text in ("a", "b"):
        log.append("turn", "message", text)
    assert [event.content for event in await anext(batches)] == ["a", "b"]
    later = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    log.append("turn", "end", "ab")
    log.append("next", "message", "c")
    assert [(event.id, event.content) for event in await later] == [(3, "ab"), (4, "c")]


async def test_an_idle_log_gives_empty_batches_and_loses_nothing() -> None:
    log = EventLog(0)
    batches = log.batches(0, idle=0.01)
    assert await anext(batches) == []
    log.append("turn", "message", "a")
    assert [frame_of(event)["content"] for event in await anext(batches)] == ["a"]
    assert await anext(batches) == []


async def test_a_reader_too_far_behind_is_told() -> None:
    log = EventLog(0)
    for _ in range(KEPT_EVENTS + 1):
        log.append("turn", "message", "x")
    with pytest.raises(ReaderTooSlow):
        await anext(log.batches(0))
    assert len(await anext(log.batches(1))) == KEPT_EVENTS
