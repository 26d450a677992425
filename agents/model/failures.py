"""What a failed call of a model means for the calls to come, whoever the provider is.

The clients of Groq, OpenAI and others are made by one generator: an error of theirs has a `status_code` and the
`response`, or was raised from an error of the HTTP library, at times by way of LangChain's error. Some let that through
as it is, most of all while a stream is read.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx

from tools.breaker import Breaker

SLOW_PAUSE_SECONDS = 10.0  # so that a turn which waited in vain to understand does not wait again to speak
BUSY_PAUSE_SECONDS = 30.0
REFUSED_PAUSE_SECONDS = 120.0
_BUSY = frozenset({429, 498})
_REFUSED = frozenset({401, 402, 403, 404})
_THIS_MESSAGE = frozenset({400, 413, 422})


class Failure(NamedTuple):
    """A failed call.

    kind    the error's type: a word for the log that quotes nobody
    status  of the HTTP answer, if there was one
    passes  a broken connection or a 5xx, which may be gone at once
    pause   seconds for which the provider is left alone; None: only if failures go on
    counts  False where the message was refused, not the service down
    """

    kind: str
    status: int | None
    passes: bool = False
    pause: float | None = None
    counts: bool = True

    def tell(self, breaker: Breaker) -> None:
        if self.counts:
            breaker.failed(pause=self.pause)


def failure_of(error: Exception) -> Failure:
    kind, response = type(error).__name__, getattr(error, "response", None)
    status = getattr(error, "status_code", getattr(response, "status_code", None))
    if isinstance(status, int):
        if status in _BUSY:
            return Failure(kind, status, pause=_wished_pause(response))
        if status in _REFUSED:
            return Failure(kind, status, pause=REFUSED_PAUSE_SECONDS)
        return Failure(kind, status, passes=status >= 500, counts=status not in _THIS_MESSAGE)
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes):
        return Failure(kind, None, pause=SLOW_PAUSE_SECONDS)
    return Failure(kind, None, passes=any(isinstance(cause, httpx.TransportError) for cause in causes))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _wished_pause(response: Any) -> float:
    """What Retry-After asks for: seconds, or a date."""
    wished = str(getattr(response, "headers", {}).get("retry-after", ""))
    try:
        seconds = float(wished)
    except ValueError:
        seconds = _until(wished)
    return max(seconds, 0.0) if math.isfinite(seconds) else BUSY_PAUSE_SECONDS


def _until(date: str) -> float:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return (then.replace(tzinfo=then.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
