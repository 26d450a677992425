"""The voice: whatever is said, no sentence comes twice, and the same past gives the same words."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.hedge_fund_guy.counting import in_words
from agents.hedge_fund_guy.voice import ENDLESS, Pool, Voice, key_of, read_pools
from tests.agents.hedge_fund_guy.sentences import sentences_of

POOLS = sorted(read_pools().keys() - {ENDLESS, "opening"})
FACTS = {"name": "Marcus O'Neill Jr.", "topic": '"The yield curve"', "sources": '"Carry" in Rates'}


def talk(pools: Sequence[str], session: str = "s") -> Iterator[str]:
    """One line a turn; only what a state keeps goes from turn to turn."""
    used: list[str] = []
    for turn, pool in enumerate(pools):
        voice = Voice(f"{session}:{turn}", used)
        yield voice.say(pool, **FACTS)
        used = voice.used


def repeated(said: Sequence[str]) -> list[str]:
    counted = Counter(sentence for text in said for sentence in sentences_of(text))
    return [sentence for sentence, count in counted.items() if count > 1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(POOLS), min_size=300, max_size=300), st.uuids())
def test_three_hundred_turns_repeat_nothing(pools: list[str], session: object) -> None:
    assert repeated(list(talk(pools, str(session)))) == []


@pytest.mark.parametrize("pool", POOLS)
def test_three_hundred_turns_on_one_pool_repeat_nothing(pool: str) -> None:
    assert repeated(list(talk([pool] * 300))) == []


def test_a_pool_goes_on_after_its_grammar_too() -> None:
    pools = {
        "tiny": Pool({key_of("One."): "One."}, (("a", "b"), ("c.", "d."))),
        ENDLESS: Pool({key_of("Line {count}."): "Line {count}."}),
    }
    voice = Voice("s", (), pools)
    said = [voice.say("tiny") for _ in range(8)]
    assert said[0] == "One."
    assert set(said[1:5]) == {"a c.", "a d.", "b c.", "b d."}
    assert said[5:] == ["Line six.", "Line seven.", "Line eight."]


@given(st.uuids().map(str), st.sampled_from(POOLS))
def test_the_same_past_gives_the_same_words(session: str, pool: str) -> None:
    assert list(talk([pool] * 5, session)) == list(talk([pool] * 5, session))


def test_conversations_differ() -> None:
    assert len({Voice(f"session-{number}").say("opening") for number in range(200)}) >= 16
    assert len({tuple(talk(["opener", "closer", "off_topic"], f"session-{number}")) for number in range(200)}) > 190


def test_two_lines_of_a_pool_in_one_turn_differ() -> None:
    voice = Voice("s:1")
    assert voice.say("closer") != voice.say("closer")
    assert len(voice.used) == 2


def test_a_name_that_ends_in_a_stop_does_not_double_it() -> None:
    said = list(talk(["thanks.name"] * len(read_pools()["thanks.name"].lines)))
    assert any("Jr." in text for text in said)
    assert not any(".." in text for text in said)


def test_a_name_is_taken_as_it_stands() -> None:
    said = {Voice(f"s:{number}").say("thanks.name", name="{count} {0} %s") for number in range(20)}
    assert all("{count} {0} %s" in text for text in said)


def test_an_unknown_pool_and_a_missing_fact_are_errors() -> None:
    with pytest.raises(KeyError):
        Voice("s").say("weather")
    with pytest.raises(KeyError):
        Voice("s").say("thanks.name")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "no"),
        (7, "seven"),
        (40, "forty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (212, "two hundred and twelve"),
        (1000, "one thousand"),
        (1999, "one thousand nine hundred and ninety-nine"),
        (21_005, "twenty-one thousand and five"),
    ],
)
def test_counts_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_counts_in_words_are_all_different() -> None:
    assert len({in_words(number) for number in range(5000)}) == 5000
