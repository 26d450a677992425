"""Which fact to ask for next, if any: once in a while, never twice running, less and less often, never pressed."""

from agents.hedge_fund_guy.reading.reading import FACTS, Fact, Intent
from agents.hedge_fund_guy.turn import Lead

TRIES = 3
FIRST_TURN = 2  # somebody who has just come in is not asked who they are
GAPS = (2, 4, 7, 10)  # turns between two asks, by how many have led to nothing so far
NOT_NOW: frozenset[Intent] = frozenset({"abuse", "distress", "file", "refuse", "why"})


def missing(lead: Lead) -> list[Fact]:
    return [fact for fact in FACTS if lead.get(fact) is None]


def may_be_asked(lead: Lead) -> list[Fact]:
    """What is missing, was not declined and not asked for too often."""
    asked, declined = lead.get("asked", {}), lead.get("declined", [])
    return [fact for fact in missing(lead) if fact not in declined and asked.get(fact, 0) < TRIES]


def to_ask(lead: Lead, turn: int, *, given: bool) -> Fact | None:
    """What this turn's reply asks for; `given` when the person has just told something of themselves.

    After that the next fact is asked for at once, but not the one that was asked for and passed over.
    """
    wanted = next(iter(may_be_asked(lead)), None)
    if wanted is None or turn < FIRST_TURN:
        return None
    at_once = given and wanted != lead.get("asked_last")
    return wanted if at_once or turn >= lead.get("asked_on", 0) + _gap(lead) else None


def _gap(lead: Lead) -> int:
    asked = lead.get("asked", {})
    in_vain = sum(asked.get(fact, 0) for fact in missing(lead))
    return GAPS[min(in_vain, len(GAPS) - 1)]
