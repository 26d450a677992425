"""The hedge fund guy as a graph: hear and note → ask the knowledge base → deliver a complete lead → say it his way."""

from typing import Annotated, Any, Literal, cast

from langchain_core.messages import AnyMessage
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.delivery import delivery, is_due
from agents.hedge_fund_guy.knowledge import knowledge
from agents.hedge_fund_guy.lead import lead
from agents.hedge_fund_guy.persona import persona
from agents.hedge_fund_guy.turn import Answer, Heard, Lead, Talk
from graph.announcing import announced
from graph.edges import at_once
from graph.state import windowed_messages

OPINIONS = frozenset({"market", "advice"})  # intents that the knowledge base is asked for


def merged_lead(current: Lead | None, new: Lead) -> Lead:
    """A node, and a form in Studio, gives only what it changes."""
    return cast(Lead, {**(current or {}), **new})


def merged_talk(current: Talk | None, new: Talk) -> Talk:
    return cast(Talk, {**(current or {}), **new})


class GuyState(TypedDict, total=False):
    """What the nodes share; everything personal is nested, as in the loan's state.

    messages  the last 50
    lead      who it is
    talk      what was said so far
    heard     this turn's message and what was read from it, cleared at its end
    answer    what this turn's nodes want said, cleared at its end
    version   of this shape
    """

    messages: Annotated[list[AnyMessage], windowed_messages]
    lead: Annotated[Lead, merged_lead]
    talk: Annotated[Talk, merged_talk]
    heard: Heard
    answer: Answer
    version: int


class GuyInput(TypedDict):
    """The input of a turn: `{"messages": [{"role": "user", "content": "..."}]}`."""

    messages: Annotated[list[AnyMessage], windowed_messages]


def after_lead(state: GuyState) -> Literal["knowledge", "delivery", "persona"]:
    return "knowledge" if state["heard"]["reading"]["intent"] in OPINIONS else after_knowledge(state)


def after_knowledge(state: GuyState) -> Literal["delivery", "persona"]:
    return "delivery" if is_due(state["lead"]) else "persona"


def builder() -> StateGraph[GuyState, GuyContext, GuyInput, GuyState]:
    """The wiring. The server compiles it with its checkpointer, Studio without."""
    guy: StateGraph[GuyState, GuyContext, GuyInput, Any] = StateGraph(
        GuyState, input_schema=GuyInput, context_schema=GuyContext
    )
    guy.add_node("lead", announced("lead", lead))
    guy.add_node("knowledge", announced("knowledge", knowledge))
    guy.add_node("delivery", announced("delivery", delivery))
    guy.add_node("persona", announced("persona", persona))

    guy.add_edge(START, "lead")
    guy.add_conditional_edges("lead", at_once(after_lead))
    guy.add_conditional_edges("knowledge", at_once(after_knowledge))
    guy.add_edge("delivery", "persona")
    guy.add_edge("persona", END)
    return guy


graph = builder().compile(name="hedge_fund_guy")
