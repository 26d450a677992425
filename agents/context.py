"""The context of one turn: the session, the channel, the services. LangGraph hands it out as `Runtime[Context]`."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from langgraph.config import get_config

from agents.embedded import embedded_services
from agents.services import Services
from agents.turn import TurnUpdate

NodeStatus = Literal["started", "finished", "failed"]


class Listener(Protocol):
    """Hears a turn as it happens: its nodes, and the chunks of its reply."""

    def node(self, name: str, status: NodeStatus, update: TurnUpdate | None = None) -> None:
        """`update` is what a node changed, once it has finished."""
        ...

    def said(self, chunk: str) -> None: ...

    def taken_back(self) -> None:
        """All chunks so far are void; a better attempt follows."""
        ...


@dataclass
class Context:
    """Fields are plain values, so that Studio can show a form for them; the rest is handed in by `of`.

    `standing` serves the contexts that nobody can hand anything to, because LangGraph's own server makes them.
    """

    channel: str = "studio"

    standing: ClassVar[Services | None] = None

    def __post_init__(self) -> None:
        self._session_id: str | None = None
        self._services: Services | None = None
        self._listener: Listener | None = None

    @classmethod
    def of(cls, services: Services, *, session_id: str, channel: str, listener: Listener | None = None) -> "Context":
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
    def services(self) -> Services:
        """The services handed in, or the standing ones, or those embedded in this process."""
        if self._services is None:
            self._services = self.standing or embedded_services()
        return self._services
