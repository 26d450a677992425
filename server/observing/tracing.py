"""Traces to LangSmith: off unless asked for, masked, and never in the way of a turn or of the exit."""

import asyncio
import contextlib
import logging
import os
import threading
import tomllib
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from typing import Any

import langsmith
from langsmith.utils import get_env_var, get_tracer_project
from urllib3 import Retry

from server.observing.trace_masking import TraceMask, words_of_speech
from server.settings import Settings

log = logging.getLogger("esoteric.tracing")

FLUSH_SECONDS = 2.0
CONNECT_MS, READ_MS = 2_000, 5_000
# LangSmith's client takes these from the environment only. Without the first, its upload threads hold the exit for a
# minute and more when the endpoint is dead; with compression it sends from a pool whose threads do the same.
CLIENT_ENVIRONMENT = {
    "LANGSMITH_USE_DAEMON": "true",
    "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
    "LANGSMITH_TRACING_QUEUE_MAX_SIZE": "2000",
}


@contextlib.asynccontextmanager
async def tracing(settings: Settings) -> AsyncIterator[None]:
    """While this is open, what LangChain runs in this process is traced, or, when tracing is off, surely not.

    LangSmith would start by itself on any of several variables, without our mask; so "off" is said to it as well.
    """
    if not settings.langsmith_tracing:
        langsmith.configure(enabled=False)
        try:
            yield
        finally:
            langsmith.configure(enabled=None)
        return
    client = await asyncio.to_thread(_client, settings)
    langsmith.configure(client=client, enabled=True)
    try:
        yield
    finally:
        langsmith.configure(client=None, enabled=None)
        await asyncio.to_thread(_close, client)


def _client(settings: Settings) -> langsmith.Client:
    os.environ.update(CLIENT_ENVIRONMENT, LANGSMITH_PROJECT=settings.langsmith_project)
    get_env_var.cache_clear()  # type: ignore[attr-defined]  # both remember what they read before
    get_tracer_project.cache_clear()
    logging.getLogger("langsmith").setLevel(logging.ERROR)  # it would warn of every batch
    key = settings.langsmith_api_key
    return langsmith.Client(
        api_url=settings.langsmith_endpoint,
        api_key=key.get_secret_value() if key else None,
        anonymizer=TraceMask(_words_of_speech()),
        timeout_ms=(CONNECT_MS, READ_MS),
        retry_config=Retry(total=1, backoff_factor=0.5),
        tracing_mode="langsmith",
        tracing_error_callback=_Faults(),
    )


def _words_of_speech() -> frozenset[str]:
    """The words that the assistant's English sentences are made of."""
    phrases = tomllib.loads((files("agents.text") / "en.toml").read_text(encoding="utf-8"))
    return frozenset().union(*map(words_of_speech, _sentences(phrases)))


def _sentences(phrases: Any) -> Iterator[str]:
    """The texts in a phrasebook, however its tables are nested."""
    if isinstance(phrases, str):
        yield phrases
        return
    for part in phrases.values() if isinstance(phrases, dict) else phrases:
        yield from _sentences(part)


class _Faults:
    """Says once that traces are lost. The kind of error alone: its text may hold what was to be sent."""

    def __init__(self) -> None:
        self._said = False

    def __call__(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            log.warning("traces.not_taken", extra={"kind": type(error).__name__})


def _close(client: langsmith.Client) -> None:
    """Send what is left, for so long; a thread that still hangs then dies with the process."""
    closing = threading.Thread(target=client.close, kwargs={"timeout": FLUSH_SECONDS}, daemon=True)
    closing.start()
    closing.join(FLUSH_SECONDS)
