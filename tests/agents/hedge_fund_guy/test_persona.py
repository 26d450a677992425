"""The reply: in full without a model, the same when it is said again, and never a sentence twice."""

import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from agents.hedge_fund_guy.small_talk import kind_of
from agents.hedge_fund_guy.speaking import Draft
from agents.hedge_fund_guy.view import opening
from kb.clauses import load_clauses
from kb.corpora import MARKETS
from tests.agents.hedge_fund_guy.talk import INCOME, AsTold, GuyTalk, Notes, passage, read_as, sentences

CLAUSES = load_clauses(MARKETS.clauses)
SAID = (
    "hi", "hello again", "thanks", "lol", "bye", "...", "ok", "who are you?", "are you a robot?", "why do you ask?",
    "none of your business", "I'd rather not say", "you get nothing from me", "idiot", "shut up, you moron",
    "where did you get that?", "says who?", "source?", "should I buy Tesla?", "what do I do with my savings?",
    "how do I bake bread?", "who won the football?", "my head hurts", "call me Ana", "it's Anna, with two n",
    "ana@example.com", "sorry, anna@example.com", "I make 120k a year", "90,000 euros, in fact", "no", "yes",
)  # fmt: skip
READINGS = {
    "hi": read_as("small_talk"),
    "source?": read_as("source"),
    "pasta?": read_as("off_topic"),
    "tip?": read_as("advice"),
    "who?": read_as("who"),
    "why?": read_as("why"),
    "idiot": read_as("abuse"),
    "no": read_as("refuse", declined=("name",)),
    "I'm {Ana}": read_as("provide", name="{Ana}"),
    "all": read_as("provide", name="Ana", email="ana@example.com", income=INCOME),
    "ana@": read_as("provide", broken=("email",)),
}


@pytest.mark.parametrize("seed", range(6))
async def test_no_sentence_twice_in_a_long_talk(seed: int) -> None:
    """With all parts as they are, and people who ask the same things again and again."""
    chance = random.Random(seed)
    questions = [question for clause in CLAUSES for question in clause.asked]
    talk = GuyTalk(session_id=f"long-{seed}")
    counts = Counter(sentences(opening(talk.session_id)))
    for _ in range(200):
        message = chance.choice(questions) if chance.random() < 0.4 else chance.choice(SAID)
        counts.update(sentences(await talk.say(message)))
    assert [sentence for sentence, times in counts.items() if times > 1] == []


@pytest.mark.parametrize("word", [*READINGS, "q"])
async def test_no_sentence_twice_however_often_one_thing_is_said(word: str) -> None:
    talk, counts = GuyTalk(AsTold(READINGS), Notes(passage(1))), Counter[str]()
    for _ in range(60):
        reply = await talk.say(word)
        assert reply.strip()
        counts.update(sentences(reply))
    assert max(counts.values()) == 1


async def test_the_same_turn_again_gives_the_same_words() -> None:
    words = ["hi", "q", "I'm {Ana}", "source?", "tip?", "all", "q"]
    talks = [GuyTalk(AsTold(READINGS), Notes(passage(1)), session_id="same") for _ in range(2)]
    first, second = [[await talk.say(word) for word in words] for talk in talks]
    assert first == second
    other = GuyTalk(AsTold(READINGS), Notes(passage(1)), session_id="other")
    assert [await other.say(word) for word in words] != first


async def test_a_name_is_taken_as_it_is() -> None:
    assert "{Ana}" in await GuyTalk(AsTold(READINGS), Notes()).say("I'm {Ana}")


async def test_neither_mail_nor_income_is_said_back() -> None:
    reply = await GuyTalk(AsTold(READINGS), Notes()).say("all")
    assert "example.com" not in reply
    assert "120" not in reply


async def test_a_turn_ends_with_nothing_of_it_left_over() -> None:
    talk = GuyTalk(AsTold(READINGS), Notes(passage(1)))
    await talk.say("q")
    assert (talk.state["heard"], talk.state["answer"]) == ({}, {})


class Hesitant:
    """Says something, takes it back, and says the draft."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    async def speak(self, draft: Draft) -> AsyncIterator[str | None]:
        self.drafts.append(draft)
        for chunk in ("I guarantee", None, draft.text):
            yield chunk


async def test_what_a_speaker_takes_back_is_not_kept() -> None:
    speaker = Hesitant()
    talk = GuyTalk(AsTold(READINGS), Notes(passage(1)), speaker=speaker)
    await talk.say("q")
    assert talk.chunks[1] == {"reset": True}
    assert talk.state["messages"][-1].text == speaker.drafts[0].text


async def test_the_draft_tells_a_speaker_all_that_it_may_use() -> None:
    speaker = Hesitant()
    talk = GuyTalk(AsTold(READINGS), Notes(passage(1)), speaker=speaker)
    for word in ("q", "I'm {Ana}", "pasta?"):
        await talk.say(word)
    first, second, third = speaker.drafts
    assert (first.passages, first.name, first.before, first.heard) == ([passage(1).text], None, [], "q")
    assert (second.passages, second.name, second.heard) == ([], "{Ana}", "[name]")
    assert second.before == [first.text]
    assert third.name is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi!", "hello"),
        ("good morning", "hello"),
        ("thanks, mate", "welcome"),
        ("Ok thanks, bye", "farewell"),
        ("gotta run", "farewell"),
        ("good night", "farewell"),
        ("later!", "farewell"),
        ("lol", "small_talk"),
        ("this", "small_talk"),
        ("…", "filler"),
        ("?!", "filler"),
    ],
)
def test_kinds_of_small_talk(text: str, kind: str) -> None:
    assert kind_of(text) == kind
