"""A local server that speaks the wire protocols of Groq and of OpenAI, with every way they can go wrong.

    async with GroqServer() as groq:
        groq.on_tool = tool_call({"intent": "question", "facts": []})
        groq.on_text = text("Namaste! How much would you like to borrow?")
        ... ChatGroq(base_url=groq.url, ...)
        groq.requests[-1]["messages"]

`on_tool` answers requests that must call one tool, `on_consult` those that may choose among several or must say which
results answer, `on_text` all others. An answer is a function from the request's body to
what is written to the socket, with pauses in between.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from agents.model.asking import Purpose

Body = dict[str, Any]
Answer = Callable[[Body], AsyncIterator[bytes]]

USAGE = {
    "queue_time": 0.01,
    "prompt_tokens": 10,
    "prompt_time": 0.01,
    "completion_tokens": 5,
    "completion_time": 0.01,
    "total_tokens": 15,
    "total_time": 0.02,
}
ROADS = (b"POST /openai/v1/chat/completions ", b"POST /v1/chat/completions ")  # Groq's, OpenAI's
HANG_SECONDS = 60.0
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 413: "Too Large", 429: "Too Many Requests"}


class GroqServer:
    """Listens on a free port of the loopback. `requests` are the bodies it got, `raw` all bytes of them."""

    def __init__(self) -> None:
        self.requests: list[Body] = []
        self.raw = b""
        self.on_tool: Answer = tool_call({"intent": "unclear", "facts": []})
        self.on_consult: Answer = text("")
        self.on_text: Answer = text("")
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def openai_url(self) -> str:
        """Where a server of the lender's own would be: MODEL_API_BASE."""
        return f"{self.url}/v1"

    @property
    def asked_with_tools(self) -> list[Body]:
        return [body for body in self.requests if body.get("tools")]

    @property
    def asked_to_consult(self) -> list[Body]:
        return [body for body in self.requests if purpose_of(body) == "consult"]

    @property
    def asked_for_text(self) -> list[Body]:
        return [body for body in self.requests if not body.get("tools")]

    def _answer_to(self, body: Body) -> Answer:
        return {"understand": self.on_tool, "consult": self.on_consult, "phrase": self.on_text}[purpose_of(body)]

    async def __aenter__(self) -> "GroqServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        raw = await reader.readexactly(length)
        self.raw += head + raw
        if not head.startswith(ROADS):
            writer.write(_head(404) + b'{"error": {"message": "Unknown request URL", "code": "unknown_url"}}')
            return
        body = json.loads(raw)
        self.requests.append(body)
        async for part in self._answer_to(body)(body):
            writer.write(part)
            await writer.drain()


def purpose_of(body: Body) -> Purpose:
    """What a request is for: phrasing has no tools, consulting a choice of them, at last only the one that ends it."""
    names = [tool["function"]["name"] for tool in body.get("tools") or ()]
    if not names:
        return "phrase"
    return "consult" if len(names) > 1 or names == ["Answer"] else "understand"


def content_of(body: Body) -> Body:
    """What was sent beside the prompt."""
    said: Body = json.loads(next(message["content"] for message in body["messages"] if message["role"] == "user"))
    return said


def text(words: str) -> Answer:
    """The words, one by one when the client streams."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        if not body.get("stream"):
            yield _head() + _completion(body, {"role": "assistant", "content": words})
            return
        yield _head(kind="text/event-stream") + _chunk(body, {"role": "assistant", "content": ""}, begins=True)
        for word in words.split(" "):
            yield _chunk(body, {"content": word + " "})
        yield _ends(body, "stop")

    return answer


def tool_call(arguments: object, *, name: str | None = None) -> Answer:
    """A call of the tool that was offered, or of `name`; `arguments` as JSON, or a string as it is."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)

    async def answer(body: Body) -> AsyncIterator[bytes]:
        called = name or body["tools"][0]["function"]["name"]
        call = {"id": "call_1", "type": "function", "function": {"name": called, "arguments": written}}
        if body.get("stream"):
            yield _head(kind="text/event-stream") + _chunk(body, {"role": "assistant", "content": ""}, begins=True)
            yield _chunk(body, {"tool_calls": [{"index": 0, **call}]})
            yield _ends(body, "tool_calls")
        else:
            yield _head() + _completion(
                body, {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
            )

    return answer


def tool_calls(*calls: tuple[str, object]) -> Answer:
    """Several calls at once, by name and arguments; arguments that are a string go as they are."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        made = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
            }
            for number, (name, given) in enumerate(calls)
        ]
        yield _head() + _completion(body, {"role": "assistant", "content": None, "tool_calls": made}, "tool_calls")

    return answer


def refusal(status: int, *, code: str = "", retry_after: str = "") -> Answer:
    """An HTTP error as Groq writes them: 401, 400 tool_use_failed, 413, 429, 498, 500, 503."""

    async def answer(_: Body) -> AsyncIterator[bytes]:
        error = {"error": {"message": "no", "type": "error", "code": code, "failed_generation": "<x>"}}
        yield _head(status, retry_after=retry_after) + json.dumps(error).encode()

    return answer


def in_turn(*answers: Answer) -> Answer:
    """One after the other; the last one for good."""
    left = list(answers)

    def answer(body: Body) -> AsyncIterator[bytes]:
        return (left.pop(0) if len(left) > 1 else left[0])(body)

    return answer


def hang() -> Answer:
    """Says nothing at all."""

    async def answer(_: Body) -> AsyncIterator[bytes]:
        await asyncio.sleep(HANG_SECONDS)
        yield b""

    return answer


def hang_up() -> Answer:
    """Closes the connection without a word."""

    async def answer(_: Body) -> AsyncIterator[bytes]:
        yield b""

    return answer


def drip(words: str, pause: float) -> Answer:
    """Byte by byte, with a pause between: no read times out, and it never ends."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        yield _head(kind="text/event-stream" if body.get("stream") else "application/json")
        for letter in words:
            for byte in _chunk(body, {"content": letter}):
                yield bytes([byte])
                await asyncio.sleep(pause)

    return answer


def drop(words: str) -> Answer:
    """The connection breaks after these words, in the middle of a chunk."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        yield _head(kind="text/event-stream", length=10**6) + _chunk(body, {"content": words}) + b'data: {"id": "c'

    return answer


def without_end(words: str, *, finish: str | None = None) -> Answer:
    """Ends politely, but without a finish reason, or with one such as "length"."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        yield _head(kind="text/event-stream") + _chunk(body, {"content": words}, finish=finish) + b"data: [DONE]\n\n"

    return answer


def error_event(words: str) -> Answer:
    """An error inside a stream that began well."""

    async def answer(body: Body) -> AsyncIterator[bytes]:
        yield _head(kind="text/event-stream") + _chunk(body, {"content": words})
        yield b'data: {"error": {"message": "overloaded", "type": "server_error"}}\n\n'

    return answer


def garbage(content: bytes, kind: str = "application/json") -> Answer:
    """200 OK, and then something else than agreed."""

    async def answer(_: Body) -> AsyncIterator[bytes]:
        yield _head(kind=kind) + content

    return answer


def _head(
    status: int = 200, *, kind: str = "application/json", length: int | None = None, retry_after: str = ""
) -> bytes:
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"Retry-After: {retry_after}"] if retry_after else []
    lines += [f"Content-Length: {length}"] if length is not None else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _completion(body: Body, message: Body, finish: str = "stop") -> bytes:
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "system_fingerprint": "fp_1",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": USAGE,
        "x_groq": {"id": "req_1"},
    }
    return json.dumps(completion).encode()


def _chunk(body: Body, delta: Body, *, begins: bool = False, finish: str | None = None) -> bytes:
    more = {"x_groq": {"id": "req_1"} | ({"usage": USAGE} if finish else {})} if begins or finish else {}
    return _event(body, [{"index": 0, "delta": delta, "finish_reason": finish}], **more)


def _ends(body: Body, finish: str) -> bytes:
    """Groq counts tokens in the last chunk, OpenAI in one of its own behind it, for those who ask for it."""
    last = _chunk(body, {}, finish=finish)
    if (body.get("stream_options") or {}).get("include_usage"):
        last += _event(body, [], usage=USAGE)
    return last + b"data: [DONE]\n\n"


def _event(body: Body, choices: list[Body], **more: Any) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    return f"data: {json.dumps(chunk | {'choices': choices} | more)}\n\n".encode()
