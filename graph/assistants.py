"""The assistants this house hosts. What differs between them is here; everything else is shared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langgraph.graph import StateGraph

from agents import loan_view
from agents.reviewing import case_view
from graph import loan


@dataclass(frozen=True, slots=True)
class Assistant:
    """A conversation graph and how the outside sees its state.

    opening    the first words of a session
    view       the state's public face, e.g. `{"loan_application": …, "awaiting": …}`; of an empty state too
    shown      what one node changed, safe to show
    decision   the decision record in the state, if the assistant makes decisions
    review     what waits for a person in the state, if anything does
    """

    name: str
    builder: Callable[[], StateGraph[Any, Any, Any, Any]]
    opening: Callable[[], str]
    view: Callable[[dict[str, Any]], dict[str, Any]]
    shown: Callable[[dict[str, Any]], dict[str, Any]]
    decision: Callable[[dict[str, Any]], dict[str, Any] | None]
    review: Callable[[dict[str, Any]], dict[str, Any] | None]


LOAN = Assistant(
    name="loan",
    builder=loan.builder,
    opening=loan_view.opening,
    view=loan_view.view,
    shown=loan_view.shown,
    decision=loan_view.decision,
    review=case_view.review_case,
)
