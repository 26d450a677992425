"""ChatGroq with an end: every call is bounded in time and tries, and every way it can fail is one exception."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, cast

import groq
import httpx
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langchain_groq import ChatGroq
from langgraph.constants import TAG_NOSTREAM
from pydantic import SecretStr

from agents.model.asking import Ask, Call, ModelFailed, Tool
from agents.model.connections import closing_responses, open_connections
from tools.breaker import Breaker

log = logging.getLogger("esoteric.model")

ANSWER_TOKENS = 1024
SLOW_PAUSE_SECONDS = 10.0  # so that a turn which waited in vain to understand does not wait again to speak
BUSY_PAUSE_SECONDS = 30.0
REFUSED_PAUSE_SECONDS = 120.0
_BUSY = frozenset({429, 498})
_REFUSED = frozenset({401, 403, 404})

# What Groq's client, the HTTP library under it and LangChain raise. An answer of another shape than agreed surfaces as
# whatever the first reader of it stumbles over, hence the built-in ones.
_FAILURES = (
    groq.GroqError,
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    OutputParserException,
    TimeoutError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)


class LanguageModel:
    """A Model behind LangChain's interface: calls of tools are read whole, words as they are written.

    Neither shows its tokens in the graph's message stream: what a customer sees has been checked first.
    """

    def __init__(
        self,
        name: str,
        chat: ChatGroq,
        connections: httpx.AsyncClient,
        *,
        call_seconds: float,
        breaker: Breaker | None = None,
    ) -> None:
        self.name = name
        self._chat = chat
        self.connections = connections
        # Never streamed, even where the graph's messages are: half a tool call is of no use to anybody.
        self._whole = chat.model_copy(update={"disable_streaming": True})
        self._call_seconds = call_seconds
        self._breaker = breaker or Breaker()
        self._waits: set[asyncio.Timeout] = set()
        self._given_up = False

    @property
    def is_available(self) -> bool:
        """Whether a call would be tried at all."""
        return not (self._given_up or self._breaker.is_open)

    def give_up(self) -> None:
        """The process ends: the calls under way fail at once, as after their time, and no other is made."""
        self._given_up = True
        for wait in self._waits:
            with suppress(RuntimeError):  # over just now
                wait.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        await self.connections.aclose()

    async def call(self, ask: Ask, tools: Sequence[Tool]) -> list[Call]:
        self._refuse_while_open()
        names = {tool.name if isinstance(tool, BaseTool) else tool.__name__ for tool in tools}
        bound = self._whole.bind_tools(list(tools), tool_choice=next(iter(names)) if len(names) == 1 else "any")
        try:
            async with closing_responses(), self._at_most_until(self._deadline(ask.seconds)):
                answer = await _once_more(lambda: bound.ainvoke(ask.messages, _config(ask)))
        except _FAILURES as error:
            raise self._failed(error) from None
        self._breaker.succeeded()
        if not isinstance(answer, AIMessage) or not answer.tool_calls or answer.invalid_tool_calls:
            raise ModelFailed("no_tool_call")
        calls = [Call(call["name"], call["args"], call["id"] or "") for call in answer.tool_calls]
        if any(call.name not in names for call in calls):
            raise ModelFailed("unknown_tool")
        return calls

    async def write(self, ask: Ask) -> AsyncGenerator[str]:
        self._refuse_while_open()
        deadline = self._deadline(ask.seconds)
        finish = None
        tries_left = 2
        while tries_left:
            tries_left -= 1
            begun = False
            try:
                stream = cast(AsyncGenerator[AIMessageChunk], self._chat.astream(ask.messages, _config(ask)))
                async with closing_responses(), aclosing(stream) as chunks:
                    while (chunk := await self._next(chunks, deadline)) is not None:
                        begun = True
                        finish = chunk.response_metadata.get("finish_reason") or finish
                        yield str(chunk.text)
                break
            except _FAILURES as error:
                if begun or not tries_left or not _is_hiccup(error):
                    raise self._failed(error) from None
        self._breaker.succeeded()
        if finish != "stop":
            raise ModelFailed("cut_off")

    def _deadline(self, seconds: float) -> float:
        return asyncio.get_running_loop().time() + min(seconds, self._call_seconds)

    @asynccontextmanager
    async def _at_most_until(self, deadline: float) -> AsyncIterator[None]:
        """Raises TimeoutError."""
        async with asyncio.timeout_at(deadline) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)

    async def _next(self, chunks: AsyncIterator[AIMessageChunk], deadline: float) -> AIMessageChunk | None:
        async with self._at_most_until(deadline):
            return await anext(chunks, None)

    def _refuse_while_open(self) -> None:
        if not self.is_available:
            raise ModelFailed("resting")

    def _failed(self, error: Exception) -> ModelFailed:
        code = type(error).__name__
        status = error.status_code if isinstance(error, groq.APIStatusError) else None
        if status in _BUSY:
            self._breaker.failed(pause=_wished_pause(cast(groq.APIStatusError, error)))
        elif status in _REFUSED:
            self._breaker.failed(pause=REFUSED_PAUSE_SECONDS)
        elif isinstance(error, TimeoutError | groq.APITimeoutError | httpx.TimeoutException):
            self._breaker.failed(pause=SLOW_PAUSE_SECONDS)
        elif status not in {400, 413, 422}:  # those are about this one message
            self._breaker.failed()
        log.warning("model.failed", extra={"kind": code, "model_status": status})  # the embedded default goes on
        return ModelFailed(code)


def open_model(
    *,
    api_key: SecretStr,
    model_name: str,
    base_url: str,
    call_seconds: float,
    breaker: Breaker | None = None,
    tls: ssl.SSLContext | None = None,
    callbacks: Sequence[BaseCallbackHandler] = (),
) -> LanguageModel:
    """A client for `base_url` (with or without Groq's `/openai/v1`). `call_seconds` bounds each call as a whole."""
    tls = tls or httpx.create_ssl_context()
    connections = open_connections(call_seconds, tls)
    chat = ChatGroq(
        model_name=model_name,
        api_key=api_key,
        base_url=base_url.rstrip("/").removesuffix("/openai/v1"),
        timeout=call_seconds,
        http_async_client=connections,
        http_client=httpx.Client(verify=tls),  # never used; ChatGroq would load the certificates once more for it
        max_retries=0,  # the client's own would sleep as long as a Retry-After says
        max_tokens=ANSWER_TOKENS,
        callbacks=list(callbacks),
        temperature=0.2,
        # A model that reasons would otherwise spend all its tokens on it. Others refuse the parameter.
        reasoning_effort="low" if "gpt-oss" in model_name else None,
    )
    return LanguageModel(f"groq:{model_name}", chat, connections, call_seconds=call_seconds, breaker=breaker)


async def _once_more(call: Callable[[], Any]) -> Any:
    """The call's answer, tried again once when the service had a hiccup."""
    try:
        return await call()
    except (groq.InternalServerError, groq.APIConnectionError, httpx.TransportError) as error:
        if not _is_hiccup(error):
            raise
    return await call()


def _is_hiccup(error: Exception) -> bool:
    """A broken connection or a 5xx, which may be gone at once; neither a timeout nor a request to stay away."""
    if isinstance(error, groq.APITimeoutError | httpx.TimeoutException):
        return False
    if isinstance(error, groq.APIStatusError):
        return error.status_code >= 500
    return isinstance(error, groq.APIConnectionError | httpx.TransportError)


def _wished_pause(error: groq.APIStatusError) -> float:
    wished = error.response.headers.get("retry-after", "")
    return float(wished) if wished.isdecimal() and len(wished) < 6 else BUSY_PAUSE_SECONDS


def _config(ask: Ask) -> RunnableConfig:
    written = {"prompt": ask.prompt.name, "prompt_sha256": ask.prompt.sha256}
    return RunnableConfig(tags=[TAG_NOSTREAM], run_name=ask.purpose, metadata=written)
