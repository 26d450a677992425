"""Of what somebody says, only words that the guy knows reach a model."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.hedge_fund_guy.masking import masked
from agents.hedge_fund_guy.model.hiding import hide
from agents.hedge_fund_guy.model.vocabulary import WORD, load_vocabulary
from agents.model.pseudonyms import PLACEHOLDER
from tests.agents.hedge_fund_guy.guy_model import rules

HOSTILE = [
    "a",
    "a@",
    "1 ",
    "name is ",
    "six ",
    "A ",
    "X'",
    "i'm ",
    "x at y ",
    "a.b/",
    "[NAME_1]",
    "\u200b1",
    "-'",
    "call me ",
]


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("what do you think about momentum trading?", "what do you think about momentum trading?"),
        ("hey marcus here, is value dead?", "hey [WORD_1] here, is value dead?"),
        ("I'm Mark, I make $120k a year before tax", "I'm [NAME_1], I make [NUMBER_1] a year before tax"),
        ("I earn about ninety thousand a year", "I earn about [NUMBER_1] a year"),
        ("rich.trader@gmail.com is mine", "[EMAIL_1] is mine"),
        ("write to trader at gmail dot com please", "write to [EMAIL_1] please"),
        ("my name is will power", "my name is [NAME_1]"),
        ("Anna met Anna and Zed", "[NAME_1] met [NAME_1] and [NAME_2]"),
        ("see example.com/lukas or b.o.b", "see [WORD_1] or [WORD_2]"),
        ("राहुल के लिए", "[WORD_1]"),
        ("[NAME_7] says hello", "  says hello"),
    ],
)
def test_what_leaves(text: str, leaves: str) -> None:
    hidden = hide(text, load_vocabulary())
    assert hidden.text == leaves
    assert "[" in text or hidden.restored(hidden.text) == text


def test_a_known_name_leaves_nowhere() -> None:
    assert hide("rich says Rich is RICH, not richer", load_vocabulary(), ["Rich"]).text.count("[NAME_1]") == 3


@given(st.text(max_size=400))
@example("²³ and ٣٤ and ４５")
@example("a﻿@b")
def test_no_digit_no_address_no_unknown_word(text: str) -> None:
    left = PLACEHOLDER.sub(" ", hide(text, load_vocabulary()).text)
    assert not any(map(str.isdigit, left))
    assert "@" not in left
    assert all(
        load_vocabulary().knows(word) or len(word) == 1 or word in load_vocabulary().names
        for word in WORD.findall(left)
    )


@given(
    st.lists(st.sampled_from(["I'm", "Marcus", "120k", "a", "year", "m@x.org", "value", "\n", "six", "?"]), max_size=12)
)
def test_what_is_hidden_comes_back(words: list[str]) -> None:
    text = " ".join(words)
    hidden = hide(text, load_vocabulary())
    spoken = hidden.restored(hidden.text)
    assert re.sub(r"\s+", " ", spoken).casefold() == re.sub(r"\s+", " ", text).casefold()


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_lengths_cost_no_more_than_their_length(piece: str) -> None:
    def cost(length: int) -> float:
        text, costs = piece * (length // len(piece)), []
        for _ in range(3):
            began = time.thread_time()
            hide(text, load_vocabulary())
            costs.append(time.thread_time() - began)
        return min(costs)

    cost(100)  # the vocabulary is loaded
    assert cost(4000) < 3 * cost(2000) + 0.01


def ways() -> list[dict[str, Any]]:
    """Every way of giving a fact that the reading is measured by."""
    files = (Path(__file__).parent / f"{name}.jsonl" for name in ("ways", "ways_unseen"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row.get("facts")]


def test_no_fact_that_anybody_gives_leaves() -> None:
    """Whether or not the rules found it. Names that are everyday words are hidden only where they were found."""
    rows = ways()
    assert len(rows) > 180
    left: list[tuple[str, str]] = []
    for row in rows:
        read = rules().read_now(row["text"], row.get("asked"))
        name = read["facts"].get("name", "").split()
        kept = masked(row["text"], read, " ".join(name) or None)
        for heard in (row["text"], kept):
            leaves = PLACEHOLDER.sub(" ", hide(heard, load_vocabulary(), name).text).casefold()
            secrets = re.findall(r"\w{2,}", row["facts"].get("name", "").casefold())
            secrets += [part for part in row["facts"].get("email", "").casefold().split("@") if len(part) > 3]
            if any(re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", leaves) for secret in secrets):
                left.append((row["text"], leaves))
            assert not any(map(str.isdigit, leaves)), row["text"]
    print(f"{len(left)} of {2 * len(rows)} leave something: {left}")
    assert len(left) <= 0.01 * 2 * len(rows), left
