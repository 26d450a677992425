"""What passes between the nodes of one turn: the reading of the customer's message and what is to be said."""

from typing import Any

from langchain_core.messages import AnyMessage
from typing_extensions import TypedDict

from agents.application import Application
from agents.speaking import Line
from agents.understanding.reading import Facts, Intent

STATE_VERSION = 2


class Understood(TypedDict, total=False):
    """This turn's reading. An agent takes out of it what it used, so that no later one uses it again."""

    text: str
    asked: str | None
    intent: Intent | None
    facts: Facts
    heard: str
    upload: dict[str, Any] | None
    act: dict[str, Any] | None


class TurnState(TypedDict, total=False):
    """The slice of the state that every agent sees."""

    messages: list[AnyMessage]
    application: Application
    understood: Understood
    said: list[Line]
    version: int


class TurnUpdate(TypedDict, total=False):
    """What a node changed: only the fields of its own part of the application, and what it wants said."""

    messages: list[AnyMessage]
    application: Application
    understood: Understood
    said: list[Line]
    version: int


def without(understood: Understood, *slots: str, intent: bool = False) -> Understood:
    """The reading less the facts in `slots` (and its intent), which have been used."""
    facts: dict[str, Any] = {slot: value for slot, value in understood.get("facts", {}).items() if slot not in slots}
    left = Understood(**{**understood, "facts": facts})  # type: ignore[typeddict-item]
    if intent:
        left["intent"] = None
    return left
