"""Traces to LangSmith: off unless asked for, masked, and never in the way of a turn or of the exit."""

import asyncio
import contextlib
import logging
import threading
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.resources import files
from typing import Any

import langsmith

from server.observing.masked_client import MaskedClient, open_client
from server.observing.thumbs import Thumbs
from server.observing.trace_check import refuse_leaking
from server.observing.trace_masking import TraceMask, words_of_speech
from server.settings import Settings

log = logging.getLogger("esoteric.tracing")

FLUSH_SECONDS = 2.0


@contextlib.asynccontextmanager
async def tracing(settings: Settings, count_thumb: Callable[[str], None]) -> AsyncIterator[Thumbs | None]:
    """While this is open, what LangChain runs in this process is traced, or, when tracing is off, surely not.

    LangSmith would start by itself on any of several variables, without our mask; so "off" is said to it as well.
    What customers think of the runs goes by what is given, None when nothing is traced. Raises StartRefused.
    """
    if not settings.langsmith_tracing:
        langsmith.configure(enabled=False)
        try:
            yield None
        finally:
            langsmith.configure(enabled=None)
        return
    faults = _Faults()
    client = await asyncio.to_thread(_checked_client, settings, faults)
    thumbs = Thumbs(client, settings.langsmith_project, count_thumb, faults)
    langsmith.configure(client=client, enabled=True)
    try:
        yield thumbs
    finally:
        langsmith.configure(client=None, enabled=None)
        await asyncio.to_thread(_close, client, thumbs)


def _checked_client(settings: Settings, faults: "_Faults") -> MaskedClient:
    mask = TraceMask(_words_of_speech())
    refuse_leaking(settings, mask)
    return open_client(settings, mask, faults)


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


def _close(client: MaskedClient, thumbs: Thumbs) -> None:
    """Send what is left, for so long; a thread that still hangs then dies with the process."""
    closing = threading.Thread(target=client.close, kwargs={"timeout": FLUSH_SECONDS}, daemon=True)
    closing.start()
    thumbs.close(FLUSH_SECONDS)
    closing.join(FLUSH_SECONDS)
