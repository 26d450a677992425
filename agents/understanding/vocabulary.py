"""The word tables beside this module, read from their TOML files when an understander is made."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from agents.understanding.phrases import Phrasebook
from tools.numbers import fold

PURPOSE_PREFIX = "for:"
# Purposes that give way to any other named beside them.
LAST_RESORT = frozenset({"emergency", "other"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``books``: one per table, as phrases compete only within theirs. ``everyday``: purposes that need a frame.

    ``people``: sets of words that start, end or rule out a name of a person or an employer.
    """

    books: tuple[Phrasebook, ...]
    everyday: frozenset[tuple[str, ...]]
    hindi: frozenset[str]
    people: Mapping[str, frozenset[str]]


def load_vocabulary() -> Vocabulary:
    names = ("cues", "wishes", "purposes", "language", "people")
    cues, wishes, purposes, language, people = map(_table, names)
    by_purpose = {PURPOSE_PREFIX + code: phrases for code, phrases in purposes["purposes"].items()}
    word_sets = people.pop("words")
    tables = [*cues.values(), *wishes.values(), *people.values(), by_purpose, purposes["frames"]]
    return Vocabulary(
        tuple(Phrasebook(table) for table in tables),
        frozenset(tuple(map(fold, phrase.split())) for phrase in purposes["everyday"]["phrases"].split(",")),
        _folded(language["hindi"]["words"]) - _folded(language["hindi"]["shared"]),
        {name: _folded(words) for name, words in word_sets.items()},
    )


def _table(name: str) -> dict[str, dict[str, str]]:
    file = resources.files("agents.understanding") / "words" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _folded(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))
