"""A chat model with an end: every call is bounded in time and tries, and every way it can fail is one exception."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import cast

import httpx
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.constants import TAG_NOSTREAM
from pydantic import SecretStr

from agents.model.asking import Ask, Call, ModelFailed, Tool
from agents.model.connections import closing_responses, open_connections
from agents.model.failures import Failure, failure_of
from agents.model.providers import finish_of, is_whole, open_chat
from tools.breaker import Breaker

log = logging.getLogger("esoteric.model")


class LanguageModel:
    """A Model behind LangChain's interface: calls of tools are read whole, words as they are written.

    Neither shows its tokens in the graph's message stream: what a customer sees has been checked first.

    What a provider's package raises is its own, and an answer of another shape than agreed surfaces as whatever the
    first reader of it stumbles over. So all of it is caught where a call is made, and `failure_of` sorts it.
    """

    def __init__(
        self,
        name: str,
        chat: BaseChatModel,
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
        choice = next(iter(names)) if len(names) == 1 else "any"
        deadline = self._deadline(ask.seconds)
        tries_left = 2
        while tries_left:
            tries_left -= 1
            try:
                bound = self._whole.bind_tools(list(tools), tool_choice=choice)
                async with closing_responses(), self._at_most_until(deadline):
                    answer = await bound.ainvoke(ask.messages, _config(ask))
                break
            except Exception as error:  # noqa: BLE001  see the class
                failure = failure_of(error)
                if not tries_left or not failure.passes:
                    raise self._failed(failure) from None
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
                        finish = finish_of(chunk.response_metadata) or finish
                        yield str(chunk.text)
                break
            except Exception as error:  # noqa: BLE001  see the class
                failure = failure_of(error)
                if begun or not tries_left or not failure.passes:
                    raise self._failed(failure) from None
        self._breaker.succeeded()
        if not is_whole(finish):
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

    def _failed(self, failure: Failure) -> ModelFailed:
        failure.tell(self._breaker)
        log.warning("model.failed", extra={"kind": failure.kind, "model_status": failure.status})
        return ModelFailed(failure.kind)  # the embedded default goes on


def open_model(
    name: str,
    *,
    api_key: SecretStr | None,
    base_url: str | None,
    call_seconds: float,
    breaker: Breaker | None = None,
    tls: ssl.SSLContext | None = None,
    callbacks: Sequence[BaseCallbackHandler] = (),
) -> LanguageModel:
    """The model of a name like `groq:openai/gpt-oss-20b`; see `open_chat`. `call_seconds` bounds each call as a whole.

    `base_url` None is the provider's own address. Raises NoProvider.
    """
    provider, _, model_name = name.partition(":")
    tls = tls or httpx.create_ssl_context()
    connections = open_connections(call_seconds, tls)
    chat = open_chat(
        provider,
        model_name,
        api_key=api_key,
        base_url=base_url,
        seconds=call_seconds,
        connections=connections,
        tls=tls,
        callbacks=callbacks,
    )
    return LanguageModel(name, chat, connections, call_seconds=call_seconds, breaker=breaker)


def _config(ask: Ask) -> RunnableConfig:
    written = {"prompt": ask.prompt.name, "prompt_sha256": ask.prompt.sha256}
    return RunnableConfig(tags=[TAG_NOSTREAM], run_name=ask.purpose, metadata=written)
