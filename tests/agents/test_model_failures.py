"""What each failure of a call means for the calls to come, in the words of each client."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType

import groq
import httpx
import openai
import pytest

from agents.model.failures import (
    BUSY_PAUSE_SECONDS,
    REFUSED_PAUSE_SECONDS,
    SLOW_PAUSE_SECONDS,
    Failure,
    failure_of,
)
from tools.breaker import Breaker

CLIENTS = [groq, openai]
REQUEST = httpx.Request("POST", "http://127.0.0.1/v1/chat/completions")
STATUS_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "APIStatusError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    413: "APIStatusError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    498: "APIStatusError",
    500: "InternalServerError",
    503: "InternalServerError",
    529: "InternalServerError",
}


def answered(client: ModuleType, status: int, retry_after: str | None = None) -> Exception:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    response = httpx.Response(status, headers=headers, request=REQUEST)
    error: Exception = getattr(client, STATUS_ERRORS[status])("KANARI", response=response, body={"error": {}})
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("status", "passes", "pause", "counts"),
    [
        (400, False, None, False),
        (401, False, REFUSED_PAUSE_SECONDS, True),
        (402, False, REFUSED_PAUSE_SECONDS, True),
        (403, False, REFUSED_PAUSE_SECONDS, True),
        (404, False, REFUSED_PAUSE_SECONDS, True),
        (413, False, None, False),
        (422, False, None, False),
        (429, False, BUSY_PAUSE_SECONDS, True),
        (498, False, BUSY_PAUSE_SECONDS, True),
        (500, True, None, True),
        (503, True, None, True),
        (529, True, None, True),
    ],
)
def test_an_answer_with_a_status(
    client: ModuleType, status: int, passes: bool, pause: float | None, counts: bool
) -> None:
    assert failure_of(answered(client, status)) == (STATUS_ERRORS[status], status, passes, pause, counts)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("30", 30),
        ("7.66", 7.66),
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", BUSY_PAUSE_SECONDS),
        ("", BUSY_PAUSE_SECONDS),
        ("nan", BUSY_PAUSE_SECONDS),
        ("inf", BUSY_PAUSE_SECONDS),
        ("Wed, 99 Oct 2037", BUSY_PAUSE_SECONDS),
    ],
)
def test_a_request_to_stay_away(client: ModuleType, retry_after: str, pause: float) -> None:
    assert failure_of(answered(client, 429, retry_after)).pause == pause


def test_a_date_to_come_back() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=45), usegmt=True)
    assert failure_of(answered(groq, 429, then)).pause == pytest.approx(45, abs=2)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_connection_that_broke_or_waited_in_vain(client: ModuleType) -> None:
    """As the clients wrap it, and as they let it through while a stream is read."""
    for slow in (
        caused(client.APITimeoutError(request=REQUEST), httpx.ReadTimeout("KANARI")),
        httpx.ReadTimeout("KANARI"),
        TimeoutError(),
    ):
        assert failure_of(slow) == Failure(type(slow).__name__, None, pause=SLOW_PAUSE_SECONDS)
    by_way_of_langchain = caused(client.APIConnectionError(request=REQUEST), httpx.ConnectError("KANARI"))
    for broken in (
        caused(client.APIConnectionError(request=REQUEST), httpx.ConnectError("KANARI")),
        caused(client.APIConnectionError(request=REQUEST), by_way_of_langchain),
        httpx.RemoteProtocolError("KANARI"),
    ):
        assert failure_of(broken) == Failure(type(broken).__name__, None, passes=True)


@pytest.mark.parametrize(
    "error",
    [
        groq.APIError("KANARI", request=REQUEST, body=None),
        openai.APIError("KANARI", request=REQUEST, body=None),
        ValueError("KANARI"),
        RecursionError(),
        NotImplementedError(),
    ],
)
def test_whatever_else(error: Exception) -> None:
    """Neither tried again nor a reason to stay away at once."""
    assert failure_of(error) == Failure(type(error).__name__, None)


def test_a_provider_that_lets_the_libraries_error_through() -> None:
    response = httpx.Response(503, request=REQUEST)
    assert failure_of(httpx.HTTPStatusError("KANARI", request=REQUEST, response=response)).passes


@pytest.mark.parametrize(("status", "is_open"), [(400, False), (413, False), (503, False), (429, True), (401, True)])
def test_the_breaker_hears_of_it(status: int, is_open: bool) -> None:
    breaker = Breaker(failures=3)
    for _ in range(2):
        failure_of(answered(openai, status)).tell(breaker)
    assert breaker.is_open is is_open
    failure_of(answered(openai, status)).tell(breaker)
    assert breaker.is_open is (status not in {400, 413})
