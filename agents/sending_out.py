"""Sending out: a reply leaves as it is made, whichever assistant's; what stands of it in the end is kept."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from langgraph.runtime import Runtime

from agents.turn_context import TurnContext

ContextT = TypeVar("ContextT", bound=TurnContext[Any])


async def send_out(chunks: AsyncIterator[str | None], runtime: Runtime[ContextT]) -> str:
    """The text, after each chunk has gone to the turn's listener and to LangGraph's `custom` stream.

    There a chunk is `{"chunk": text}`; None takes back what was said so far, `{"reset": true}`.
    """
    text, listener = "", runtime.context.listener
    async for chunk in chunks:
        if chunk is None:
            text = ""
            runtime.stream_writer({"reset": True})
            if listener:
                listener.taken_back()
        else:
            text += chunk
            runtime.stream_writer({"chunk": chunk})
            if listener:
                listener.said(chunk)
    return text
