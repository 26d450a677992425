"""The context of one turn, of whichever assistant: the session, the channel, who listens, and its services.

LangGraph hands it out as `Runtime[...]`, under the subclass of the assistant that the turn is of.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypeVar

from langgraph.config import get_config

NodeStatus = Literal["started", "finished", "failed"]
ServicesT = TypeVar("ServicesT")


class Listener(Protocol):
    """Hears a turn as it happens: its nodes, and the chunks of its reply."""

    def node(self, name: str, status: NodeStatus, update: Any = None) -> None:
        """`update` is what a node changed, once it has finished."""
        ...

    def said(self, chunk: str) -> None: ...

    def taken_back(self) -> None:
        """All chunks so far are void; a better attempt follows."""
        ...


@dataclass
class TurnContext(Generic[ServicesT]):
    """Fields are plain values, so that Studio can show a form for them; the rest is handed in by `of`.

    `standing` serves the contexts that nobody can hand anything to, because LangGraph's own server makes them; each
    assistant's own.
    """

    channel: str = "studio"

    standing: ClassVar[Any] = None

    def __post_init__(self) -> None:
        self._session_id: str | None = None
        self._services: ServicesT | None = None
        self._listener: Listener | None = None

    @classmethod
    def of(cls, services: ServicesT, *, session_id: str, channel: str, listener: Listener | None = None) -> Self:
        context = cls(channel)
        context._session_id = session_id
        context._services = services
        context._listener = listener
        return context

    @property
    def listener(self) -> Listener | None:
        return self._listener

    @property
    def session_id(self) -> str:
        """The session handed in, or the thread where nobody did."""
        if self._session_id is None:
            self._session_id = str(get_config().get("configurable", {}).get("thread_id", self.channel))
        return self._session_id

    @property
    def services(self) -> ServicesT:
        """The services handed in, or the standing ones, or those embedded in this process."""
        if self._services is None:
            self._services = self.standing or self.embedded()
        return self._services

    @staticmethod
    @abstractmethod
    def embedded() -> ServicesT:
        """The assistant's services without a server around them."""
