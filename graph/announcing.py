"""Nodes tell when they start, finish or fail, straight to whoever listens to the turn.

LangGraph's own streams would tell as well; per turn they cost about a sixth of the processor time of the whole turn.
"""

from collections.abc import Awaitable
from functools import wraps
from typing import Any, Protocol, TypeVar

from langgraph.runtime import Runtime

from agents.turn_context import TurnContext

StateT = TypeVar("StateT", contravariant=True)
ContextT = TypeVar("ContextT", bound=TurnContext[Any])
UpdateT = TypeVar("UpdateT", covariant=True)


class Node(Protocol[StateT, ContextT, UpdateT]):
    """An agent as LangGraph calls it."""

    def __call__(self, state: StateT, *, runtime: Runtime[ContextT]) -> Awaitable[UpdateT]: ...


def announced(name: str, node: Node[StateT, ContextT, UpdateT]) -> Node[StateT, ContextT, UpdateT]:
    """The node as it is, heard by the turn's listener."""

    @wraps(node)
    async def run(state: StateT, runtime: Runtime[ContextT]) -> UpdateT:
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
