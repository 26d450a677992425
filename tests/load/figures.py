"""What was measured, and the tables made of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from statistics import median
from typing import ClassVar, NamedTuple

from tests.load.client import Answer
from tests.load.processes import Cpu

NONE = Cpu(0.0, 0.0)


class Cell(NamedTuple):
    """What a figure belongs to."""

    system: str
    transport: str
    sessions: int


@dataclass(slots=True)
class Round:
    """The turns of one round. Times in seconds; `cpu` is the server's over the whole round."""

    by_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    firsts: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: Cpu = NONE

    def add(self, kind: str, answer: Answer) -> None:
        self.by_kind[kind].append(answer.total)
        if answer.first is not None:
            self.firsts.append(answer.first)

    @property
    def totals(self) -> list[float]:
        return [seconds for kind in self.by_kind.values() for seconds in kind]

    @property
    def turns(self) -> int:
        return len(self.totals)

    @property
    def per_second(self) -> float:
        return self.turns / self.wall

    @property
    def cpu_ms(self) -> float:
        """Processor time per turn of the process that answers, in milliseconds."""
        return 1000 * self.cpu.own / self.turns

    @property
    def helpers_ms(self) -> float:
        """The same of its helpers."""
        return 1000 * (self.cpu.all - self.cpu.own) / self.turns


@dataclass(slots=True)
class Growth:
    """One long conversation: seconds of each turn; bytes stored since it began, at the marks."""

    MARKS: ClassVar[tuple[int, ...]] = (1, 50, 200)
    seconds: list[float] = field(default_factory=list)
    stored: dict[int, int] = field(default_factory=dict)

    def latency(self, mark: int) -> float:
        """Median around a turn, in seconds."""
        return median(self.seconds[max(0, mark - 10) : mark + 10])


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie; nan of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def main_table(cells: Mapping[Cell, Sequence[Round]]) -> str:
    rows = [["system", "over", "sessions", "turns/s", "p50 ms", "p95 ms", "first token p50 ms", "CPU ms/turn"]]
    for cell, rounds in sorted(cells.items(), key=lambda item: (item[0].sessions, item[0].transport, item[0].system)):
        figures = (
            _over(rounds, lambda one: one.per_second),
            1000 * _over(rounds, lambda one: percentile(one.totals, 0.5)),
            1000 * _over(rounds, lambda one: percentile(one.totals, 0.95)),
            1000 * _over(rounds, lambda one: percentile(one.firsts, 0.5)),
        )
        shown = ["-" if isnan(figure) else f"{figure:.1f}" for figure in figures]
        helpers = _over(rounds, lambda one: one.helpers_ms)
        shown.append(f"{_over(rounds, lambda one: one.cpu_ms):.1f}" + (f" + {helpers:.1f}" if helpers else ""))
        rows.append([cell.system, cell.transport, str(cell.sessions), *shown])
    return _aligned(rows)


def ratios(cells: Mapping[Cell, Sequence[Round]]) -> str:
    """Ours over the baseline's: turns a second (more is better) and processor time (less is better)."""
    rows = [["esoteric / baseline", "sessions", "turns/s", "CPU per turn", "with helpers"]]
    for cell, rounds in cells.items():
        if cell.system == "esoteric":
            other = cells[Cell("baseline", cell.transport, cell.sessions)]
            speed = _over(rounds, lambda one: one.per_second) / _over(other, lambda one: one.per_second)
            base = _over(other, lambda one: one.cpu_ms)
            own = _over(rounds, lambda one: one.cpu_ms)
            helped = own + _over(rounds, lambda one: one.helpers_ms)
            rows.append(
                [cell.transport, str(cell.sessions), f"{speed:.2f}x", f"{own / base:.2f}x", f"{helped / base:.2f}x"]
            )
    return _aligned(rows)


def kinds_table(rounds: Sequence[Round]) -> str:
    rows = [["turn", "p50 ms", "p95 ms"]]
    for kind in rounds[0].by_kind:
        values = [seconds for one in rounds for seconds in one.by_kind[kind]]
        rows.append([kind, f"{1000 * percentile(values, 0.5):.1f}", f"{1000 * percentile(values, 0.95):.1f}"])
    return _aligned(rows)


def growth_table(growths: Mapping[str, Growth]) -> str:
    rows = [["system", *(f"turn {mark}: ms" for mark in Growth.MARKS), *(f"KB by {mark}" for mark in Growth.MARKS)]]
    for name, growth in growths.items():
        latencies = [f"{1000 * growth.latency(mark):.1f}" for mark in Growth.MARKS]
        rows.append([name, *latencies, *(f"{growth.stored[mark] / 1024:.0f}" for mark in Growth.MARKS)])
    return _aligned(rows)


def _over(rounds: Sequence[Round], figure: Callable[[Round], float]) -> float:
    return median(map(figure, rounds))


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if position == 0 else cell.rjust(width) for position, (cell, width) in enumerate(pairs)
        )
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
