"""A question that nobody could read as one is looked up, while sales collects what is no personal detail."""

import dataclasses

import pytest

from kb.search import Passage
from tests.conversation import Conversation

QUESTION = "can my husband and I apply jointly"
CLAUSE = Passage("eligibility-joint", "Joint loans", "One person applies.", "eligibility", 1.0, relevant=True)
UNCLEAR = "Sorry, I did not understand that."


class Shelf:
    """A knowledge base of one clause, which notes what was searched."""

    def __init__(self, clause: Passage) -> None:
        self._clause = clause
        self.queries: list[str] = []

    async def search(self, query: str, top_k: int = 3) -> list[Passage]:
        self.queries.append(query)
        return [self._clause][:top_k]


def talk_over(clause: Passage) -> tuple[Conversation, Shelf]:
    talk, shelf = Conversation(), Shelf(clause)
    talk.services = dataclasses.replace(talk.services, knowledge=shelf)
    return talk, shelf


@pytest.mark.parametrize(("relevant", "told"), [(True, CLAUSE.text), (False, UNCLEAR)])
async def test_it_is_answered_where_a_clause_is_about_it(relevant: bool, told: str) -> None:
    talk, shelf = talk_over(dataclasses.replace(CLAUSE, relevant=relevant))
    await talk.say("hello")
    reply = await talk.say(QUESTION)
    assert reply.startswith(told)
    assert "borrow" in reply, "what is awaited is asked for again"
    assert (shelf.queries, talk.awaiting[0]) == ([QUESTION], "desired_amount")


async def test_what_may_be_a_name_is_not_searched() -> None:
    talk, shelf = talk_over(CLAUSE)
    await talk.say("I need 3 lakh")
    assert talk.awaiting[0] == "applicant_name"
    await talk.say("hmm hmm hmm hmm hmm hmm, 4 of us 7")
    assert shelf.queries == []


async def test_what_is_said_to_an_offer_is_not_searched() -> None:
    talk, shelf = talk_over(CLAUSE)
    for message in (
        "I need 3 lakh over 36 months for travel, my name is Aarav Mehta",
        *["yes"] * 3,
        "ZZZPM1101A, 18/04/1992, 9000000001",
        "OTP",
    ):
        await talk.say(message)
    assert talk.awaiting[0] == "offer_decision"
    assert (await talk.say("so so")).startswith(UNCLEAR)
    assert shelf.queries == []
