"""Every line of every pool, read."""

import re
from collections import Counter
from itertools import chain

import pytest

from agents.hedge_fund_guy.voice import COUNT, ENDLESS, key_of, placeholders, read_pools
from kb.clauses import load_clauses
from kb.corpora import MARKETS
from tests.agents.hedge_fund_guy.sentences import sentences_of

POOLS = read_pools()
# Pools that a conversation may need without end; each of the others is said a few times at most.
ENDLESS_TALK = {
    *("opener", "closer", "told", "unknown", "source.told", "source.none", "advice", "general", "off_topic", "abuse"),
    *("hello", "welcome", "farewell", "small_talk", "onward", "filler", "who", "why", "refused"),
    *("file", "distress"),
}
HOLDS = {"told": {"topic"}, "source.told": {"sources"}, ENDLESS: {COUNT}}
MAY_HOLD = {"thanks.name": {"name"}, "corrected.name": {"name"}}
# Promises, instructions and slurs have no place in his mouth; nor have groups of people, faiths and parties.
BANNED = re.compile(
    r"\b(you should|you must|i recommend|guarantee\w*|risk[- ]free|sure thing|can(?:no|')t lose|buy|sell"
    r"|will (?:rise|fall|double)|stupid|idiots?|moron|dumb|retard\w*|crazy|psycho|schizo\w*|lame|whore|bitch\w*"
    r"|bastard|damn|hell|shit\w*|fuck\w*|women|woman|girls?|jew\w*|muslim\w*|christian\w*|hindu\w*|black|white"
    r"|asians?|gay|lesbian\w*|trans|gypsy|gypsies|disabled|cripple\w*|old people|immigrants?|president|minister"
    r"|republican\w*|democrat\w*|election\w*|suicid\w*|kill|die|rape\w*|nazi\w*|terrorist\w*)\b",
    re.IGNORECASE,
)
ALL_LINES = [(name, line) for name, pool in POOLS.items() for line in pool.lines.values()]


def test_there_is_enough_to_say() -> None:
    assert len(ALL_LINES) >= 400
    assert len(POOLS["opening"].lines) >= 16
    assert {name: len(pool.lines) for name, pool in POOLS.items() if len(pool.lines) < 6} == {}


def test_what_may_go_on_for_ever_has_a_grammar() -> None:
    assert {name: POOLS[name].combinations for name in ENDLESS_TALK if POOLS[name].combinations < 1700} == {}
    for name in ENDLESS_TALK:
        assert all(len(fragments) >= 12 for fragments in POOLS[name].grammar), name


def test_no_sentence_stands_twice() -> None:
    counted = Counter(chain.from_iterable(sentences_of(line) for _, line in ALL_LINES))
    assert [sentence for sentence, count in counted.items() if count > 1] == []


def test_no_line_is_a_sentence_of_the_knowledge_base() -> None:
    told = set(chain.from_iterable(sentences_of(clause.text) for clause in load_clauses(MARKETS.clauses)))
    assert [line for _, line in ALL_LINES if told & set(sentences_of(line))] == []


def test_grammars_make_one_sentence_each_and_none_twice() -> None:
    seen: set[str] = {sentence for _, line in ALL_LINES for sentence in sentences_of(line)}
    for name, pool in POOLS.items():
        if not pool.grammar:
            continue
        made = list(pool.sentences())[len(pool.lines) :]
        assert len(made) == pool.combinations
        folded = [sentences_of(sentence) for sentence in made]
        assert {len(sentences) for sentences in folded} == {1}, name
        words = {sentences[0] for sentences in folded}
        assert len(words) == len(made), f"{name}: two combinations read alike"
        assert not words & seen, name
        seen |= words


def test_fragments_are_no_longer_than_a_breath_and_differ() -> None:
    for name, pool in POOLS.items():
        for fragments in pool.grammar:
            assert len(set(fragments)) == len(fragments), name
            assert max(map(len, fragments)) <= 60, name


def test_keys_are_unlike() -> None:
    keys = [key_of(line) for _, line in ALL_LINES]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("pool", POOLS)
def test_each_line(pool: str) -> None:
    for line in POOLS[pool].lines.values():
        assert line == " ".join(line.split())
        assert line[0].isupper() or line.startswith("{"), line
        assert line.endswith((".", "?", "!")), line
        assert "..." not in line, "a name's full stop would be taken for it"
        assert not re.search(r"[\d%$€£₹]", line), f"no figure stands outside of a clause: {line}"
        assert not re.search(r"https?:|www\.|[<>*_`#]", line), f"no link, no markup: {line}"
        assert not BANNED.search(line), line
        assert HOLDS.get(pool, set()) <= placeholders(line) <= HOLDS.get(pool, set()) | MAY_HOLD.get(pool, set())
        assert not re.search(r"\{name\}(?![,;.])", line), f"a name may end in a full stop: {line}"
        assert len(line) <= 260, line


@pytest.mark.parametrize("pool", [name for name in POOLS if POOLS[name].grammar])
def test_each_fragment(pool: str) -> None:
    first, *middle, last = POOLS[pool].grammar
    assert all(fragment[0].isupper() for fragment in first)
    assert all(fragment.endswith((".", "?", "!")) for fragment in last)
    for fragments in (first, *middle):
        assert not any(fragment.endswith((".", "?", "!")) for fragment in fragments)
    for fragment in chain(first, *middle, last):
        assert fragment == " ".join(fragment.split())
        assert not re.search(r"[\d%$€£₹<>*_`#]", fragment)
        assert not re.search(r"[:;]|[.?!](?=.)", fragment), f"{fragment!r} would read as a sentence of its own"
        assert not BANNED.search(fragment)
    held = {name for fragments in POOLS[pool].grammar for fragment in fragments for name in placeholders(fragment)}
    assert held == HOLDS.get(pool, set())


@pytest.mark.parametrize("fact", ["name", "email", "income"])
def test_a_question_is_for_one_fact_alone(fact: str) -> None:
    about = {
        "name": r"\b(name|call|called|who|whom|introduce|address you)\b",
        "email": r"\b(e-?mails?|mail|inbox|address)\b",
        "income": r"\b(income|earn|make|pay|bring home|comes in)\b",
    }
    for line in POOLS[f"ask.{fact}"].lines.values():
        assert re.search(about[fact], line, re.IGNORECASE), line
        if fact != "name":
            assert not re.search(r"\bname\b", line), line
        if fact != "income":
            assert not re.search(r"\b(income|earn)\b", line), line
        if fact != "email":
            assert not re.search(r"\b(e-?mail|inbox)\b", line), line


def test_who_he_is_says_that_he_is_a_machine() -> None:
    machine = re.compile(
        r"\b(software|program|machine|bot|chatbot|code|artificial|automat\w+|computer)\b", re.IGNORECASE
    )
    human = [line for line in POOLS["who"].lines.values() if not machine.search(line)]
    assert human == []


def test_why_says_who_gets_the_facts_and_that_they_may_be_kept() -> None:
    free = re.compile(r"\b(declin\w+|refuse|voluntary|choice|decide|keep|say no|or do not|none of them)\b")
    for line in POOLS["why"].lines.values():
        assert re.search(r"\bdesk\b|\bthem\b", line)
        assert free.search(line), line
