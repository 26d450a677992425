"""Edges of the graphs."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

StateT = TypeVar("StateT")


def at_once(route: Callable[[StateT], str]) -> Callable[[StateT], Awaitable[str]]:
    """A route as LangGraph runs it in place; a plain function it would send to a thread and back, at every edge."""

    @wraps(route)
    async def run(state: StateT) -> str:
        return route(state)

    return run
