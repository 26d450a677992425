"""The context of one turn: who is talking, over which channel, and the services; LangGraph's `Runtime[Context]`."""

from dataclasses import dataclass

from agents.embedded import embedded_services
from agents.services import Services


@dataclass
class Context:
    """Fields are plain values, so that Studio can show a form for them; services are handed in by `of`."""

    session_id: str = "studio"
    channel: str = "studio"

    def __post_init__(self) -> None:
        self._services: Services | None = None

    @classmethod
    def of(cls, services: Services, *, session_id: str, channel: str) -> "Context":
        context = cls(session_id=session_id, channel=channel)
        context._services = services
        return context

    @property
    def services(self) -> Services:
        """The services handed in, or the embedded ones where nobody did (Studio)."""
        if self._services is None:
            self._services = embedded_services()
        return self._services
