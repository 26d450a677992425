"""Who watches the work: each piece of it becomes figures, a line of the log and, with a collector, a span."""

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, TypeVar

from server.observing.current import TURN, CurrentTurn
from server.observing.metrics import Metrics
from server.observing.spans import NoSpans, Span, Spans

log = logging.getLogger("esoteric.turns")

R = TypeVar("R")
Done = Callable[[str, float], None]  # the outcome, `done` or `failed`, and the seconds it took


class Observer:
    """Metrics and spans together, as the watched parts need them."""

    def __init__(self, metrics: Metrics | None = None, spans: Spans | None = None) -> None:
        self.metrics = metrics or Metrics()
        self.spans: Spans = spans or NoSpans()

    def turn(self, turn_id: str, session_id: str, channel: str, came: float) -> "TurnWatch":
        """Watch a turn that was just journaled; its message came in at `came`, by `perf_counter`."""
        return TurnWatch(self, CurrentTurn(turn_id, session_id), channel, came)

    async def watched(self, work: Awaitable[R], span: str, done: Done, **attributes: Any) -> R:
        """What `work` gives, timed and told of."""
        opened, started, outcome = self.spans.started(span, **attributes), perf_counter(), "failed"
        try:
            result = await work
            outcome = "done"
            return result
        finally:
            done(outcome, perf_counter() - started)
            opened.ended(outcome)


class TurnWatch:
    """One turn, from the moment its message came in. The runner and the graph's listener tell it what happens.

    Stages: accept (until it is journaled), wait (for its lane), graph, finish (until it is answered); first_token runs
    from the message to the first words of the reply.
    """

    def __init__(self, observer: Observer, turn: CurrentTurn, channel: str, came: float) -> None:
        self._observer, self._turn, self._channel = observer, turn, channel
        self._came, self._accepted = came, perf_counter()
        self._running = self._graph = self._finish = self._first_words = 0.0
        self._span: Span | None = None
        self._node: tuple[Span, float] | None = None
        self._nodes = 0

    def running(self) -> None:
        """Its lane is free. Called in the turn's own task, whose lines and spans are this turn's from now on."""
        self._running = perf_counter()
        TURN.set(self._turn)
        self._span = self._observer.spans.started("turn", turn_id=self._turn.turn_id, channel=self._channel)

    def graph_started(self) -> None:
        self._graph = perf_counter()

    def graph_ended(self) -> None:
        self._finish = perf_counter()

    def said(self) -> None:
        if not self._first_words:
            self._first_words = perf_counter()

    def node(self, name: str, status: str) -> None:
        """`started`, `finished` or `failed`; called where the node runs. A turn's nodes run one after the other."""
        if status == "started":
            self._node = self._observer.spans.started("node", node=name), perf_counter()
            return
        if self._node is None:
            return
        (span, started), self._node = self._node, None
        self._nodes += 1
        seconds = perf_counter() - started
        outcome = "done" if status == "finished" else "failed"
        self._observer.metrics.node(name, outcome, seconds)
        span.ended(outcome)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("node.finished", extra={"node": name, "outcome": outcome, "ms": _ms(seconds)})

    def ended(self, outcome: str) -> None:
        """`done`, `failed`, `cancelled`, or `left` for the next start when the process ends."""
        ended = perf_counter()
        metrics, stages = self._observer.metrics, self._stages(ended)
        metrics.turn(self._channel, outcome, ended - self._came)
        for stage, seconds in stages.items():
            metrics.stage(stage, seconds)
        if self._span is not None:
            self._span.ended(outcome, nodes=self._nodes)
        if log.isEnabledFor(logging.INFO):
            told: dict[str, Any] = {"channel": self._channel, "outcome": outcome, "nodes": self._nodes}
            told |= {f"{stage}_ms": _ms(seconds) for stage, seconds in stages.items()}
            log.info("turn.finished", extra={**told, "ms": _ms(ended - self._came)})

    def _stages(self, ended: float) -> dict[str, float]:
        stages = {"accept": self._accepted - self._came}
        if self._running:
            stages["wait"] = self._running - self._accepted
        if self._graph:
            stages["graph"] = (self._finish or ended) - self._graph
        if self._finish:
            stages["finish"] = ended - self._finish
        if self._first_words:
            stages["first_token"] = self._first_words - self._came
        return stages


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
