"""Whether the laws can be broken: each sees a violation that was planted."""

from typing import Any

import pytest

from agents.hedge_fund_guy.reading.reading import FACTS
from agents.hedge_fund_guy.voice import Voice, read_pools
from tests.simulation.hedge_fund_guy.laws import Answer, Laws, asked_for
from tests.simulation.hedge_fund_guy.people import KINDS, TRANSPORTS, people
from tests.simulation.hedge_fund_guy.speech import Said, wording
from tests.simulation.hedge_fund_guy.voices import clauses, pieces, sentences

PERSON = people(1, 5)[0]
NOTHING = dict.fromkeys(FACTS, False)
ALL = dict.fromkeys(FACTS, True)
MARKET = Said("what is momentum", "market", about=frozenset({"Momentum"}))
CHAT = Said("ok", "small_talk")
CLAUSE = sentences(clauses().texts["momentum.meaning"])[0]
DATA = {fact: PERSON.truth(fact) for fact in FACTS}


FILLED = {
    "name": "T.J. Xy",
    "topic": '"What momentum is"',
    "sources": '"Skew" in Options; "Carry" in Rates',
    "count": "forty-two",
}


def line(pool: str, seed: str = "s") -> str:
    return Voice(seed).say(pool, **FILLED)


def ask(fact: str, number: int = 0) -> str:
    return list(read_pools()[f"ask.{fact}"].lines.values())[number]


def laws_after(*turns: tuple[Said, str, dict[str, bool]]) -> Laws:
    laws = Laws(PERSON)
    for said, reply, collected in turns:
        laws.heard(said, Answer(reply, collected, all(collected.values())))
    return laws


def gives(*facts: str) -> Said:
    return Said("here you are", "gives", gives={fact: DATA[fact] for fact in facts})  # type: ignore[misc, index]


def refuses(fact: str) -> Said:
    return Said("no", "refuses", refuses=frozenset({fact}))  # type: ignore[arg-type]


def test_a_good_conversation_breaks_none() -> None:
    laws = laws_after(
        (MARKET, f"{line('opener')} {CLAUSE} {line('closer')}", NOTHING),
        (CHAT, f"{line('small_talk')} {ask('name')}", NOTHING),
        (gives("name"), line("thanks.name"), NOTHING | {"name": True}),
        (Said("best pizza?", "off_topic"), line("off_topic"), NOTHING | {"name": True}),
        (Said("should I buy gold?", "advice"), line("advice"), NOTHING | {"name": True}),
    )
    laws.ended({"data": DATA | {"email": None, "income": None}, "status": "active", "conversation_history": []}, [], [])
    laws.mailed([], "leads@example.com")
    assert laws.broken == []
    assert laws.counts["answered"] == 1


SMALL, NAME_ASKED = line("small_talk"), f"{line('small_talk')} {ask('name')}"
PLANTED: dict[str, tuple[list[tuple[Said, str, dict[str, bool]]], str]] = {
    "a sentence twice": ([(CHAT, SMALL, NOTHING), (CHAT, f"{SMALL.upper()}", NOTHING)], "said twice"),
    "a sentence of nobody's": ([(MARKET, "Momentum was found by a cat.", NOTHING)], "no clause and no pool"),
    "a clause off topic": ([(Said("best pizza?", "off_topic"), f"{line('off_topic')} {CLAUSE}", NOTHING)], "as a fact"),
    "a clause for a fact": ([(gives("name"), CLAUSE, NOTHING)], "as a fact"),
    "off topic, not deflected": ([(Said("best pizza?", "off_topic"), SMALL, NOTHING)], "not deflected"),
    "advice not refused": ([(Said("what to buy?", "advice"), CLAUSE, NOTHING)], "advice was not refused"),
    "advice given": ([(MARKET, "You should buy gold.", NOTHING)], "advice or a promise"),
    "a promise": ([(MARKET, "That is guaranteed, friend.", NOTHING)], "advice or a promise"),
    "a figure": ([(MARKET, "It made 12.5% last year.", NOTHING)], "a figure of no clause"),
    "two facts at once": ([(CHAT, SMALL, NOTHING), (CHAT, f"{ask('name')} {ask('email')}", NOTHING)], "at once"),
    "a fact in the first reply": ([(CHAT, NAME_ASKED, NOTHING)], "first reply"),
    "two replies running": (
        [(CHAT, SMALL, NOTHING), (CHAT, ask("name"), NOTHING), (MARKET, ask("email"), NOTHING)],
        "two replies running",
    ),
    "after abuse": ([(CHAT, SMALL, NOTHING), (Said("fool", "abuse"), ask("name"), NOTHING)], "in answer to abuse"),
    "a refused fact": (
        [(CHAT, SMALL, NOTHING), (refuses("name"), line("refused"), NOTHING), (CHAT, ask("name"), NOTHING)],
        "that was refused",
    ),
    "a given fact": (
        [(gives("name"), SMALL, NOTHING | {"name": True}), (CHAT, ask("name"), NOTHING | {"name": True})],
        "that was given",
    ),
    "four times": (
        [(CHAT, "", NOTHING), *((CHAT, ask("name", place % 3) if place % 2 else "", NOTHING) for place in range(8))],
        "asks for the name 4 times",
    ),
    "a fact out of nothing": ([(MARKET, CLAUSE, NOTHING | {"email": True})], "was taken from"),
    "a fact lost": ([(gives("name"), SMALL, NOTHING | {"name": True}), (CHAT, "", NOTHING)], "is no more"),
    "the address shown": ([(CHAT, f"So {PERSON.mail} it is.", NOTHING)], "shows the address"),
    "the income shown": ([(CHAT, f"So {PERSON.income.said} it is.", NOTHING)], "shows the income"),
    "its inside": ([(CHAT, "Well, {name}.", NOTHING)], "shows its inside"),
    "an empty reply": ([(CHAT, "", NOTHING)], "an empty reply"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_law_sees_what_breaks_it(planted: str) -> None:
    turns, why = PLANTED[planted]
    assert any(why in text for text in laws_after(*turns).broken), laws_after(*turns).broken


def test_completeness_agrees() -> None:
    laws = Laws(PERSON)
    laws.heard(CHAT, Answer(SMALL, NOTHING, complete=True))
    assert any("is_complete" in text for text in laws.broken)


def test_the_greeting_counts_as_said() -> None:
    laws = Laws(PERSON)
    laws.greeted(SMALL)
    laws.heard(CHAT, Answer(SMALL, NOTHING, complete=False))
    assert any("said twice" in text for text in laws.broken)


def test_a_clause_beside_the_question_is_noted() -> None:
    laws = laws_after((MARKET, sentences(clauses().texts["macro.gold"])[0], NOTHING))
    assert laws.beside


def test_an_answer_out_of_place_is_noted() -> None:
    assert laws_after((Said("are you a bot?", "who"), SMALL, NOTHING)).out_of_place
    assert not laws_after((Said("are you a bot?", "who"), line("who"), NOTHING)).out_of_place


@pytest.mark.parametrize(
    ("shown", "how"), [("right", "right"), (None, "not read"), ("Wrong Person", "wrong"), ("WRONG", "wrong")]
)
def test_reads_are_counted(shown: str | None, how: str) -> None:
    laws, said = Laws(PERSON), gives("name")
    laws.given = dict(said.gives)
    laws.read(said, {"data": DATA | {"name": PERSON.name.upper() if shown == "right" else shown}})
    assert laws.reads == {f"name {how}": 1}
    assert bool(laws.misread) == (how != "right")


END: dict[str, tuple[dict[str, Any], str]] = {
    "a fact that data_collected does not know": ({"data": DATA}, "GET shows name"),
    "another value": ({"data": DATA | {"email": "x@example.com"}}, "in the end email"),
    "another status": ({"status": "complete"}, "the status is"),
    "another history": ({"conversation_history": [{"role": "user", "content": "other"}]}, "history"),
}


@pytest.mark.parametrize("planted", END)
def test_what_get_shows_is_held_against_the_conversation(planted: str) -> None:
    session, why = END[planted]
    laws = Laws(PERSON)
    laws.given["email"] = DATA["email"]
    nothing = {"data": dict.fromkeys(FACTS), "status": "active", "conversation_history": []}
    laws.ended(nothing | session, ["hi"] if "history" in planted else [], ["yo"] if "history" in planted else [])
    assert any(why in text for text in laws.broken), laws.broken


def test_mails_are_held_against_the_lead() -> None:
    to, text = "leads@example.com", "\n".join(DATA.values())
    complete = laws_after((gives(*FACTS), SMALL, ALL))
    complete.completed = DATA
    complete.mailed([(to, text)], to)
    assert complete.broken == []
    for mails, why in (
        ([], "0 mails"),
        ([(to, text)] * 2, "2 mails"),
        ([("else@example.com", text)], "went to"),
        ([(to, text.replace(PERSON.mail, "x@example.com"))], "does not tell the email"),
    ):
        complete.broken.clear()
        complete.mailed(mails, to)
        assert any(why in broken for broken in complete.broken), why
    incomplete = laws_after((CHAT, SMALL, NOTHING))
    incomplete.mailed([(to, text)], to)
    assert any("not complete" in broken for broken in incomplete.broken)


def test_every_line_and_clause_is_known_again() -> None:
    """Whatever the pools and the knowledge base hold is recognised alone, and between others."""
    for name, pool in read_pools().items():
        for template in pool.lines.values():
            found = pieces(f"{CLAUSE} {template.format(**FILLED)} {CLAUSE}")
            assert [piece.kind for piece in found] == ["clause", "line", "clause"], (name, template, found)
        if pool.combinations:
            assert [piece.kind for piece in pieces(f"{pool.combined(7).format(**FILLED)} {CLAUSE}")] == [
                "line",
                "clause",
            ], name
    for text in clauses().texts.values():
        assert {piece.kind for piece in pieces(text)} == {"clause"}


def test_asking_is_seen_by_pool_and_by_words() -> None:
    for fact in FACTS:
        for template in read_pools()[f"ask.{fact}"].lines.values():
            assert asked_for(pieces(template)) == {fact}
    assert asked_for(pieces("And what is your name, stranger?")) == {"name"}
    assert asked_for(pieces("Which e-mail reaches you?")) == {"email"}
    assert asked_for(pieces("What do you earn in a good year?")) == {"income"}
    assert asked_for(pieces(CLAUSE)) == frozenset()


def test_questions_name_documents_that_there_are() -> None:
    known = set(clauses().documents.values())
    assert all(set(group["about"]) <= known for group in wording()["market"])


def test_a_seed_gives_the_same_people_of_every_kind_on_every_transport() -> None:
    many = people(len(KINDS) * len(TRANSPORTS), 7)
    assert many == people(len(KINDS) * len(TRANSPORTS), 7) != people(len(KINDS) * len(TRANSPORTS), 8)
    assert {(one.kind, one.transport) for one in many} == {(kind, road) for kind in KINDS for road in TRANSPORTS}
