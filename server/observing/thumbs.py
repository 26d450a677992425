"""Customers' thumbs, told to LangSmith: behind the answer, in a thread of its own that holds up neither turn nor exit.

They wait in memory only: the database has them, and one that did not arrive is counted.
"""

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from langsmith.utils import LangSmithConflictError

from server.observing.masked_client import MaskedClient
from server.store.feedback import Thumb

KEY: Final = "thumb"
SCORES: Final[dict[Thumb, int]] = {"up": 1, "down": 0}
MOST_WAITING: Final = 1000
TRIES: Final = 3  # the run itself may arrive a moment later


class _Given(NamedTuple):
    run_id: UUID
    thumb: Thumb


class Thumbs:
    """`count` hears of each thumb how it went: `sent`, `lost`, or `unsampled` when its run was not traced."""

    def __init__(
        self, client: MaskedClient, project: str, count: Callable[[str], None], on_error: Callable[[Exception], None]
    ) -> None:
        self._client = client
        self._project = project
        self._project_id: UUID | None = None
        self._count = count
        self._on_error = on_error
        self._waiting: Queue[_Given | None] = Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="thumbs", daemon=True)
        self._thread.start()

    def send(self, run_id: str, thumb: Thumb) -> None:
        """Of the root run of a turn; a later one replaces it. Returns at once."""
        given = _Given(UUID(run_id), thumb)
        if not self._client.takes(given.run_id):
            self._count("unsampled")
            return
        try:
            self._waiting.put_nowait(given)
        except Full:
            self._count("lost")

    def close(self, seconds: float) -> None:
        """Send what waits, for so long; the rest is lost."""
        with contextlib.suppress(Full):  # then the thread waits for LangSmith, and so would we
            self._waiting.put(None, timeout=seconds)
            self._thread.join(seconds)
        with contextlib.suppress(Empty):
            while True:
                if self._waiting.get_nowait() is not None:
                    self._count("lost")

    def _work(self) -> None:
        while (given := self._waiting.get()) is not None:
            try:
                self._tell(given)
            except Exception as error:  # noqa: BLE001  whatever LangSmith answers, the next one is tried
                self._on_error(error)
                self._count("lost")
            else:
                self._count("sent")

    def _tell(self, given: _Given) -> None:
        if self._project_id is None:  # there from the first trace on
            self._project_id = self._client.read_project(project_name=self._project).id
        score, feedback_id = SCORES[given.thumb], uuid5(given.run_id, KEY)
        try:
            # Without `trace_id`, so that it is sent here and now, and we hear how it went.
            self._client.create_feedback(
                given.run_id,
                KEY,
                score=score,
                feedback_id=feedback_id,
                session_id=self._project_id,
                stop_after_attempt=TRIES,
                extend_trace_retention=False,  # nobody's trace is kept longer for a thumb
            )
        except LangSmithConflictError:  # one of before, that is replaced
            self._client.update_feedback(feedback_id, score=score)
