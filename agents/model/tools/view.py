"""What a tool sees, and what it finds."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from agents.application import Application
from agents.consulting import Reference
from agents.knowledge import Knowledge
from agents.speaking import Line
from agents.understanding.stated import Stated, stated_figures
from kb.policy import Policy


class NotForThis(Exception):
    """A tool was called with what nobody has stated. The text is for the model and holds nothing personal."""


class Arguments(BaseModel):
    """Of a tool: nothing beside what is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class View:
    """All that a tool can reach: rules, clauses, and a copy of the one application that the question is about."""

    knowledge: Knowledge
    policy: Policy
    today: date
    application: Application
    stated: Stated  # by the customer's message


@dataclass(frozen=True, slots=True)
class Result:
    """Something found. `shown` is what the model gets of it beside the id: nothing personal, no figure of a decision.

    `lines` are what the customer is told of it.
    """

    id: str
    shown: dict[str, Any]
    lines: tuple[Line, ...]


class Lookup(NamedTuple):
    """A tool before it is bound to a question. `look` may raise NotForThis."""

    description: str
    arguments: type[Arguments]
    look: Callable[[View, Any], Awaitable[list[Result]]]


def view_of(reference: Reference, application: Application, masked: str) -> View:
    """The view for one question. `masked` is the customer's message without placeholders."""
    return View(reference.knowledge, reference.policy, reference.today, deepcopy(application), stated_figures(masked))
