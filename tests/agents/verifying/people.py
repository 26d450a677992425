"""Customers who do what is asked of them until something is awaited, with parts of the house that sessions share."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from tests.conversation import Conversation
from tools.attempts import Attempts
from tools.clock import Clock
from tools.providers.protocols import Providers
from tools.providers.simulated import Customer

MOST_TURNS = 30


async def until(conversation: Conversation, person: Customer, wanted: str, **instead: str) -> Conversation:
    """Answer what is awaited until it is `wanted` (a field, or a status); `instead` gives other answers by field."""
    answers = {
        "desired_amount": "1 lakh",
        "applicant_name": f"My name is {person.name}",
        "loan_term_months": "24 months",
        "purpose": "travel",
        "consent": "yes",
        "pan": person.pan,
        "date_of_birth": person.dob.strftime("%d/%m/%Y"),
        "phone": person.phone,
        "otp": "OTP",
    } | instead
    if not conversation.state:
        await conversation.say("hello")
    for _ in range(MOST_TURNS):
        if wanted in {next(iter(conversation.awaiting), None), conversation.application["status"]}:
            return conversation
        await conversation.say(answers[conversation.awaiting[0]])
    raise AssertionError(f"still awaited: {conversation.awaiting}")


class TomorrowsClock(Clock):
    """The wall clock of 25 hours from now."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=25)


def sharing(
    conversation: Conversation,
    *,
    attempts: Attempts | None = None,
    clock: Clock | None = None,
    providers: Providers | None = None,
) -> Conversation:
    """The conversation, in a house where these are others' as well."""
    given: dict[str, Any] = {"attempts": attempts, "clock": clock, "providers": providers}
    parts = {name: part for name, part in given.items() if part is not None}
    conversation.services = dataclasses.replace(conversation.services, **parts)
    return conversation
