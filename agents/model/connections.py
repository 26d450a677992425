"""Connections of a model's calls, given back whatever happened to the call.

The clients of Groq and OpenAI leave a stream that broke, or that nobody read to its end, to the garbage collector, and
with it a connection of the pool. A hook notes each response, and the call that opened it closes it.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar

import httpx

_opened: ContextVar[list[httpx.Response]] = ContextVar("responses_of_this_call")


def open_connections(seconds: float, tls: ssl.SSLContext) -> httpx.AsyncClient:
    """A client whose responses `closing_responses` knows; `seconds` bounds each read and write."""
    return httpx.AsyncClient(verify=tls, timeout=seconds, event_hooks={"response": [_note]})


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
