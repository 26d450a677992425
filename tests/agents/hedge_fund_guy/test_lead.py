"""What the guy notes of a person, and when he asks."""

import random
from itertools import pairwise

import pytest

from agents.hedge_fund_guy.asking import TRIES
from agents.hedge_fund_guy.reading.reading import FACTS, Fact, Reading
from agents.hedge_fund_guy.voice import read_pools
from tests.agents.hedge_fund_guy.talk import INCOME, AsTold, GuyTalk, Notes, passage, read_as

READINGS: dict[str, Reading] = {
    "hi": read_as("small_talk"),
    "bye": read_as("small_talk"),
    "I'm Ana": read_as("provide", name="Ana"),
    "Anna, with two": read_as("provide", name="Anna"),
    "ana@example.com": read_as("provide", email="ana@example.com"),
    "120k": read_as("provide", income=INCOME),
    "all of it": read_as("provide", name="Ana", email="ana@example.com", income=INCOME),
    "not telling": read_as("refuse", declined=("name",)),
    "nothing from me": read_as("refuse", declined=("name", "email", "income")),
    "why?": read_as("why"),
    "idiot": read_as("abuse"),
    "ana@": read_as("provide", broken=("email",)),
}


@pytest.fixture
def reader() -> AsTold:
    return AsTold(READINGS)


@pytest.fixture
def talk(reader: AsTold) -> GuyTalk:
    return GuyTalk(reader, Notes())


def asked(talk: GuyTalk) -> Fact | None:
    return talk.state["lead"]["asked_last"]


async def asks(talk: GuyTalk, *messages: str) -> list[Fact | None]:
    """What each reply asked for."""
    found = []
    for message in messages:
        await talk.say(message)
        found.append(asked(talk))
    return found


async def test_asks_in_order_and_at_once_after_an_answer(talk: GuyTalk) -> None:
    assert await asks(talk, "q", "q", "I'm Ana", "ana@example.com", "120k", "q", "q") == [
        None, "name", "email", "income", None, None, None
    ]  # fmt: skip
    assert talk.view["is_complete"]


async def test_does_not_insist_on_what_was_passed_over(talk: GuyTalk) -> None:
    assert await asks(talk, "q", "q", "ana@example.com", "I'm Ana", "q") == [None, "name", None, "income", None]


async def test_asks_ever_less_of_somebody_who_does_not_answer(talk: GuyTalk) -> None:
    turns = [turn for turn, fact in enumerate(await asks(talk, *["q"] * 120), 1) if fact]
    gaps = [later - earlier for earlier, later in pairwise(turns)]
    assert (turns[0], gaps[:3]) == (2, [4, 7, 10])
    assert gaps == sorted(gaps)
    assert talk.state["lead"]["asked"] == dict.fromkeys(FACTS, TRIES)


async def test_the_reader_knows_what_was_asked_for(talk: GuyTalk, reader: AsTold) -> None:
    for message in ("q", "q", "q"):
        await talk.say(message)
    assert reader.asked == [None, None, "name"]


async def test_what_was_said_before_the_question_was_heard_answers_nothing(talk: GuyTalk, reader: AsTold) -> None:
    await talk.say("q")
    await talk.say("q")
    await talk.say("q", unheard=True)
    assert reader.asked[-1] is None


async def test_why_leaves_the_question_open_and_asks_nothing(talk: GuyTalk, reader: AsTold) -> None:
    reply = ""
    for message in ("q", "q", "why?"):
        reply = await talk.say(message)
    assert reply in read_pools()["why"].lines.values()
    await talk.say("I'm Ana")
    assert reader.asked[-1] == "name"


@pytest.mark.parametrize("word", ["why?", "idiot", "not telling", "bye"])
async def test_never_asks_in_answer_to(word: str) -> None:
    talk = GuyTalk(AsTold(READINGS), Notes())
    assert await asks(talk, "q", word) == [None, None]


async def test_a_declined_fact_is_never_asked_for_again_but_taken_when_it_comes(talk: GuyTalk) -> None:
    seen = await asks(talk, "q", "q", "not telling", *["q"] * 60)
    assert seen[1] == "name"
    assert set(seen[2:]) == {None, "email", "income"}
    await talk.say("I'm Ana")
    assert talk.state["lead"]["declined"] == []
    assert talk.view["data"]["name"] == "Ana"


async def test_somebody_who_wants_to_say_nothing_is_asked_nothing(talk: GuyTalk) -> None:
    assert set(await asks(talk, "q", "nothing from me", *["q"] * 60)) == {None}
    assert talk.state["lead"]["declined"] == list(FACTS)


async def test_a_slip_leaves_the_question_open_and_asks_no_other(talk: GuyTalk, reader: AsTold) -> None:
    assert await asks(talk, "q", "ana@", "ana@", "q", "q") == [None, "email", "email", "name", None]
    assert reader.asked == [None, None, "email", "email", "name"]
    assert talk.state["lead"]["asked"] == {"name": 1}


async def test_a_correction_counts_and_is_told(talk: GuyTalk) -> None:
    await talk.say("I'm Ana")
    reply = await talk.say("Anna, with two")
    assert "Anna" in reply
    assert talk.view["data"]["name"] == "Anna"


async def test_the_same_fact_again_is_nothing_new(talk: GuyTalk) -> None:
    await talk.say("I'm Ana")
    await talk.say("q")
    assert "Ana" not in await talk.say("I'm Ana")


async def test_all_at_once_in_the_first_message(talk: GuyTalk) -> None:
    await talk.say("all of it")
    assert talk.view == {
        "data_collected": {"name": True, "email": True, "income": True},
        "is_complete": True,
        "data": {"name": "Ana", "email": "ana@example.com", "income": "USD 120,000 a year"},
        "status": "complete",
    }
    assert asked(talk) is None


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_said_one_fact_at_most_and_not_twice_running(seed: int) -> None:
    talk, chance = GuyTalk(AsTold(READINGS), Notes(passage(1))), random.Random(seed)
    before: Fact | None = None
    for _ in range(40):
        lead = talk.state.get("lead", {})
        message = chance.choice([*READINGS, "q"])
        await talk.say(message)
        now = talk.state["lead"]
        if message == "why?":
            continue  # leaves the last question open
        fact = now["asked_last"]
        gave = any(now.get(known) is not None and lead.get(known) is None for known in FACTS)
        assert fact is None or (fact not in now["declined"] and now.get(fact) is None)
        assert fact is None or before is None or gave or message == "ana@"  # which is a slip
        before = fact


async def test_an_older_state_goes_on() -> None:
    older = {"lead": {"name": "Ana"}, "talk": {"turn": 4}, "version": 0}
    fresh = GuyTalk(AsTold(READINGS), Notes(), session_id="older")
    await fresh.graph.aupdate_state(fresh.config, older, as_node="persona")
    await fresh.say("ana@example.com")
    assert fresh.state["talk"]["turn"] == 5
    assert fresh.view["data_collected"] == {"name": True, "email": True, "income": False}
    assert fresh.state["version"] == 1


@pytest.mark.parametrize(
    ("first", "then", "income"),
    [
        ("I make $50k a year", "sorry, 60k", "USD 60,000 a year"),
        ("I make $5k a month", "actually I make 60k", "USD 60,000"),  # a month or a year, who knows
        ("I make 50k a year", "sorry, 4k a month", "4,000 a month"),
        ("I make $50k a year", "I meant 50k euros", "EUR 50,000"),
        ("I make 50k a year", "sorry, I earn nothing, I'm unemployed", "0"),
    ],
)
async def test_a_corrected_income_keeps_what_was_not_corrected(first: str, then: str, income: str) -> None:
    talk = GuyTalk()
    await talk.say(first)
    await talk.say(then)
    assert talk.view["data"]["income"] == income
