"""The patterns of `leash.toml`, compiled at their first use."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Patterns = Mapping[str, re.Pattern[str]]


@cache
def leash_patterns(table: str) -> Patterns:
    return {name: re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") for name, parts in _document()[table].items()}


@cache
def turned_pairs() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    pairs = _document()["turned"]["pairs"]
    return tuple((frozenset(one.split("|")), frozenset(other.split("|"))) for one, other in pairs)


@cache
def negations() -> frozenset[str]:
    return frozenset(_document()["turned"]["negations"])


@cache
def empty_words() -> frozenset[str]:
    return frozenset(_document()["turned"]["empty"])


@cache
def trade_words() -> frozenset[str]:
    return frozenset(_document()["trade"]["words"])


@cache
def same_words() -> Mapping[str, str]:
    """One word for several forms of it."""
    return {word: forms[0] for forms in _document()["trade"]["same"] for word in forms}


def groups_of(patterns: Patterns, text: str) -> frozenset[str]:
    """The names of the patterns that the text, plain and in lower case, holds."""
    return frozenset(name for name, pattern in patterns.items() if pattern.search(text))


def found_by(patterns: Patterns, text: str) -> dict[str, str]:
    """The words that the patterns find, with the name of the pattern."""
    return {match.group(): name for name, pattern in patterns.items() for match in pattern.finditer(text)}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((files("agents.hedge_fund_guy.model") / "leash.toml").read_text(encoding="utf-8"))
