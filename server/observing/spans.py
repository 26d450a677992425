"""Spans of requests, turns, nodes and calls, to a collector over OTLP; nothing at all unless an endpoint is set."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Mapping
from importlib.metadata import version
from typing import Any, Protocol

from server.observing.vocabulary import KEYS, safe_value

log = logging.getLogger("esoteric.spans")

QUEUE, BATCH, DELAY_MS = 2048, 256, 1000
SEND_SECONDS = 3.0
FLUSH_SECONDS = 2.0


class Span(Protocol):
    """One piece of work under way."""

    def ended(self, outcome: str, **attributes: Any) -> None:
        """Call it once; for one that `inside` was asked of, in the task that started it."""
        ...


class Spans(Protocol):
    def started(self, name: str, *, inside: bool = True, **attributes: Any) -> Span:
        """A span under the one the running task is inside of. With `inside`, what follows in this task is under it."""
        ...


class NoSpan:
    def ended(self, outcome: str, **attributes: Any) -> None:
        """Nothing is kept."""


class NoSpans:
    """What stands there while no collector is set."""

    _none = NoSpan()

    def started(self, name: str, *, inside: bool = True, **attributes: Any) -> Span:  # noqa: ARG002
        return self._none


@contextlib.asynccontextmanager
async def open_spans(endpoint: str | None) -> AsyncIterator[Spans]:
    """Spans that go to `endpoint` (the collector's base address) while this is open; the rest is sent at its end.

    The queue is bounded and what does not fit is dropped. A collector that is away costs nobody anything, and the exit
    at most `FLUSH_SECONDS`.
    """
    if endpoint is None:
        yield NoSpans()
        return
    provider = await asyncio.to_thread(_provider, endpoint)
    try:
        yield _OtelSpans(provider.get_tracer("esoteric"))
    finally:
        await asyncio.to_thread(_close, provider)


def _provider(endpoint: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON

    # Said once by us would be enough; the exporter warns of every batch and quotes the address, which may hold a key.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    exporter: Any = _SaysOnce(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=SEND_SECONDS))
    # Not Resource.create: it would add what the environment says of this machine.
    resource = Resource({"service.name": "esoteric", "service.version": version("esoteric")})
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(exporter, QUEUE, schedule_delay_millis=DELAY_MS, max_export_batch_size=BATCH)
    )
    return provider


def _close(provider: Any) -> None:
    """Send what is left, for so long; a thread that still hangs then dies with the process."""
    closing = threading.Thread(target=provider.shutdown, daemon=True)
    closing.start()
    closing.join(FLUSH_SECONDS)


class _SaysOnce:
    """An exporter that tells once when its spans are not taken."""

    def __init__(self, exporter: Any) -> None:
        self._exporter = exporter
        self._said = False

    def export(self, spans: Any) -> Any:
        result = self._exporter.export(spans)
        if result.name != "SUCCESS" and not self._said:
            self._said = True
            log.warning("traces.not_taken", extra={"kind": "otlp"})
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return bool(self._exporter.force_flush(timeout_millis))


class _OtelSpans:
    def __init__(self, tracer: Any) -> None:
        self._tracer = tracer

    def started(self, name: str, *, inside: bool = True, **attributes: Any) -> Span:
        return _OtelSpan(self._tracer.start_span(name, attributes=_allowed(attributes)), inside=inside)


class _OtelSpan:
    def __init__(self, span: Any, *, inside: bool) -> None:
        from opentelemetry import context, trace

        self._span = span
        self._token = context.attach(trace.set_span_in_context(span)) if inside else None

    def ended(self, outcome: str, **attributes: Any) -> None:
        from opentelemetry import context
        from opentelemetry.trace import StatusCode

        if self._token is not None:
            context.detach(self._token)
        self._span.set_attributes(_allowed({"outcome": outcome, **attributes}))
        if outcome == "failed":
            self._span.set_status(StatusCode.ERROR)  # without a word: an exception's text may quote a customer
        self._span.end()


def _allowed(attributes: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: safe_value(value) for name, value in attributes.items() if name in KEYS}
    return {name: value for name, value in kept.items() if value is not None}
