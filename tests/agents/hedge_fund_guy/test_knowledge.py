"""What is stated stands in the notes, each clause once."""

from dataclasses import replace

import pytest

from tests.agents.hedge_fund_guy.talk import AsTold, GuyTalk, Notes, passage, read_as

READER = AsTold(
    {
        "tip?": read_as("advice"),
        "says who?": read_as("source"),
        "pasta?": read_as("off_topic"),
        "I'm Ana, rates?": read_as("market", name="Ana"),
    }
)


async def test_tells_a_clause_once_and_then_the_next() -> None:
    talk = GuyTalk(READER, Notes(passage(1), passage(2), passage(3, relevant=False)))
    replies = [await talk.say("q") for _ in range(3)]
    assert ["Statement 1" in reply for reply in replies] == [True, False, False]
    assert ["Statement 2" in reply for reply in replies] == [False, True, False]
    assert "Note 1" in replies[2]
    assert talk.state["talk"]["told"] == ["notes.n1", "notes.n2"]


async def test_what_no_clause_answers_is_not_answered() -> None:
    talk = GuyTalk(READER, Notes(passage(1, relevant=False)))
    reply = await talk.say("q")
    assert "Statement" not in reply
    assert "told" not in talk.state["talk"]


async def test_is_not_asked_where_there_is_nothing_to_ask() -> None:
    notes = Notes(passage(1))
    talk = GuyTalk(READER, notes)
    for message in ("pasta?", "says who?"):
        assert "Statement" not in await talk.say(message)
    assert notes.queries == []


async def test_advice_is_refused_and_the_general_thing_told() -> None:
    talk = GuyTalk(READER, Notes(passage(1)))
    assert "Statement 1" in await talk.say("tip?")
    assert talk.state["talk"]["advice"] == 1


async def test_names_the_source_of_the_newest_opinion() -> None:
    talk = GuyTalk(READER, Notes(passage(1), passage(2)))
    before = await talk.say("says who?")
    assert "Note" not in before
    await talk.say("q")
    first = await talk.say("says who?")
    await talk.say("q")
    second = await talk.say("says who?")
    assert ("Note 1" in first, "Note 2" in first) == (True, False)
    assert ("Note 1" in second, "Note 2" in second) == (False, True)
    assert "Notes" in first


async def test_the_notes_are_asked_without_the_person() -> None:
    notes = Notes(passage(1))
    await GuyTalk(READER, notes).say("I'm Ana, rates?")
    assert notes.queries == ["I'm [name], rates?"]


@pytest.mark.parametrize(
    "more", ["Tell me more", "go on…", "Interesting! What else?", "ok, and then?", "how so?", "Why does that happen?"]
)
async def test_more_of_it_is_more_of_what_was_told_last(more: str) -> None:
    notes = Notes(passage(1), passage(2))
    talk = GuyTalk(AsTold({more: read_as("small_talk")}), notes)
    assert "Statement" not in await talk.say(more)
    await talk.say("q")
    assert "Statement 2" in await talk.say(more)
    assert notes.queries == ["q", "Notes: Note 1"]
    assert '"Note ' in await talk.say(more)  # both were told


async def test_more_of_it_stays_with_the_document() -> None:
    elsewhere = replace(passage(2), source="Others · others.n2")
    ours = passage(3, relevant=False)
    talk = GuyTalk(AsTold({"more": read_as("small_talk")}), Notes(passage(1), elsewhere, ours))
    await talk.say("q")
    assert "Statement 3" in await talk.say("more")


@pytest.mark.parametrize(
    "other", ["Tell me more about football", "more cheese", "go on holiday", "what else is on TV?"]
)
async def test_what_has_a_topic_of_its_own_is_looked_up_as_it_is(other: str) -> None:
    notes = Notes(passage(1))
    talk = GuyTalk(AsTold({other: read_as("market")}), notes)
    await talk.say("q")
    await talk.say(other)
    assert notes.queries == ["q", other]
