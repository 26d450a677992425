"""One visit of the kyc agent."""

from typing import Any, cast

from agents.application import Application, merge_application
from agents.context import Context
from agents.services import Services
from agents.speaking import Line, line
from agents.turn import Understood
from tools.attempts import Attempt


class Visit:
    """One visit of the kyc agent: the application as it stands, what changed and what is to be said."""

    def __init__(self, application: Application, understood: Understood, context: Context) -> None:
        self.before = application
        self.change = Application()
        self.understood = understood
        self.facts = cast(dict[str, Any], understood.get("facts", {}))
        self.context = context
        self.said: list[Line] = []
        self.attempts: list[Attempt] | None = None  # as last read; see lockout.py

    @property
    def services(self) -> Services:
        return self.context.services

    @property
    def now(self) -> Application:
        return merge_application(self.before, self.change)

    def note(self, **fields: Any) -> None:
        self.change = merge_application(self.change, cast(Application, fields))

    def say(self, key: str, **facts: Any) -> None:
        self.said.append(line(key, **facts))

    def hand_over(self, reason: str) -> None:
        """A person takes over. `reason` is a code for officers; what the customer is told is always the same."""
        self.note(status="under_review", credit_eligibility="manual_review", otp=None, review_reasons=[reason])
        self.say("kyc.locked", **self.services.desk(self.now["language"]))
