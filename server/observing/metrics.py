"""Counters and histograms for Prometheus, in a registry of their own. Label values come from fixed sets in our code."""

import re
from collections.abc import Mapping
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

TURN_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)
NODE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0)
COMMIT_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0)
COMMIT_SIZES = (1, 2, 4, 8, 16, 32, 64)
METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "WEBSOCKET"})
OTHER = "other"

_LABEL = re.compile(r"[\w/{}:.\-*]{1,80}")
_MOST_SERIES = 500  # of one metric; a mistake in our code must not fill the memory


class _Series:
    """The series of one metric by its label values, looked up without the library's checks."""

    def __init__(self, metric: Any, labels: int) -> None:
        self._metric = metric
        self._other = (OTHER,) * labels
        self._known: dict[tuple[str, ...], Any] = {}

    def __call__(self, *values: str) -> Any:
        found = self._known.get(values)
        if found is None:
            fit = len(self._known) < _MOST_SERIES and all(map(_LABEL.fullmatch, values))
            found = self._metric.labels(*(values if fit else self._other))
            if fit:
                self._known[values] = found
        return found


class Metrics:
    """All figures of one running service. Every method is cheap and safe from any thread."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = self._histogram("request_seconds", "Requests by route template", "method", "route", "status")
        self._turns = self._histogram("turn_seconds", "Turns from accepted to answered", "channel", "outcome")
        self._stages = self._histogram("turn_stage_seconds", "Stages of a turn", "stage", buckets=NODE_SECONDS)
        self._nodes = self._histogram("node_seconds", "Nodes of the graph", "node", "outcome", buckets=NODE_SECONDS)
        self._providers = self._histogram("provider_seconds", "Calls to providers", "provider", "outcome")
        self._models = self._histogram("model_seconds", "Calls to the language model", "purpose", "outcome")
        self._tokens = self._counter("model_tokens", "Tokens, where the model counts them", "purpose", "direction")
        self._over_budget = self._counter("model_refusals", "Turns that asked no more, over a budget", "budget")
        self._events = self._counter("events_sent", "Events sent to clients", "transport")
        self._limits = self._counter("limit_refusals", "Requests over a limit", "limit")
        self._access = self._counter("access_refusals", "Requests of callers without the right", "reason")
        self._documents = self._counter("documents", "Uploaded documents", "outcome")
        self._letters = self._counter("letters", "Letters printed", "outcome")
        self._mails = self._counter("mails", "Messages handed to a carrier", "channel", "outcome")
        self._thumbs = self._counter("thumbs", "Thumbs that customers gave to answers", "thumb")
        self._thumbs_told = self._counter("thumbs_told", "Thumbs on their way to LangSmith", "outcome")
        self._outbox = _Series(self._made(Gauge, "outbox_messages", "Messages in the outbox", ("state",)), 1)
        self._outbox_age: Gauge = self._made(Gauge, "outbox_oldest_seconds", "Age of the oldest waiting message", ())
        self._streams = _Series(self._made(Gauge, "streams_open", "Open streams", ("transport",)), 1)
        self._commits: Histogram = self._made(
            Histogram, "database_commit_seconds", "Transactions with their sync", (), buckets=COMMIT_SECONDS
        )
        self._batches: Histogram = self._made(
            Histogram, "database_commit_size", "Units of work a transaction", (), buckets=COMMIT_SIZES
        )
        self._dropped: Counter = self._made(Counter, "log_keys_dropped", "Log keys not on the allow-list", ())
        self._lost: Counter = self._made(Counter, "log_lines_dropped", "Log lines that nobody read in time", ())
        for transport in ("sse", "websocket"):
            self._streams(transport)
            self._events(transport)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the template, never the path; an unknown method is `other`."""
        self._requests(method if method in METHODS else OTHER, route, f"{status // 100}xx").observe(seconds)

    def turn(self, channel: str, outcome: str, seconds: float) -> None:
        self._turns(channel, outcome).observe(seconds)

    def stage(self, stage: str, seconds: float) -> None:
        """accept, wait, graph, finish; first_token from accepted to the first words."""
        self._stages(stage).observe(seconds)

    def node(self, node: str, outcome: str, seconds: float) -> None:
        self._nodes(node, outcome).observe(seconds)

    def provider(self, provider: str, outcome: str, seconds: float) -> None:
        self._providers(provider, outcome).observe(seconds)

    def model(self, purpose: str, outcome: str, seconds: float, tokens: Mapping[str, int]) -> None:
        """`tokens` by direction, `input` and `output`; empty where the model does not tell."""
        self._models(purpose, outcome).observe(seconds)
        for direction, number in tokens.items():
            self._tokens(purpose, direction).inc(number)

    def model_refused(self, budget: str) -> None:
        """`turn`, `session` or `day`: what the turn was over."""
        self._over_budget(budget).inc()

    def stream_opened(self, transport: str) -> None:
        self._streams(transport).inc()

    def stream_closed(self, transport: str) -> None:
        self._streams(transport).dec()

    def events_sent(self, transport: str, number: int) -> None:
        self._events(transport).inc(number)

    def limit_refused(self, limit: str) -> None:
        self._limits(limit).inc()

    def access_refused(self, reason: str) -> None:
        self._access(reason).inc()

    def document(self, outcome: str) -> None:
        """`accepted`, or the code of the refusal."""
        self._documents(outcome).inc()

    def letter(self, outcome: str) -> None:
        self._letters(outcome).inc()

    def mail(self, channel: str, outcome: str) -> None:
        self._mails(channel, outcome).inc()

    def thumb(self, thumb: str) -> None:
        """`up` or `down`; also where a customer thought better of it."""
        self._thumbs(thumb).inc()

    def thumb_told(self, outcome: str) -> None:
        """`sent` to LangSmith, `lost`, or `unsampled`."""
        self._thumbs_told(outcome).inc()

    def outbox(self, waiting: int, oldest_seconds: float, failed: int) -> None:
        """How the senders stand, in all of the database."""
        self._outbox("waiting").set(waiting)
        self._outbox("failed").set(failed)
        self._outbox_age.set(oldest_seconds)

    def committed(self, units: int, seconds: float) -> None:
        """One transaction of so many units of work."""
        self._commits.observe(seconds)
        self._batches.observe(units)

    def log_key_dropped(self) -> None:
        self._dropped.inc()

    def log_line_dropped(self) -> None:
        self._lost.inc()

    def exposition(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)

    def _made(self, kind: Any, name: str, about: str, labels: tuple[str, ...], **more: Any) -> Any:
        return kind(f"esoteric_{name}", about, labels, registry=self.registry, **more)

    def _counter(self, name: str, about: str, *labels: str) -> _Series:
        return _Series(self._made(Counter, name, about, labels), len(labels))

    def _histogram(self, name: str, about: str, *labels: str, buckets: tuple[float, ...] = TURN_SECONDS) -> _Series:
        return _Series(self._made(Histogram, name, about, labels, buckets=buckets), len(labels))
