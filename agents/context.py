"""The context of a turn of the loan assistant."""

from dataclasses import dataclass

from agents.embedded import embedded_services
from agents.services import Services
from agents.turn_context import TurnContext


@dataclass
class Context(TurnContext[Services]):
    @staticmethod
    def embedded() -> Services:
        return embedded_services()
