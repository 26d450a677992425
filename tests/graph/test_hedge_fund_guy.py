"""Who runs when in the hedge fund guy's graph."""

from typing import get_args

import pytest

from agents.hedge_fund_guy.reading.reading import Intent
from agents.hedge_fund_guy.turn import GuyTurn, Heard, Lead
from graph.assistants import ASSISTANTS, HEDGE_FUND_GUY, LOAN
from graph.hedge_fund_guy import GuyState, after_knowledge, after_lead, graph
from tests.agents.hedge_fund_guy.talk import INCOME, AsTold, GuyTalk, Notes, passage, read_as

COMPLETE = Lead(name="Ana", email="ana@example.com", income=INCOME)
READER = AsTold(
    {"hi": read_as("small_talk"), "all": read_as("provide", name="Ana", email="ana@example.com", income=INCOME)}
)


@pytest.mark.parametrize("intent", get_args(Intent))
def test_only_markets_and_advice_are_looked_up(intent: Intent) -> None:
    state = GuyState(heard=Heard(text="", reading=read_as(intent)), lead=Lead())
    assert after_lead(state) == ("knowledge" if intent in {"market", "advice"} else "persona")


@pytest.mark.parametrize(
    ("lead", "node"),
    [
        (Lead(), "persona"),
        (Lead(name="Ana", email="ana@example.com"), "persona"),
        (Lead(name="Ana", email="ana@example.com", income=None), "persona"),
        (COMPLETE, "delivery"),
        (Lead(**COMPLETE, delivered=True), "persona"),
    ],
)
def test_a_complete_lead_is_delivered_once(lead: Lead, node: str) -> None:
    assert after_knowledge(GuyState(lead=lead)) == node


async def test_a_node_gives_only_what_it_changes() -> None:
    talk = GuyTalk(READER, Notes(passage(1)))
    for message in ("all", "q"):
        await talk.say(message)
    await talk.graph.aupdate_state(talk.config, {"lead": {"name": "Anna"}}, as_node="persona")
    assert talk.view["data"]["name"] == "Anna"
    assert talk.view["is_complete"]
    assert talk.state["talk"]["told"] == ["notes.n1"]


async def test_keeps_the_newest_messages() -> None:
    talk = GuyTalk(READER, Notes())
    for _ in range(30):
        await talk.say("hi")
    messages = talk.state["messages"]
    assert (len(messages), messages[-2].id) == (50, "s-1-m30")


async def test_every_part_of_the_state_is_nested() -> None:
    """A Postgres checkpoint shows scalars on top in plain text."""
    talk = GuyTalk(READER, Notes(passage(1)))
    for message in ("q", "all"):
        await talk.say(message)
    values = dict(talk.state)
    scalars = {name: value for name, value in values.items() if not isinstance(value, dict | list)}
    assert scalars == {"version": 1}


def test_both_assistants_are_there_under_their_names() -> None:
    assert {"loan": LOAN, "hedge_fund_guy": HEDGE_FUND_GUY} == ASSISTANTS
    assert graph.name == HEDGE_FUND_GUY.name
    assert set(GuyTurn.__annotations__) == set(GuyState.__annotations__)


def test_it_decides_nothing_and_nobody_reviews() -> None:
    assert HEDGE_FUND_GUY.decision({"lead": COMPLETE}) is None
    assert HEDGE_FUND_GUY.review({"lead": COMPLETE}) is None
    assert not HEDGE_FUND_GUY.in_review(HEDGE_FUND_GUY.view({"lead": COMPLETE}))
