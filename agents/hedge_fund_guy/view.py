"""What the outside sees of a talk with the hedge fund guy."""

from typing import Any

from agents.hedge_fund_guy.asking import missing
from agents.hedge_fund_guy.reading.reading import FACTS, income_in_words
from agents.hedge_fund_guy.turn import Lead
from agents.hedge_fund_guy.voice import Voice

_SHOWN = {"lead": {"delivered"}, "talk": {"turn", "topics"}, "answer": {"ask"}}


def opening(session_id: str) -> str:
    """One of many, the same for the same session."""
    return Voice(session_id).say("opening")


def view(state: dict[str, Any]) -> dict[str, Any]:
    """What is collected, and the values themselves under `data`; of a conversation that has not begun as well."""
    lead: Lead = state.get("lead") or Lead()
    complete, income = not missing(lead), lead.get("income")
    return {
        "data_collected": _collected(lead),
        "is_complete": complete,
        "data": {
            "name": lead.get("name"),
            "email": lead.get("email"),
            "income": income_in_words(income) if income else None,
        },
        "status": "complete" if complete else "active",
    }


def shown(update: dict[str, Any]) -> dict[str, Any]:
    """What a node changed, nothing personal in it."""
    found: dict[str, Any] = {}
    lead: Lead = update.get("lead") or Lead()
    if "asked_last" in lead:  # the whole lead, not only that it was delivered
        found["data_collected"] = _collected(lead)
    for part, names in _SHOWN.items():
        found |= {name: value for name, value in (update.get(part) or {}).items() if name in names}
    return found


def _collected(lead: Lead) -> dict[str, bool]:
    return {fact: lead.get(fact) is not None for fact in FACTS}
