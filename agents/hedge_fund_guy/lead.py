"""Lead: the first node of every turn. What the person says of themselves is noted; what to ask for is decided."""

import re
from decimal import Decimal
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from agents.hedge_fund_guy.asking import NOT_NOW, missing, to_ask
from agents.hedge_fund_guy.context import GuyContext
from agents.hedge_fund_guy.going_on import asks_for_more
from agents.hedge_fund_guy.masking import masked
from agents.hedge_fund_guy.reading.reading import FACTS, Fact, Income, Intent, Reading
from agents.hedge_fund_guy.small_talk import kind_of
from agents.hedge_fund_guy.turn import STATE_VERSION, Answer, GuyTurn, Heard, Lead, Talk

ONE_SIZE = 4
_CHILD = re.compile(
    r"""\b(?:i['’]?m|i\ am|age:?)\s+(?:only\s+|just\s+)?(?:[5-9]|1[0-7])
    (?:\s?(?:years?\b|yrs?\b|y/?o\b)|\s?[.!?](?!\d)|,\s|\s*$|\s(?:and|so|but|can|is)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
TOPICLESS: frozenset[Intent] = frozenset({"market", "small_talk", "off_topic"})


async def lead(state: GuyTurn, runtime: Runtime[GuyContext]) -> GuyTurn:
    """Facts and intent of the newest message, in the light of what was asked."""
    message, known, talk = state["messages"][-1], state.get("lead", Lead()), state.get("talk", Talk())
    turn = talk.get("turn", 0) + 1
    extras = message.additional_kwargs if isinstance(message, HumanMessage) else {}
    # What was said before the last reply had ended answers no question of it.
    asked = None if extras.get("unheard") else known.get("asked_last")
    reading = await runtime.context.services.reader.read(message.text, asked)
    if reading["intent"] in TOPICLESS and talk.get("sources") and asks_for_more(message.text):
        reading = cast(Reading, {**reading, "intent": "market"})
    # Neither children nor people in despair are asked who they are, now or later.
    spared = reading["intent"] == "distress" or _CHILD.search(message.text) is not None
    noted, answer = _noted(known, reading, spared=spared)
    again = next((fact for fact in reading["broken"] if fact in missing(noted)), None)
    ask = None if again else _ask(noted, turn, reading, answer, message.text)
    if ask is not None:
        noted["asked"] = {**noted.get("asked", {}), ask: noted.get("asked", {}).get(ask, 0) + 1}
        noted["asked_on"] = turn
    # Whoever asks why they are asked has the question still open, and whoever slipped may try again.
    noted["asked_last"] = asked if reading["intent"] == "why" else again or ask
    answer["ask"] = ask
    text = masked(message.text, reading, noted.get("name"))
    return GuyTurn(
        lead=noted, talk=Talk(turn=turn), heard=Heard(text=text, reading=reading), answer=answer, version=STATE_VERSION
    )


def _noted(known: Lead, reading: Reading, *, spared: bool) -> tuple[Lead, Answer]:
    """The lead with the message's facts, and which of them are new or other than before.

    A fact that is volunteered counts even after it was declined.
    """
    facts: dict[str, Any] = dict(reading["facts"])
    if "income" in facts and (income := known.get("income")):
        facts["income"] = _restated(facts["income"], income)
    noted = cast(Lead, {**known, **facts})
    new: list[Fact] = [fact for fact in FACTS if fact in facts and known.get(fact) is None]
    other: list[Fact] = [fact for fact in FACTS if fact in facts and fact not in new and known.get(fact) != facts[fact]]
    declined = [*known.get("declined", []), *reading["declined"]]
    if spared:
        declined = [*FACTS]
    noted["declined"] = [fact for fact in FACTS if fact in declined and fact in missing(noted)]
    return noted, Answer(noted=new, corrected=other)


def _restated(income: Income, before: Income) -> Income:
    """ "Sorry, 60k" after "$50k a year": dollars too, and a year too where the figures are of one size."""
    if income["currency"] or income["period"]:
        return income
    low, was = Decimal(income["low"]), Decimal(before["low"])
    of_one_size = low < was * ONE_SIZE and was < low * ONE_SIZE
    return {**income, "currency": before["currency"], "period": before["period"] if of_one_size else None}


def _ask(lead: Lead, turn: int, reading: Reading, answer: Answer, text: str) -> Fact | None:
    if reading["intent"] in NOT_NOW or reading["declined"]:
        return None
    if reading["intent"] == "small_talk" and kind_of(text) == "farewell":
        return None
    return to_ask(lead, turn, given=bool(answer["noted"]))
