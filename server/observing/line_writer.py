"""Log lines on their way out, on a thread of their own.

Whoever reads standard output may stop reading; a pipe then blocks, and with it whatever writes to it. Here that costs
lines, which are counted, and never a turn.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import TextIO

MOST_WAITING = 10_000
EVERY_SECONDS = 0.1  # woken for every line, the thread would cost more than the lines
LAST_SECONDS = 2.0


class LineWriter:
    """Takes lines at once and writes them soon. `line_dropped` is called for every line that found no room."""

    def __init__(self, stream: TextIO, most: int = MOST_WAITING) -> None:
        self._stream = stream
        self._most = most
        self._lines: deque[str] = deque()
        self._hurry = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self.line_dropped: Callable[[], None] = lambda: None
        threading.Thread(target=self._serve, name="log", daemon=True).start()

    def write(self, line: str, *, hurry: bool = False) -> None:
        if len(self._lines) >= self._most:
            self.line_dropped()
            return
        self._idle.clear()
        self._lines.append(line)
        if hurry:
            self._hurry.set()

    def flush(self) -> None:
        """Wait until all is written, but not for long."""
        self._hurry.set()
        self._idle.wait(LAST_SECONDS)

    def _serve(self) -> None:
        while True:
            self._hurry.wait(EVERY_SECONDS)
            self._hurry.clear()
            if not self._lines:
                self._idle.set()
                continue
            together = "".join(self._lines.popleft() for _ in range(len(self._lines)))
            try:
                self._stream.write(together)
                self._stream.flush()
            except (OSError, ValueError):
                continue  # nobody reads any more, or the stream is closed
            finally:
                if not self._lines:
                    self._idle.set()
