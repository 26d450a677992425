"""One question to a provider over HTTP, with an end: bounded in time, tries and size, and read with suspicion.

Questions travel in the body of a POST, never in the address. Every way a call can go wrong is one of two exceptions:
no answer (ProviderUnavailable, try later) or one that cannot be believed (UnusableAnswer, a person must look).
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from tools.breaker import Breaker
from tools.providers.protocols import ProviderUnavailable, UnusableAnswer
from tools.providers.strict_json import NotJson, strict_json

log = logging.getLogger("esoteric.providers")

CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS, POOL_SECONDS = 1.5, 4.0, 2.0, 1.0
CONNECTIONS = 32
MOST_BYTES = 64 * 1024
TRIES = 2
BUSY_PAUSE_SECONDS = 30.0
SLOW_PAUSE_SECONDS = 5.0
REFUSED_PAUSE_SECONDS = 120.0
_BUSY = frozenset({429, 503})
_REFUSED = frozenset({401, 403, 404, 405})
_ABOUT_THE_QUESTION = frozenset({400, 409, 413, 415, 422})

Shape = TypeVar("Shape", bound=BaseModel)
T = TypeVar("T")


class Answer(BaseModel):
    """The base of every answer's shape: no value is converted, what is not named here is not read."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class _Hiccup(Exception):
    """It may be gone at once; the question may have reached the provider. The text is a code."""


class _NotSent(_Hiccup):
    """The question certainly did not reach the provider."""


class _Busy(Exception):
    def __init__(self, status: int, pause: float) -> None:
        super().__init__(str(status))
        self.pause = pause


class _Doubtful(Exception):
    """An answer that cannot be believed; the text is a code."""


def open_connections(token: SecretStr | None = None, tls: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Connections that check certificates, follow no redirect, keep no cookie, take no proxy from the environment."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "esoteric"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token.get_secret_value()}"
    return httpx.AsyncClient(
        headers=headers,
        verify=tls or httpx.create_ssl_context(),
        timeout=httpx.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS, write=WRITE_SECONDS, pool=POOL_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS // 2),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


class HttpProvider:
    """One provider at one address. `name` is what log and metrics call it."""

    def __init__(self, name: str, url: str, connections: httpx.AsyncClient, *, breaker: Breaker | None = None) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._connections = connections
        self._breaker = breaker or Breaker()

    async def within(self, seconds: float, work: Callable[[], Awaitable[T]]) -> T:
        """All of `work`, which asks once or more, in so many seconds. The breaker hears how it went.

        Raises ProviderUnavailable, UnusableAnswer.
        """
        if self._breaker.is_open:
            raise ProviderUnavailable(self.name)
        try:
            async with asyncio.timeout(seconds):
                result = await work()
        except _Doubtful as error:
            raise self._failed(UnusableAnswer(self.name), str(error)) from None
        except _Busy as error:
            raise self._failed(ProviderUnavailable(self.name), str(error), pause=error.pause) from None
        except _Hiccup as error:
            raise self._failed(ProviderUnavailable(self.name), str(error)) from None
        except TimeoutError:
            raise self._failed(ProviderUnavailable(self.name), "slow", pause=SLOW_PAUSE_SECONDS) from None
        self._breaker.succeeded()
        return result

    async def ask(self, path: str, question: dict[str, Any], shape: type[Shape], *, repeatable: bool = True) -> Shape:
        """The answer to one question, in `shape`. Asked again after a hiccup, if it is `repeatable` or never left.

        To be called inside `within`.
        """
        again = _Hiccup if repeatable else _NotSent
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(TRIES), wait=wait_random(0, 0.2), retry=retry_if_exception_type(again), reraise=True
        ):
            with attempt:
                return _in_shape(await self._post(path, question), shape)
        raise AssertionError("tenacity gives an answer or raises")

    def doubt(self, kind: str) -> Exception:
        """What to raise, inside `within`, when an answer in the right shape is not about what was asked."""
        return _Doubtful(kind)

    async def _post(self, path: str, question: dict[str, Any]) -> bytes:
        try:
            async with self._connections.stream("POST", self._url + path, json=question) as response:
                _check_head(response)
                return await _bounded(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _NotSent(type(error).__name__) from None
        except httpx.TimeoutException:
            raise TimeoutError from None
        except httpx.DecodingError as error:
            raise _Doubtful(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise _Hiccup(type(error).__name__) from None

    def _failed(self, error: ProviderUnavailable, kind: str, *, pause: float | None = None) -> ProviderUnavailable:
        self._breaker.failed(pause=pause)
        log.warning("provider.failed", extra={"provider": self.name, "kind": kind})
        return error


def _check_head(response: httpx.Response) -> None:
    status = response.status_code
    if status in _BUSY:
        raise _Busy(status, _wished_pause(response))
    if status in _REFUSED or status < 200 or 300 <= status < 400:
        raise _Busy(status, REFUSED_PAUSE_SECONDS)  # wrong address or token: nothing to hurry for
    if status in _ABOUT_THE_QUESTION:
        raise _Doubtful(str(status))
    if status != 200:
        raise _Hiccup(str(status))
    if response.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Doubtful("media")
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _Doubtful("encoding")


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _Doubtful("size")
    return bytes(body)


def _in_shape(body: bytes, shape: type[Shape]) -> Shape:
    try:
        strict_json(body)
        return shape.model_validate_json(body)  # of JSON, strictness lets dates be written as text
    except NotJson:
        raise _Doubtful("json") from None
    except ValidationError:
        raise _Doubtful("schema") from None


def _wished_pause(response: httpx.Response) -> float:
    wished = response.headers.get("retry-after", "")
    return float(wished) if wished.isdecimal() and len(wished) < 6 else BUSY_PAUSE_SECONDS
