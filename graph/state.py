"""The typed state of a loan conversation, checkpointed at the end of every turn.

Everything personal lives inside the nested channels, never in a top-level scalar: a Postgres checkpoint shows top-level
scalars in plain text.
"""

from typing import Annotated, Any, cast

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from agents.application import Application, merge_application
from agents.speaking import Line
from agents.turn import Understood

MESSAGE_WINDOW = 50  # the guide's figure; the whole conversation is in the transcript


def windowed_messages(current: list[AnyMessage], new: Any) -> list[AnyMessage]:
    """`add_messages`, keeping the last `MESSAGE_WINDOW`."""
    return cast(list[AnyMessage], add_messages(cast(Any, current), new))[-MESSAGE_WINDOW:]


class LoanState(TypedDict, total=False):
    """What the four agents share.

    messages     the last 50 messages, secrets masked
    application  the loan application; nodes return changes, the reducer checks status moves
    understood   this turn's reading, emptied by the agents as they use it and cleared at the turn's end
    said         this turn's lines, spoken and cleared by reply
    version      of this shape, so that an older checkpoint can be told apart
    """

    messages: Annotated[list[AnyMessage], windowed_messages]
    application: Annotated[Application, merge_application]
    understood: Understood
    said: list[Line]
    version: int


class LoanInput(TypedDict):
    """The input of a turn: `{"messages": [{"role": "user", "content": "..."}]}`."""

    messages: Annotated[list[AnyMessage], windowed_messages]
