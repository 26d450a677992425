"""The assistants this house hosts. What differs between them is here; everything else is shared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langgraph.graph import StateGraph

from agents import loan_view
from agents.context import Context
from agents.hedge_fund_guy import view as guy_view
from agents.hedge_fund_guy.context import GuyContext
from agents.reviewing import case_view
from agents.turn_context import TurnContext
from graph import hedge_fund_guy, loan


@dataclass(frozen=True, slots=True)
class Assistant:
    """A conversation graph and how the outside sees its state.

    context    the context class of its turns
    opening    the first words of a session of that id
    view       the state's public face, e.g. `{"loan_application": …, "awaiting": …}`; of an empty state too
    shown      what one node changed, safe to show
    decision   the decision record in the state, if the assistant makes decisions
    review     what waits for a person in the state, if anything does
    in_review  whether a person was waited for, by the public face of the state
    """

    name: str
    builder: Callable[[], StateGraph[Any, Any, Any, Any]]
    context: type[TurnContext[Any]]
    opening: Callable[[str], str]
    view: Callable[[dict[str, Any]], dict[str, Any]]
    shown: Callable[[dict[str, Any]], dict[str, Any]]
    decision: Callable[[dict[str, Any]], dict[str, Any] | None]
    review: Callable[[dict[str, Any]], dict[str, Any] | None]
    in_review: Callable[[dict[str, Any]], bool]


def _nothing(_state: dict[str, Any]) -> None:
    """Of an assistant that decides nothing and needs nobody's review."""


def _never(_seen: dict[str, Any]) -> bool:
    return False


LOAN = Assistant(
    name="loan",
    builder=loan.builder,
    context=Context,
    opening=loan_view.opening,
    view=loan_view.view,
    shown=loan_view.shown,
    decision=loan_view.decision,
    review=case_view.review_case,
    in_review=loan_view.in_review,
)

HEDGE_FUND_GUY = Assistant(
    name="hedge_fund_guy",
    builder=hedge_fund_guy.builder,
    context=GuyContext,
    opening=guy_view.opening,
    view=guy_view.view,
    shown=guy_view.shown,
    decision=_nothing,
    review=_nothing,
    in_review=_never,
)

ASSISTANTS = {assistant.name: assistant for assistant in (LOAN, HEDGE_FUND_GUY)}
