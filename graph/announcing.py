"""Nodes tell when they start, finish or fail, straight to whoever listens to the turn.

LangGraph's own streams would tell as well; per turn they cost about a sixth of the processor time of the whole turn.
"""

from collections.abc import Awaitable
from functools import wraps
from typing import Protocol

from langgraph.runtime import Runtime

from agents.context import Context
from agents.turn import TurnState, TurnUpdate


class Node(Protocol):
    """An agent as LangGraph calls it."""

    def __call__(self, state: TurnState, *, runtime: Runtime[Context]) -> Awaitable[TurnUpdate]: ...


def announced(name: str, node: Node) -> Node:
    """The node as it is, heard by the turn's listener."""

    @wraps(node)
    async def run(state: TurnState, runtime: Runtime[Context]) -> TurnUpdate:
        listener = runtime.context.listener
        if listener is None:
            return await node(state, runtime=runtime)
        listener.node(name, "started")
        try:
            update = await node(state, runtime=runtime)
        except Exception:
            listener.node(name, "failed")
            raise
        listener.node(name, "finished", update)
        return update

    return run
