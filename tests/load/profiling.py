"""The service under a sampling profiler: whose code a turn's processor time goes to.

A timer of processor time interrupts the main thread, which looks at all stacks and books the time that each thread has
used since then on the part of the house, or the library, that its innermost known frame belongs to. Unlike a tracing
profiler this does not make small functions look expensive. `python -m tests.load.profiling OUTPUT.json` is
`esoteric serve` with it.
"""

import json
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

BEGIN = signal.SIGUSR1  # tells a started server that the load comes now
EVERY = 0.004

# First match wins, at each frame from the innermost outwards.
PARTS: tuple[tuple[str, str], ...] = (
    ("/agents/understanding/", "understanding"),
    ("/tools/numbers/", "understanding"),
    ("/tools/letter", "letter"),
    ("/reportlab/", "letter"),
    ("/uharfbuzz/", "letter"),
    ("/cryptography/", "letter"),
    ("/kb/", "knowledge base"),
    ("/chromadb/", "knowledge base"),
    ("/bm25s/", "knowledge base"),
    ("/tokenizers/", "knowledge base"),
    ("/numpy/", "knowledge base"),
    ("/agents/", "agents and tools"),
    ("/tools/", "agents and tools"),
    ("/graph/", "agents and tools"),
    ("/aiosqlite/", "checkpoints"),
    ("/langgraph/checkpoint/", "checkpoints"),
    ("/server/store/checkpoints", "checkpoints"),
    ("/ormsgpack/", "checkpoints"),
    ("/sqlalchemy/", "database"),
    ("/server/store/", "database"),
    ("/langgraph/", "LangGraph"),
    ("/langchain_core/", "LangGraph"),
    ("/langsmith/", "LangGraph"),
    ("/server/", "turn runner and routes"),
    ("/uvicorn/", "HTTP and SSE"),
    ("/starlette/", "HTTP and SSE"),
    ("/fastapi/", "HTTP and SSE"),
    ("/sse_starlette/", "HTTP and SSE"),
    ("/anyio/", "HTTP and SSE"),
    ("/websockets/", "HTTP and SSE"),
    ("/asyncio/", "event loop and threads"),
    ("/threading.py", "event loop and threads"),
    ("/concurrent/", "event loop and threads"),
)


class Sampler:
    """Books processor time on parts and, finer, on functions and threads."""

    def __init__(self) -> None:
        self.booked: dict[str, Counter[str]] = {name: Counter() for name in ("parts", "threads", "functions")}
        self._used: dict[int, int] = {}

    def start(self, *_: object) -> None:
        self._book(None, None)
        for counter in self.booked.values():
            counter.clear()
        signal.signal(signal.SIGPROF, self._book)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _book(self, _signal: object, here: FrameType | None) -> None:
        frames = sys._current_frames()
        for thread in threading.enumerate():
            if thread.ident is None:
                continue
            try:
                now = time.clock_gettime_ns(time.pthread_getcpuclockid(thread.ident))
            except OSError:  # it has just ended
                continue
            used = now - self._used.get(thread.ident, now)
            self._used[thread.ident] = now
            if used > 0:
                part, function = place(here if thread is threading.main_thread() else frames.get(thread.ident))
                self.booked["parts"][part] += used
                self.booked["functions"][function] += used
                self.booked["threads"][thread.name.rstrip("0123456789_")] += used


def place(frame: FrameType | None) -> tuple[str, str]:
    """The part a stack belongs to, and the innermost known function."""
    while frame is not None:
        path = frame.f_code.co_filename
        for fragment, part in PARTS:
            if fragment in path:
                return part, f"{'/'.join(Path(path).parts[-2:])}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return "other", "other"


def report(path: Path, functions: int = 25) -> str:
    """The shares as text."""
    booked = json.loads(path.read_text())
    total = sum(booked["parts"].values())
    lines = []
    for title, most in (("parts", None), ("threads", None), ("functions", functions)):
        lines.append(f"{title}:")
        for name, used in Counter(booked[title]).most_common(most):
            lines.append(f"  {100 * used / total:5.1f} %  {name}")
    return "\n".join(lines)


def main() -> None:
    from server.cli import serve

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn stops by it, and then sends it once more
    sampler = Sampler()
    signal.signal(BEGIN, sampler.start)
    try:
        serve()
    finally:
        sampler.stop()
        Path(sys.argv[1]).write_text(json.dumps(sampler.booked))


if __name__ == "__main__":
    main()
