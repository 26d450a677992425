"""Connections of a model's calls, given back whatever happened to the call, and no answer without an end.

The clients of Groq and OpenAI leave a stream that broke, or that nobody read to its end, to the garbage collector, and
with it a connection of the pool. A hook notes each response, and the call that opened it closes it. They also read as
much as comes: in the seconds of one call a broken server could fill the memory that all sessions share.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar

import httpx

MOST_BYTES = 4 * 2**20  # the longest answer asked for, a chunk a token, is a tenth of it

_opened: ContextVar[list[httpx.Response]] = ContextVar("responses_of_this_call")


class TooLarge(httpx.RequestError):
    """An answer beyond MOST_BYTES, or packed, so that nobody knows what it holds."""


def open_connections(seconds: float, tls: ssl.SSLContext) -> httpx.AsyncClient:
    """A client whose responses `closing_responses` knows; `seconds` bounds each read and write.

    Reading an answer that is too large raises TooLarge.
    """
    return httpx.AsyncClient(
        verify=tls,
        timeout=seconds,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_note, _bound]},
    )


@asynccontextmanager
async def closing_responses() -> AsyncIterator[None]:
    """Closes the responses of all calls made inside."""
    responses: list[httpx.Response] = []
    _opened.set(responses)
    try:
        yield
    finally:
        for response in responses:
            with suppress(httpx.HTTPError):
                await response.aclose()


async def _note(response: httpx.Response) -> None:
    _opened.get([]).append(response)


async def _bound(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise TooLarge("packed")
    if isinstance(response.stream, httpx.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise TooLarge("too large")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
