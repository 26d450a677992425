"""The word tables beside this module."""

import tomllib
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


def books(phrases: dict[str, str]) -> dict[str, Phrasebook]:
    """One per tag: phrases compete only with their like."""
    return {tag: Phrasebook({tag: listed}, spelled) for tag, listed in phrases.items()}
