"""What a run found: a line as each case ends, N/N at the end, and the same as a page."""

from collections.abc import Sequence
from pathlib import Path

from tests.faults.matrix import Result


class Report:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: list[Result] = []
        self._figures: list[str] = []
        self._broken: list[str] = []

    def add(self, result: Result) -> None:
        self._results.append(result)
        line = f"{result.word:7} {result.backend:8} {result.case.name}  {result.seconds:.1f} s"
        print(line + (f"  {result.why}" if result.why else ""), flush=True)

    def figure(self, words: str, broken: Sequence[str] = ()) -> None:
        """What a campaign counted, e.g. kill points, and what did not hold in it."""
        self._figures.append(f"{words}; lost, doubled, stuck or otherwise wrong: {len(broken)}")
        self._broken += [f"{words.partition(':')[0]}: {one}" for one in broken]
        print(self._figures[-1], flush=True)
        for one in broken[:20]:
            print(f"FAILED  {one}", flush=True)

    @property
    def failed(self) -> list[Result]:
        return [result for result in self._results if result.why and not result.skipped]

    def end(self) -> int:
        """Write the page; the exit status."""
        tried = [result for result in self._results if not result.skipped]
        held = len(tried) - len(self.failed)
        total = f"{held}/{len(tried)} cases hold"
        skipped = len(self._results) - len(tried)
        total += f", {skipped} could not be tried here" if skipped else ""
        for line in self._turns():
            print(line)
        print(total, flush=True)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._page(total), encoding="utf-8")
        return 1 if self.failed or self._broken else 0

    def _turns(self) -> list[str]:
        """Of the rows in which turns were timed: how many cases hold, and how long their longest turn took."""
        rows: dict[str, list[Result]] = {}
        for result in self._results:
            if result.turn is not None:
                rows.setdefault(result.case.row, []).append(result)
        lines = ["| row | held | longest turn, seconds |", "|---|---|---|"] if rows else []
        for row, results in rows.items():
            held = sum(not result.why for result in results)
            longest = max(result.turn for result in results if result.turn is not None)
            lines.append(f"| {row} | {held}/{len(results)} | {longest:.1f} |")
        return lines

    def _page(self, total: str) -> str:
        lines = ["# Fault matrix", "", total, ""]
        lines += [f"* {words}" for words in self._figures]
        lines += ["", *self._turns()]
        lines += ["", "| row | injection | back end | | seconds |", "|---|---|---|---|---|"]
        for one in self._results:
            lines.append(f"| {one.case.row} | {one.case.injection} | {one.backend} | {one.word} | {one.seconds:.1f} |")
        if self.failed or self._broken:
            lines += ["", "## What does not hold", ""]
            lines += [f"* {one.backend}: {one.case.name}: {one.why}" for one in self.failed]
            lines += [f"* {one}" for one in self._broken]
        return "\n".join(lines) + "\n"
