"""The mail that brings a complete lead to the desk: the three facts and what the talk was about."""

import re
from collections.abc import Iterator

from agents.hedge_fund_guy.reading.reading import income_in_words
from agents.hedge_fund_guy.turn import Lead, Talk

SUBJECT = "A new lead from the Insomniac Hedge Fund Guy"
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


def lead_mail(lead: Lead, talk: Talk) -> str:
    """Of a complete lead."""
    return "\n".join(_lines(lead, talk)) + "\n"


def _lines(lead: Lead, talk: Talk) -> Iterator[str]:
    income = lead["income"]
    yield f"Name: {lead['name']}"
    yield f"Mail: {lead['email']}"
    yield f"Income: {income_in_words(income) if income else ''}"
    yield ""
    yield f"Complete after {_times(talk.get('turn', 0), 'message')} of the conversation."
    topics, questions, advice = talk.get("topics", []), talk.get("questions", []), talk.get("advice", 0)
    yield f"Told about: {'; '.join(topics)}." if topics else "Nothing was told about markets so far."
    if advice:
        yield f"Asked for personal advice {_times(advice, 'time')}; none was given."
    if questions:
        yield "Asked, in their words:"
        yield from (f"- {_LINK.sub('[link]', question)}" for question in questions)


def _times(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
