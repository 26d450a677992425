"""The word tables beside this module."""

import tomllib
from collections.abc import Mapping
from importlib import resources

from agents.hedge_fund_guy.reading.said import spelled
from agents.understanding.phrases import Phrasebook

Table = dict[str, dict[str, str]]


def read_table(name: str) -> Table:
    file = resources.files("agents.hedge_fund_guy.reading") / "words" / f"{name}.toml"
    table: Table = tomllib.loads(file.read_text(encoding="utf-8"))
    return table


def word_set(words: str) -> frozenset[str]:
    return frozenset(map(spelled, words.split()))


def phrasebook(tables: Mapping[str, Table]) -> Phrasebook:
    """The cues of all tables in one book, tagged `table.cue`: one pass over a message finds them all."""
    return Phrasebook(
        {f"{name}.{cue}": listed for name, table in tables.items() for cue, listed in table["cues"].items()}, spelled
    )
