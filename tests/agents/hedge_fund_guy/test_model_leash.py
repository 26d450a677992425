"""What a model may make the guy say: fair replies are heard, no other ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.hedge_fund_guy.model.leash import GuyLeash
from agents.hedge_fund_guy.model.sense import Wording, sentences_of
from agents.hedge_fund_guy.model.vocabulary import load_vocabulary
from agents.hedge_fund_guy.voice import read_pools
from agents.model.figures import Unfit
from agents.model.sentences import joined
from kb.clauses import load_clauses
from kb.corpora import MARKETS
from tests.agents.hedge_fund_guy.guy_model import FREE, GOOD, NOTE, Written, rules, written

FAIR_SHARE = 0.8


def is_abuse(sentence: str) -> bool:
    return rules().read_now(sentence, None)["intent"] == "abuse"


def found_unfit(free: str, note: str | None, reply: str, before: tuple[str, ...] = ()) -> str | None:
    """The code of what is wrong with the reply, None for one that is heard."""
    leash = GuyLeash(free, [note] if note else [], before, load_vocabulary(), is_abuse)
    said = ""
    try:
        for sentence in sentences_of(reply):
            leash.check(said, sentence)
            said = joined(said, sentence)
        leash.check_whole(said)
    except Unfit as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", ["fair", "held_out"])
def test_fair_replies_are_heard(kind: str) -> None:
    found = {row.reply: found_unfit(*row) for row in written(kind)}
    heard = sum(code is None for code in found.values())
    print(f"{kind}: {heard} of {len(found)} heard")
    assert heard >= FAIR_SHARE * len(found), {reply: code for reply, code in found.items() if code}


@pytest.mark.parametrize("row", written("unfit"), ids=lambda row: row.reply[-60:])
def test_unfit_replies_are_not(row: Written) -> None:
    assert found_unfit(*row)


@pytest.mark.parametrize("row", written("unfit"), ids=lambda row: row.reply[-60:])
def test_nor_behind_a_fair_one(row: Written) -> None:
    """However well it begins; only what is wrong by saying too little is right then."""
    if found_unfit(*row) == "beside_the_point":
        return
    assert found_unfit(row.say, row.note, f"{row.note} {row.reply}")


def test_his_own_notes_and_lines_are() -> None:
    """A model that says what was drafted is always believed."""
    openers = [line for line in read_pools()["opener"].lines.values() if "{" not in line]
    closers = [line for line in read_pools()["closer"].lines.values() if "{" not in line]
    clauses = load_clauses(MARKETS.clauses)
    assert len(clauses) > 40
    for number, clause in enumerate(clauses):
        free = f"{openers[number % len(openers)]} {clause.text} {closers[number % len(closers)]}"
        assert found_unfit(free, clause.text, free) is None, clause.id


@pytest.mark.parametrize(
    "said",
    [
        sentences_of(GOOD)[0],
        "Whatever climbed over the last three to twelve months tends to keep climbing, whatever fell keeps falling.",
    ],
)
def test_nothing_is_said_twice_in_a_conversation(said: str) -> None:
    assert found_unfit(FREE, NOTE, GOOD) is None
    assert found_unfit(FREE, NOTE, GOOD, (f"Well. {said}",)) == "repeated"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("Momentum has never been found in shares, bonds or currencies.", "turned"),
        ("Momentum is found in shares and bonds, as Tesla shows.", "name"),
        ("Momentum is found in shares and bonds for five years.", "figure"),
        ("Momentum is found in shares. You should buy them.", "advice"),
        ("Momentum is found in shares. Sell the losers!", "order"),
        ("Momentum is found in shares. What do you earn?", "asks"),
        ("Momentum is found in shares today.", "matter"),
        ("My shares of zygotes quiver in fermented marmalade jars beside lavender.", "elsewhere"),
        ("My zygotes quiver beside it.", "aside"),
        ("What went up went up.", "beside_the_point"),
    ],
)
def test_says_what_is_wrong(reply: str, code: str) -> None:
    assert found_unfit(FREE, NOTE, reply) == code


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert found_unfit(FREE, NOTE, text) != ""


@given(st.sampled_from(sentences_of(NOTE)), st.sampled_from([" ", "  ", "\n"]), st.booleans())
def test_a_sentence_repeats_itself_however_it_is_written(sentence: str, gap: str, loud: bool) -> None:
    written_so = gap.join((sentence.upper() if loud else sentence).split())
    assert Wording.of(written_so).repeats(Wording.of(sentence))
