"""A customer's thumb on an answer: kept, counted, and told to LangSmith where the answer was traced."""

from server.observing.metrics import Metrics
from server.observing.thumbs import Thumbs
from server.store.feedback import Feedback, Given, Thumb


class FeedbackDesk:
    """`thumbs` is None where nothing is traced."""

    def __init__(self, feedback: Feedback, metrics: Metrics, thumbs: Thumbs | None) -> None:
        self._feedback = feedback
        self._metrics = metrics
        self._thumbs = thumbs

    async def take(self, session_id: str, thumb: Thumb, *, message_id: str | None, run_id: str | None) -> Given:
        """Raises UnknownAnswer."""
        given = await self._feedback.keep(session_id, thumb, message_id=message_id, run_id=run_id)
        if given.before != thumb:
            self._metrics.thumb(thumb)
        if self._thumbs is not None:  # also the same again: the first may have been lost on its way
            self._thumbs.send(given.run_id, thumb)
        return given
